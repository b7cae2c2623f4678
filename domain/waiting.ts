import { isResolved } from "./incidentChange.ts";
import type { WaitingFor } from "./messages.ts";
import type { Facts, MeetingFacts } from "./plan.ts";

/** The meeting that a wait is about: the one it names, or the incident's bridge. */
export const meetingOf = (waiting: WaitingFor, facts: Facts): string | undefined =>
  waiting.meetingId ?? facts.bridge?.meeting_id;

const waitedFor = (waiting: WaitingFor, facts: Facts): MeetingFacts | undefined => {
  const meetingId = meetingOf(waiting, facts);
  return meetingId === undefined ? undefined : facts.meetings[meetingId];
};

/** Whether nothing is left to wait for. The incident and the waiting run decide it alike. */
export const hasCome = (waiting: WaitingFor, facts: Facts): boolean => {
  if (waiting.event === "incident.resolved") return isResolved(facts.incident);
  const meeting = waitedFor(waiting, facts);
  if (!meeting) return false;
  return (meeting.isOver ?? meeting.state === "deleted") || hasHappened(waiting.event, meeting);
};

const hasHappened = (
  event: WaitingFor["event"],
  { state, endedSessions, recordingReady }: MeetingFacts,
): boolean => {
  switch (event) {
    case "meeting.started":
      return endedSessions > 0 || state === "live" || state === "ended";
    case "meeting.ended":
      return state === "ended" || (state === "deleted" && endedSessions > 0);
    default:
      return recordingReady;
  }
};

/** Why the wait ended without what was waited for; undefined when that has come, or may come. */
export const whyInVain = (waiting: WaitingFor, facts: Facts): string | undefined => {
  const meeting = waitedFor(waiting, facts);
  if (!meeting || !hasCome(waiting, facts) || hasHappened(waiting.event, meeting)) return undefined;
  if (waiting.event === "recording.ready" && meeting.endedSessions > 0)
    return "There is no recording of the call.";
  return meeting.state === "deleted"
    ? "The meeting was deleted in Zoom before anybody came."
    : "Nobody came to the meeting, and it is followed no longer.";
};
