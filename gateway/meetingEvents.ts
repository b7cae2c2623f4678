import type { MeetingEvent } from "../domain/meetingLife.ts";
import type { Movement, Participant } from "../domain/movements.ts";
import { liveNews } from "./liveEvents.ts";
import type { WebhookEvent, WebhookParticipant } from "../zoom/webhookEvents.ts";
import { filesKey } from "../zoom/webhookIdentity.ts";

/** What one of Zoom's events means for a meeting. */
export type MeetingNews = { meetingId: string; event: MeetingEvent };

const participant = (person: WebhookParticipant): Participant => ({
  key: person.participantUuid ?? person.connectionId ?? person.userId ?? person.name ?? "unknown",
  name: person.name ?? "",
  ...(person.email && { email: person.email.toLowerCase() }),
  ...(person.userId && { userId: person.userId }),
  ...(person.registrantId && { registrantId: person.registrantId }),
  ...(person.byPhone && { byPhone: true }),
});

/** Somebody who is let in leaves the waiting room and joins: two events that say so. */
const movements: { [event in WebhookEvent["event"]]?: Movement["type"] } = {
  "meeting.participant_joined": "joined",
  "meeting.participant_left": "left",
  "meeting.participant_joined_waiting_room": "waiting",
  "meeting.participant_put_in_waiting_room": "waiting",
  "meeting.participant_left_waiting_room": "waited",
};

/** Undefined for events that say nothing of a meeting's life. */
export const meetingNews = (event: WebhookEvent): MeetingNews | undefined => {
  if ("participant" in event && movements[event.event]) return movementNews(event);
  switch (event.event) {
    case "meeting.started":
      return withSession(event.meeting, (uuid) => ({ type: "started", uuid, atMs: event.atMs }));
    case "meeting.ended":
      return withSession(event.meeting, (uuid) => ({
        type: "ended",
        uuid,
        atMs: event.atMs,
        ...startOf(event.meeting),
      }));
    case "meeting.deleted":
      // One occurrence of a recurring meeting is not the meeting.
      if (event.operation === "single") return undefined;
      return { meetingId: event.meeting.id, event: { type: "deleted", atMs: event.atMs } };
    case "recording.completed":
    case "recording.transcript_completed":
      return recordingNews(event);
    default:
      return liveNews(event);
  }
};

const movementNews = (event: Extract<WebhookEvent, { participant: unknown }>): MeetingNews | undefined => {
  const type = movements[event.event];
  if (type === undefined) return undefined;
  const person = participant(event.participant);
  // Whoever waits may do so before the session begins: then it is a plan that Zoom tells.
  const start = type === "joined" ? startOf(event.meeting) : {};
  return withSession(event.meeting, (uuid) => ({ type, uuid, atMs: event.atMs, person, ...start }));
};

/** When the session began: what happened first may be heard of last, or never. */
const startOf = ({ startMs }: { startMs?: number | undefined }): { startedAtMs?: number } =>
  startMs === undefined ? {} : { startedAtMs: startMs };

const recordingNews = ({
  event,
  recordings: { meetingId, uuid, files },
  atMs,
}: Extract<WebhookEvent, { recordings: unknown }>): MeetingNews => ({
  meetingId,
  event: { type: "recording_completed", uuid, atMs, files: `${event}/${filesKey(files)}` },
});

/** What cannot be told to a session is dropped: the meeting's own look at Zoom finds it later. */
const withSession = (
  meeting: { id: string; uuid?: string | undefined },
  eventFor: (uuid: string) => MeetingEvent,
): MeetingNews | undefined =>
  meeting.uuid === undefined ? undefined : { meetingId: meeting.id, event: eventFor(meeting.uuid) };
