import type { InvitationAnswer, LiveEvent, RecordingChange } from "../domain/liveState.ts";
import type { WebhookEvent } from "../zoom/webhookEvents.ts";

type LiveNews = { meetingId: string; event: LiveEvent };

const changes: Partial<Record<WebhookEvent["event"], RecordingChange>> = {
  "recording.started": "started",
  "recording.paused": "paused",
  "recording.resumed": "resumed",
  "recording.stopped": "stopped",
};

/** The last word of the event's name, in our words. */
const answers: Record<string, InvitationAnswer> = {
  dispatched: "called",
  ringing: "called",
  accepted: "accepted",
  rejected: "rejected",
  timeout: "timeout",
  missed: "missed",
  failed: "failed",
};

/** What an event says of a meeting's recording or of somebody who was called into it. Undefined for all others. */
export const liveNews = (event: WebhookEvent): LiveNews | undefined => {
  if ("invitee" in event) {
    const { invitee, meeting, atMs } = event;
    const answer = answers[event.event.split("_").at(-1) ?? ""];
    if (answer === undefined) return undefined;
    return {
      meetingId: meeting.id,
      event: { type: "invitation_answered", invitee: invitee.key, answer, atMs },
    };
  }
  const change = changes[event.event];
  if (change === undefined || !("meeting" in event) || event.meeting.uuid === undefined) return undefined;
  return {
    meetingId: event.meeting.id,
    // When it was told, in milliseconds: times of recordings are whole seconds, in which much may happen.
    event: { type: "recording_changed", change, uuid: event.meeting.uuid, atMs: event.eventMs },
  };
};
