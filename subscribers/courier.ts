import type { StoreLog, SubscriberRow, TimelineNote } from "../store/index.ts";
import type { CourierDeps } from "./deliver.ts";
import { deliver, leaseMs } from "./deliver.ts";

/** Streams of one subscriber that are sent at a time by this process, so a slow one takes nothing from the others. */
const mostAtOnce = 4;

const gatherMs = 50;
const lookMs = 5_000;
const sweepMs = 10 * 60_000;
const mostGathered = 1000;

/** How long what is under way may take when the process ends. */
const closeGraceMs = 5_000;

/**
 * Brings the events of timelines to subscribers, beside any number of others who do. Notes of the store tell what is
 * new; a sweep finds what no note told: at the start, after a gap, when a subscriber changes, and now and then.
 * Without subscribers, nothing is asked of the store.
 */
export const startCourier = async (deps: CourierDeps) => {
  const { store, log } = deps;
  const news = createNews(store);
  const rounds = createRounds(deps, news.subscribers, () => work());
  const { ask: work, settled } = oneAtATime(async () => {
    if (rounds.isClosing()) return;
    await news.write();
    await rounds.takeUp();
  }, log);

  let gathering: NodeJS.Timeout | undefined;
  const hear = (note: TimelineNote): void => {
    if (!news.hear(note)) return;
    gathering ??= setTimeout(() => {
      gathering = undefined;
      work();
    }, gatherMs);
  };
  const sweep = (): void => {
    news.hear({ incidentId: "*" });
    work();
  };
  const unsubscribe = await store.timeline.subscribe(hear);
  const timers = [setInterval(() => news.isAny() && work(), lookMs), setInterval(sweep, sweepMs)];
  for (const timer of timers) timer.unref();
  sweep();

  return {
    close: async (): Promise<void> => {
      for (const timer of [...timers, gathering]) clearInterval(timer);
      const ended = rounds.end();
      await unsubscribe();
      await settled();
      await ended;
    },
  };
};

export type Courier = Awaited<ReturnType<typeof startCourier>>;

/** Who is to be told of what. Incidents with news are gathered, and written down for all subscribers at once. */
const createNews = (store: CourierDeps["store"]) => {
  const subscribers = new Map<string, SubscriberRow>();
  const gathered = new Set<string>();
  let isAllNew = false;

  const read = async (): Promise<void> => {
    const rows = await store.subscribers.list();
    subscribers.clear();
    for (const row of rows.filter(({ enabled }) => enabled)) subscribers.set(row.id, row);
  };

  return {
    subscribers,
    isAny: () => subscribers.size > 0 || isAllNew,
    /** Answers whether there is anything to do. */
    hear: ({ incidentId }: Pick<TimelineNote, "incidentId">): boolean => {
      if (incidentId === "*" || gathered.size >= mostGathered) isAllNew = true;
      else if (subscribers.size > 0) gathered.add(incidentId);
      return isAllNew || subscribers.size > 0;
    },
    write: async (): Promise<void> => {
      const incidentIds = isAllNew ? undefined : [...gathered];
      gathered.clear();
      isAllNew = false;
      try {
        if (incidentIds === undefined) await read();
        if (subscribers.size > 0 && incidentIds?.length !== 0) await store.deliveries.note(incidentIds);
      } catch (error) {
        isAllNew = true;
        throw error;
      }
    },
  };
};

/** What this process is sending, by subscriber. */
const createRounds = (
  deps: CourierDeps,
  subscribers: ReadonlyMap<string, SubscriberRow>,
  onFree: () => void,
) => {
  const underWay = new Map<string, Set<Promise<void>>>();
  const closing = new AbortController();
  const cutOff = new AbortController();
  const ends = { closing: closing.signal, cutOff: cutOff.signal };

  const inHand = (id: string): Set<Promise<void>> => {
    const tasks = underWay.get(id) ?? new Set();
    underWay.set(id, tasks);
    return tasks;
  };

  return {
    isClosing: () => closing.signal.aborted,
    takeUp: async (): Promise<void> => {
      const free = [...subscribers.keys()].map((id) => [id, mostAtOnce - inHand(id).size] as const);
      const most = Object.fromEntries(free.filter(([, count]) => count > 0));
      if (Object.keys(most).length === 0) return;
      for (const claim of await deps.store.deliveries.claim(most, leaseMs)) {
        const tasks = inHand(claim.subscriberId);
        const row = subscribers.get(claim.subscriberId);
        const task = (row ? deliver(deps, row, claim, ends) : deps.store.deliveries.release(claim, claim.seq))
          .catch((error: unknown) => warn(deps.log, error))
          .finally(() => {
            tasks.delete(task);
            onFree();
          });
        tasks.add(task);
      }
    },
    end: async (): Promise<void> => {
      closing.abort();
      const timer = setTimeout(() => cutOff.abort(), closeGraceMs);
      await Promise.all([...underWay.values()].flatMap((tasks) => [...tasks]));
      clearTimeout(timer);
    },
  };
};

const warn = (log: StoreLog, error: unknown): void =>
  log.warn({ err: error }, "Events could not be brought to subscribers; it is tried again");

/** Runs `job` once at a time, and once more when it was asked for meanwhile. */
const oneAtATime = (job: () => Promise<void>, log: StoreLog) => {
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  const run = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      await job().catch((error: unknown) => warn(log, error));
    } while (isAskedAgain);
    running = undefined;
  };
  return {
    ask: (): void => {
      if (running) isAskedAgain = true;
      else running = run();
    },
    settled: async () => running,
  };
};
