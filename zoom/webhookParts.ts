import { z } from "zod";
import { defined, id, optionalText, optionalTimeMs } from "./parse.ts";

/** What the schemas of several webhooks are built of. */

export const meetingFields = {
  id,
  uuid: optionalText,
  topic: optionalText,
  host_id: optionalText,
  host_email: optionalText,
  start_time: optionalTimeMs,
  duration: z.number().optional().catch(undefined),
  timezone: optionalText,
};

export const meetingOf = (given: z.output<z.ZodObject<typeof meetingFields>>) =>
  defined({
    id: given.id,
    /** Of the session: new each time the meeting starts. */
    uuid: given.uuid,
    topic: given.topic,
    hostId: given.host_id,
    hostEmail: given.host_email,
    startMs: given.start_time,
    /** As planned, however long it really was. */
    plannedMinutes: given.duration,
    timezone: given.timezone,
  });

const eventMs = optionalTimeMs.pipe(z.number());
const account = { account_id: optionalText };

type Envelope = { event_ts: number; payload: { account_id?: string | undefined } };

export const sent = ({ event_ts, payload }: Envelope) => ({
  /** When Zoom says it happened or was sent. */
  eventMs: event_ts,
  ...defined({ accountId: payload.account_id }),
});

export const envelopeOf = <const Event extends string, Payload extends z.ZodRawShape>(
  event: Event,
  payload: Payload,
) => z.object({ event: z.literal(event), event_ts: eventMs, payload: z.object({ ...account, ...payload }) });
