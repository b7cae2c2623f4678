import type { MeetingLife, MeetingSession } from "./meetingLife.ts";
import type { MeetingMade } from "./plan.ts";

/** Somebody who is expected came, by email or else by name. */
export type Arrival = { key: string; atMs: number };

export const arrivalsOf = (session: MeetingSession | undefined): Arrival[] =>
  Object.entries(session?.seen ?? {})
    .map(([key, atMs]) => ({ key, atMs }))
    .toSorted((a, b) => a.atMs - b.atMs);

/** What tells since when people could come to a meeting. */
export type Readiness = { purpose: MeetingMade["purpose"]; created_at: string };

/** A bridge is there to be joined as soon as it is made; other meetings have their hour. */
export const readinessOf = ({ purpose, created_at }: Readiness): { readyAtMs?: number } =>
  purpose === "bridge" ? { readyAtMs: Date.parse(created_at) } : {};

/**
 * Who of the responders came first to a session, and how long that took: from when the meeting was ready, unless some
 * of them had met in it before.
 */
export const firstResponderOf = (
  { sessions }: MeetingLife,
  session: MeetingSession,
  readyAtMs?: number,
): (Arrival & { afterMs: number }) | undefined => {
  const [first] = arrivalsOf(session);
  if (!first) return undefined;
  const isFirstTime = !sessions.some(
    (other) => other.startedAtMs < session.startedAtMs && arrivalsOf(other).length > 0,
  );
  const sinceMs = (isFirstTime ? readyAtMs : undefined) ?? session.startedAtMs;
  return { ...first, afterMs: Math.max(0, first.atMs - sinceMs) };
};
