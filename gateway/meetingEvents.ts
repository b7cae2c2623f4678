import type { MeetingEvent, Participant } from "../domain/meetingLife.ts";
import { liveNews } from "./liveEvents.ts";
import type { WebhookEvent, WebhookParticipant } from "../zoom/webhookEvents.ts";

/** What one of Zoom's events means for a meeting. */
export type MeetingNews = { meetingId: string; event: MeetingEvent };

const participant = (person: WebhookParticipant): Participant => ({
  key: person.participantUuid ?? person.connectionId ?? person.userId ?? person.name ?? "unknown",
  name: person.name ?? "",
  ...(person.email && { email: person.email.toLowerCase() }),
});

/** Undefined for events that say nothing of a meeting's life. Without a time of its own, an event happened now. */
export const meetingNews = (event: WebhookEvent, nowMs: number): MeetingNews | undefined => {
  switch (event.event) {
    case "meeting.started":
    case "meeting.ended": {
      const type = event.event === "meeting.started" ? "started" : "ended";
      return withSession(event.meeting, (uuid) => ({ type, uuid, atMs: event.atMs ?? nowMs }));
    }
    case "meeting.participant_joined":
    case "meeting.participant_left": {
      const type = event.event === "meeting.participant_joined" ? "joined" : "left";
      const person = participant(event.participant);
      return withSession(event.meeting, (uuid) => ({ type, uuid, atMs: event.atMs ?? nowMs, person }));
    }
    case "meeting.deleted":
      return { meetingId: event.meeting.id, event: { type: "deleted", atMs: event.atMs ?? nowMs } };
    case "recording.completed":
      return {
        meetingId: event.recordings.meetingId,
        event: { type: "recording_completed", uuid: event.recordings.uuid, atMs: event.atMs ?? nowMs },
      };
    default:
      return liveNews(event);
  }
};

/** What cannot be told to a session is dropped: the meeting's own look at Zoom finds it later. */
const withSession = (
  meeting: { id: string; uuid?: string | undefined },
  eventFor: (uuid: string) => MeetingEvent,
): MeetingNews | undefined =>
  meeting.uuid === undefined ? undefined : { meetingId: meeting.id, event: eventFor(meeting.uuid) };
