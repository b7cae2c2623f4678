import type { Cloud, Meeting } from "./state.ts";

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const KEPT_DAYS = 30;
const KEPT_DAYS_RECURRING = 365;

/** Zoom forgets a meeting some time after it was last used or was to be; what it reports of it stays. */
export function hasExpired({ clock }: Cloud, meeting: Meeting): boolean {
  const isRecurring = meeting.type !== 1 && meeting.type !== 2 && meeting.type !== 10;
  const keptMs = (isRecurring ? KEPT_DAYS_RECURRING : KEPT_DAYS) * DAY_MS;
  return lastUseMs(meeting, clock.now()) + keptMs < clock.now();
}

function lastUseMs(meeting: Meeting, nowMs: number): number {
  const uses = meeting.sessions.map(({ endedAtMs }) => endedAtMs ?? nowMs);
  const dates = meeting.occurrences.map(({ startMs }) => startMs);
  return Math.max(
    meeting.createdAtMs,
    meeting.startMs + meeting.durationMinutes * MINUTE_MS,
    ...dates,
    ...uses,
  );
}
