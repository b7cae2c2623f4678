import { createHash } from "node:crypto";
import { z } from "zod";
import { jsonOf } from "./errors.ts";
import { liveEvents } from "./liveEvents.ts";
import { defined, optionalText, optionalTimeMs } from "./parse.ts";
import { recordingsSchema } from "./recordings.ts";
import { envelopeOf, meetingFields, meetingOf, sent } from "./webhookParts.ts";

/*
 * What Zoom's webhooks say, in our words: ids as strings, times as epoch milliseconds. Whatever is not named here is
 * dropped at the parse, above all addresses (public_ip, private_ip), phone numbers, passcodes and download tokens.
 */

const participantSchema = z.object({
  user_id: optionalText,
  participant_uuid: optionalText,
  participant_user_id: optionalText,
  id: optionalText,
  user_name: optionalText,
  email: optionalText,
  registrant_id: optionalText,
  customer_key: optionalText,
  phone_number: optionalText,
  join_time: optionalTimeMs,
  leave_time: optionalTimeMs,
  date_time: optionalTimeMs,
  leave_reason: optionalText,
});

const participantOf = (given: z.output<typeof participantSchema>) =>
  defined({
    /** One connection: whoever comes back has another one. */
    connectionId: given.user_id,
    participantUuid: given.participant_uuid,
    /** Zoom's user id; absent for people who are not signed in or outside the account. */
    userId: given.participant_user_id ?? given.id,
    name: given.user_name,
    /** Absent for people outside the account. */
    email: given.email,
    registrantId: given.registrant_id,
    customerKey: given.customer_key,
    byPhone: given.phone_number === undefined ? undefined : true,
  });

export type WebhookParticipant = ReturnType<typeof participantOf>;

/** A webinar tells the same of its life as a meeting does, under names of its own; ours are the meeting's. */
type Source = "meeting" | "webinar";

const started = (source: Source) =>
  envelopeOf(`${source}.started`, { object: z.object(meetingFields) }).transform((given) => ({
    event: "meeting.started" as const,
    ...sent(given),
    meeting: meetingOf(given.payload.object),
    atMs: given.payload.object.start_time ?? given.event_ts,
  }));

const ended = (source: Source) =>
  envelopeOf(`${source}.ended`, {
    object: z.object({ ...meetingFields, end_time: optionalTimeMs }),
  }).transform((given) => ({
    event: "meeting.ended" as const,
    ...sent(given),
    meeting: meetingOf(given.payload.object),
    atMs: given.payload.object.end_time ?? given.event_ts,
  }));

/** Somebody came, went, waits, gave up waiting, or was let in. */
const movement = <const Event extends string>(event: Event, name: string = event) =>
  envelopeOf(name, { object: z.object({ ...meetingFields, participant: participantSchema }) }).transform(
    ({ event_ts, payload }) => {
      const { participant } = payload.object;
      const { leave_time, join_time, date_time, leave_reason } = participant;
      return {
        event,
        ...sent({ event_ts, payload }),
        meeting: meetingOf(payload.object),
        participant: participantOf(participant),
        atMs: leave_time ?? join_time ?? date_time ?? event_ts,
        /** Free text, in Zoom's words. */
        ...defined({ leaveReason: leave_reason }),
      };
    },
  );

const deleted = (source: Source) =>
  envelopeOf(`${source}.deleted`, {
    operation: optionalText,
    object: z.object(meetingFields),
  }).transform((given) => ({
    event: "meeting.deleted" as const,
    ...sent(given),
    meeting: meetingOf(given.payload.object),
    atMs: given.event_ts,
    /** Zoom's `single` is one occurrence of a recurring meeting, not the meeting. */
    ...defined({ operation: given.payload.operation }),
  }));

const span = z
  .object({ recording_start: optionalTimeMs, recording_end: optionalTimeMs })
  .optional()
  .catch(undefined);

const recordingChange = <const Event extends string>(
  event: Event,
  time: "recording_start" | "recording_end",
) =>
  envelopeOf(event, { object: z.object({ ...meetingFields, recording_file: span }) }).transform(
    ({ event_ts, payload }) => ({
      event,
      ...sent({ event_ts, payload }),
      meeting: meetingOf(payload.object),
      atMs: payload.object.recording_file?.[time] ?? event_ts,
    }),
  );

// Passcodes are left out: whoever may see them asks Zoom for the recordings.
const recordings = recordingsSchema.transform(({ passcode: _passcode, ...rest }) => rest);

const recordingReady = <const Event extends string>(event: Event) =>
  envelopeOf(event, { object: recordings }).transform(({ event_ts, payload }) => ({
    event,
    ...sent({ event_ts, payload }),
    recordings: payload.object,
    atMs: event_ts,
  }));

const urlValidation = z
  .object({
    event: z.literal("endpoint.url_validation"),
    payload: z.object({ plainToken: z.string().min(1).max(200) }),
  })
  .transform(({ event, payload }) => ({ event, plainToken: payload.plainToken }));

const deauthorized = z
  .object({
    event: z.literal("app_deauthorized"),
    event_ts: optionalTimeMs,
    payload: z.object({
      account_id: z.string().min(1),
      user_id: optionalText,
      client_id: optionalText,
      deauthorization_time: optionalTimeMs,
    }),
  })
  .transform(({ event, event_ts, payload }) => ({
    event,
    accountId: payload.account_id,
    ...defined({
      userId: payload.user_id,
      clientId: payload.client_id,
      atMs: payload.deauthorization_time ?? event_ts,
    }),
  }));

const schemas = {
  "meeting.started": started("meeting"),
  "webinar.started": started("webinar"),
  "meeting.ended": ended("meeting"),
  "webinar.ended": ended("webinar"),
  "meeting.participant_joined": movement("meeting.participant_joined"),
  "meeting.participant_left": movement("meeting.participant_left"),
  "webinar.participant_joined": movement("meeting.participant_joined", "webinar.participant_joined"),
  "webinar.participant_left": movement("meeting.participant_left", "webinar.participant_left"),
  "meeting.participant_joined_waiting_room": movement("meeting.participant_joined_waiting_room"),
  "meeting.participant_put_in_waiting_room": movement("meeting.participant_put_in_waiting_room"),
  "meeting.participant_left_waiting_room": movement("meeting.participant_left_waiting_room"),
  "meeting.participant_admitted": movement("meeting.participant_admitted"),
  "meeting.deleted": deleted("meeting"),
  "webinar.deleted": deleted("webinar"),
  "recording.started": recordingChange("recording.started", "recording_start"),
  "recording.stopped": recordingChange("recording.stopped", "recording_end"),
  "recording.completed": recordingReady("recording.completed"),
  "recording.transcript_completed": recordingReady("recording.transcript_completed"),
  ...liveEvents,
  "endpoint.url_validation": urlValidation,
  app_deauthorized: deauthorized,
} as const;

type KnownEvent = z.output<(typeof schemas)[keyof typeof schemas]>;

/** An event that is none of ours, or one of ours that could not be read; then `problem` names the fields. */
type OtherEvent = {
  event: "other";
  name: string;
  /** Of the body: what tells two of them apart. */
  digest: string;
  problem?: string;
};

export type WebhookEvent = KnownEvent | OtherEvent;

const anyEvent = z.object({ event: z.string().min(1).max(100) });

/** Reads a verified request. Undefined if it is no event of Zoom's at all: not JSON, or without a name. */
export const parseWebhook = (rawBody: Buffer | string): WebhookEvent | undefined => {
  const body = jsonOf(rawBody.toString());
  const some = anyEvent.safeParse(body);
  if (!some.success) return undefined;
  const { event: name } = some.data;
  const parsed = isKnown(name) ? schemas[name].safeParse(body) : undefined;
  if (parsed?.success) return parsed.data;
  const fields = parsed?.error.issues.slice(0, 5).map((issue) => issue.path.join("."));
  return { event: "other", name, digest: digestOf(rawBody), ...defined({ problem: fields?.join(", ") }) };
};

const digestOf = (rawBody: Buffer | string): string =>
  createHash("sha256").update(rawBody).digest("hex").slice(0, 16);

const isKnown = (name: string): name is keyof typeof schemas => Object.hasOwn(schemas, name);
