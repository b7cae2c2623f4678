import { z } from "zod";
import { contactKey, phoneKey, roomKey } from "./invitees.ts";
import { defined, optionalText } from "./parse.ts";
import { envelopeOf, meetingFields, meetingOf, sent } from "./webhookParts.ts";

/*
 * What Zoom tells of a live meeting's recording and of who was called into it. A request to do so is answered 202,
 * queued: these events alone say what came of it.
 */

/** Zoom tells when the recording began, not when it was paused or went on: that is when the event was sent. */
const recordingChange = <const Event extends string>(event: Event) =>
  envelopeOf(event, { object: z.object(meetingFields) }).transform(({ event_ts, payload }) => ({
    event,
    ...sent({ event_ts, payload }),
    meeting: meetingOf(payload.object),
    atMs: event_ts,
  }));

const contact = z
  .object({ participant_user_id: optionalText, email: optionalText })
  .transform(({ email, participant_user_id }) => ({
    key: contactKey({ email, id: participant_user_id }),
    ...defined({ name: email }),
  }));

const phone = z
  .object({ invitee_name: optionalText, phone_number: optionalText })
  .transform(({ invitee_name, phone_number }) => ({
    key: phoneKey(phone_number ?? ""),
    ...defined({ name: invitee_name }),
  }));

const room = z
  .object({ device_ip: optionalText })
  .transform(({ device_ip }): Invitee => ({ key: roomKey(device_ip ?? "") }));

type Invitee = { key: string; name?: string };

const invitation = <const Event extends string>(event: Event, participant: z.ZodType<Invitee>) =>
  envelopeOf(event, { object: z.object({ ...meetingFields, participant }) }).transform(
    ({ event_ts, payload }) => ({
      event,
      ...sent({ event_ts, payload }),
      meeting: meetingOf(payload.object),
      invitee: payload.object.participant,
      atMs: event_ts,
    }),
  );

const contactCall = <const How extends string>(how: How) => invitation(`meeting.invitation_${how}`, contact);
const phoneCall = <const How extends string>(how: How) =>
  invitation(`meeting.participant_phone_callout_${how}`, phone);
const roomCall = <const How extends string>(how: How) =>
  invitation(`meeting.participant_room_system_callout_${how}`, room);

export const liveEvents = {
  "recording.paused": recordingChange("recording.paused"),
  "recording.resumed": recordingChange("recording.resumed"),
  "meeting.invitation_dispatched": contactCall("dispatched"),
  "meeting.invitation_accepted": contactCall("accepted"),
  "meeting.invitation_rejected": contactCall("rejected"),
  "meeting.invitation_timeout": contactCall("timeout"),
  "meeting.participant_phone_callout_ringing": phoneCall("ringing"),
  "meeting.participant_phone_callout_accepted": phoneCall("accepted"),
  "meeting.participant_phone_callout_rejected": phoneCall("rejected"),
  "meeting.participant_phone_callout_missed": phoneCall("missed"),
  "meeting.participant_phone_callout_failed": phoneCall("failed"),
  "meeting.participant_room_system_callout_ringing": roomCall("ringing"),
  "meeting.participant_room_system_callout_accepted": roomCall("accepted"),
  "meeting.participant_room_system_callout_rejected": roomCall("rejected"),
  "meeting.participant_room_system_callout_missed": roomCall("missed"),
  "meeting.participant_room_system_callout_failed": roomCall("failed"),
} as const;
