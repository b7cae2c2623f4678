import { durationText } from "../domain/duration.ts";
import { isResolved } from "../domain/incidentChange.ts";
import { newLife } from "../domain/meetingLife.ts";
import { followedUnusedMs } from "../domain/meetingWatch.ts";
import { milestone } from "../domain/milestones.ts";
import { listText } from "../domain/people.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { MeetingRow } from "../store/index.ts";
import { missingIn } from "./missing.ts";
import type { PerformDeps } from "./perform.ts";

/**
 * Of a meeting that Zoom was just asked about, and that nobody has ever joined: says whom the call lacks when that is
 * due, and in the end that it is given up. Answers how long until the next of it is due.
 */
export const tellUnused = async (deps: PerformDeps, row: MeetingRow, unusedAtMs: number): Promise<number> => {
  const nowMs = deps.nowMs();
  const dueAtMs = missingDueAtMs(row, unusedAtMs);
  const events = [
    ...(nowMs >= dueAtMs ? await nobodyThere(deps, row, unusedAtMs) : []),
    ...(nowMs >= unusedAtMs ? [givenUp(row, nowMs)] : []),
  ];
  if (events.length > 0) await deps.store.timeline.append(row.meeting.incident_id, events);
  return (nowMs < dueAtMs ? dueAtMs : unusedAtMs) - nowMs;
};

const missingDueAtMs = ({ meeting, expected }: MeetingRow, unusedAtMs: number): number => {
  const afterMs = meeting.follow?.missingAfterMs;
  return afterMs === undefined || expected.length === 0 ? unusedAtMs : startOf(unusedAtMs) + afterMs;
};

const startOf = (unusedAtMs: number): number => unusedAtMs - followedUnusedMs;

/** The first of its kind stays on the timeline, however often it is said. */
const nobodyThere = async (
  { store, nowMs }: PerformDeps,
  { meeting, expected }: MeetingRow,
  unusedAtMs: number,
): Promise<TimelineEvent[]> => {
  const incident = (await store.incidents.get(meeting.incident_id))?.incident;
  if (expected.length === 0 || !incident || isResolved(incident)) return [];
  const { names, waits, data } = missingIn(
    await store.meetings.movementsNow(meeting.meeting_id, newLife()),
    expected,
  );
  const after = durationText(nowMs() - startOf(unusedAtMs));
  const title = `Nobody has joined ${meeting.topic} after ${after}. Expected: ${listText(names)}`;
  const detail = waits.length > 0 && `In the waiting room, let them in: ${listText(waits)}.`;
  return [
    milestone({ meetingId: meeting.meeting_id }, "meeting.responders_missing", "", nowMs(), title, {
      ...(detail && { detail }),
      data,
    }),
  ];
};

const givenUp = ({ meeting }: MeetingRow, nowMs: number): TimelineEvent =>
  milestone(
    { meetingId: meeting.meeting_id },
    "note",
    "unused",
    nowMs,
    `Nobody joined ${meeting.topic} within ${durationText(followedUnusedMs)}: it is followed no longer`,
    {
      detail:
        "Steps that wait for its call go on without it. Its link still works: Zoom's webhooks tell who joins.",
    },
  );
