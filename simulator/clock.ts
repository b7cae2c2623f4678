/** The simulator's own time: it can run faster than the wall clock and be moved forward. */
export type Clock = {
  now(): number;
  scale(): number;
  setScale(scale: number): void;
  /** Moves time forward, running everything that falls due on the way at its own moment. */
  advance(byMs: number): void;
  after(delayMs: number, run: () => void): void;
  /** Forgets what is planned and goes back to how the clock started. */
  reset(): void;
};

export type ClockOptions = { startAtMs?: number; scale?: number };

type Planned = { dueMs: number; run: () => void };

const LONGEST_NODE_TIMER_MS = 2 ** 31 - 1;

export function createClock(options: ClockOptions = {}): Clock {
  const hand = createHand();
  let planned: Planned[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** Each runs with the clock at the moment it was planned for, or later when that has passed. */
  const runDueBy = (instantMs: number) => {
    for (let next = planned[0]; next !== undefined && next.dueMs <= instantMs; next = planned[0]) {
      planned.shift();
      hand.jumpTo(Math.max(next.dueMs, hand.now()));
      next.run();
    }
  };

  const arm = () => {
    clearTimeout(timer);
    const next = planned[0];
    if (next === undefined) return;
    const waitMs = Math.max(0, Math.ceil((next.dueMs - hand.now()) / hand.scale()));
    timer = setTimeout(
      () => {
        runDueBy(hand.now());
        arm();
      },
      Math.min(waitMs, LONGEST_NODE_TIMER_MS),
    ).unref();
  };

  const after = (delayMs: number, run: () => void) => {
    const dueMs = hand.now() + delayMs;
    const later = planned.findIndex((other) => other.dueMs > dueMs);
    planned.splice(later === -1 ? planned.length : later, 0, { dueMs, run });
    arm();
  };

  const advance = (byMs: number) => {
    const targetMs = hand.now() + byMs;
    runDueBy(targetMs);
    hand.jumpTo(Math.max(targetMs, hand.now()));
    arm();
  };

  const setScale = (scale: number) => {
    hand.setScale(scale);
    arm();
  };

  const reset = () => {
    clearTimeout(timer);
    planned = [];
    hand.setScale(options.scale ?? 1);
    hand.jumpTo(options.startAtMs ?? Date.now());
  };

  reset();
  return { now: hand.now, scale: hand.scale, setScale, advance, after, reset };
}

/** Where time stands: an origin, and the wall clock's progress since, times the scale. */
function createHand() {
  let scale = 1;
  let wallOriginMs = Date.now();
  let originMs = wallOriginMs;

  const now = () => Math.floor(originMs + (Date.now() - wallOriginMs) * scale);
  const jumpTo = (instantMs: number) => {
    originMs = instantMs;
    wallOriginMs = Date.now();
  };
  const setScale = (newScale: number) => {
    jumpTo(now());
    scale = newScale;
  };
  return { now, jumpTo, setScale, scale: () => scale };
}
