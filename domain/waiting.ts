import { isResolved } from "./incidentChange.ts";
import type { WaitingFor } from "./messages.ts";
import type { Facts } from "./plan.ts";

/** The meeting that a wait is about: the one it names, or the incident's bridge. */
export const meetingOf = (waiting: WaitingFor, facts: Facts): string | undefined =>
  waiting.meetingId ?? facts.bridge?.meeting_id;

/** Whether what is waited for has come. The incident and the waiting run decide it alike. */
export const hasCome = (waiting: WaitingFor, facts: Facts): boolean => {
  if (waiting.event === "incident.resolved") return isResolved(facts.incident);
  const meetingId = meetingOf(waiting, facts);
  const meeting = meetingId === undefined ? undefined : facts.meetings[meetingId];
  if (!meeting) return false;
  const isGone = meeting.state === "deleted";
  switch (waiting.event) {
    case "meeting.started":
      return isGone || meeting.state !== "waiting";
    case "meeting.ended":
      return isGone || meeting.state === "ended";
    case "recording.ready":
      return isGone || meeting.recordingReady;
  }
};
