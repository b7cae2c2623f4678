import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { ZoomError } from "./errors.ts";
import { collect, listAll } from "./paging.ts";
import { count, defined, id, listOf, optionalText, optionalTimeMs, text } from "./parse.ts";
import type { EncodedSegment } from "./paths.ts";
import { meetingSegment, path } from "./paths.ts";

const minuteMs = 60_000;

const pastMeetingSchema = z
  .object({
    id,
    uuid: z.string().min(1),
    topic: text,
    start_time: optionalTimeMs.pipe(z.number()),
    end_time: optionalTimeMs,
    duration: count,
    participants_count: count,
    total_minutes: count,
    host_id: text,
  })
  .transform((given) => ({
    id: given.id,
    uuid: given.uuid,
    topic: given.topic,
    startMs: given.start_time,
    endMs: given.end_time ?? given.start_time + given.duration * minuteMs,
    durationMinutes: given.duration,
    participantsCount: given.participants_count,
    /** Of all participants together. */
    totalMinutes: given.total_minutes,
    hostId: given.host_id,
  }));

/** One session that is over. Times in epoch milliseconds. */
export type PastMeeting = z.output<typeof pastMeetingSchema>;

export const instanceSchema = z
  .object({ uuid: z.string().min(1), start_time: optionalTimeMs })
  .transform(({ uuid, start_time }) => defined({ uuid, startMs: start_time }));

export type Instance = z.output<typeof instanceSchema>;

const participantSchema = z
  .object({
    id: optionalText,
    participant_user_id: optionalText,
    user_id: optionalText,
    registrant_id: optionalText,
    customer_key: optionalText,
    name: text,
    user_email: optionalText,
    join_time: optionalTimeMs.pipe(z.number()),
    leave_time: optionalTimeMs,
    duration: count,
    status: optionalText,
    internal_user: z.boolean().optional().catch(undefined),
  })
  .transform((given) =>
    defined({
      /** Zoom's user id; absent for people outside the account. */
      userId: given.id ?? given.participant_user_id,
      /** One connection: whoever comes back has another one. */
      connectionId: given.user_id,
      registrantId: given.registrant_id,
      customerKey: given.customer_key,
      name: given.name,
      /** Absent for most people outside the account. */
      email: given.user_email,
      joinMs: given.join_time,
      leaveMs: given.leave_time ?? given.join_time + given.duration * 1000,
      /** As Zoom counts it; 0 for a while after the meeting. */
      durationSeconds: given.duration,
      inWaitingRoom: given.status === "in_waiting_room",
      isInternal: given.internal_user,
    }),
  );

/** One stay: people who rejoin have several. */
export type PastParticipant = z.output<typeof participantSchema>;

/** The latest session of a meeting (by id), or the session of a UUID. */
export const getPastMeeting = (zoom: ZoomClient, meetingIdOrUuid: string): Promise<PastMeeting> =>
  zoom.get(path`/past_meetings/${meetingSegment(meetingIdOrUuid)}`, {
    operation: "getPastMeeting",
    answer: pastMeetingSchema,
  });

/** All sessions of a meeting that are over, of the last 15 months. */
export const listInstances = (zoom: ZoomClient, meetingId: string): Promise<Instance[]> =>
  zoom.get(path`/past_meetings/${meetingId}/instances`, {
    operation: "listInstances",
    answer: z.object({ meetings: listOf(instanceSchema) }).transform(({ meetings }) => meetings),
  });

export type ParticipantOptions = {
  /** Ask the report instead if plan, rights or scopes forbid the plain list. It counts as a heavy request. */
  orReport?: boolean;
  /** A webinar's are in a place of their own. */
  of?: "meetings" | "webinars";
};

/** Everybody's stays in a session, complete. A meeting of one person has none. */
export const listPastParticipants = async (
  zoom: ZoomClient,
  meetingIdOrUuid: string,
  { orReport = false, of = "meetings" }: ParticipantOptions = {},
): Promise<PastParticipant[]> => {
  const segment = meetingSegment(meetingIdOrUuid);
  try {
    return await collect(participants(zoom, `past_${of}`, segment));
  } catch (error) {
    if (!orReport || !isForbidden(error)) throw error;
    // What the report says to it matters less than why the list was refused.
    return collect(participants(zoom, `report/${of}`, segment)).catch((second: unknown) => {
      throw isForbidden(second) ? error : second;
    });
  }
};

const places = {
  past_meetings: (segment: EncodedSegment) => path`/past_meetings/${segment}/participants`,
  past_webinars: (segment: EncodedSegment) => path`/past_webinars/${segment}/participants`,
  "report/meetings": (segment: EncodedSegment) => path`/report/meetings/${segment}/participants`,
  "report/webinars": (segment: EncodedSegment) => path`/report/webinars/${segment}/participants`,
} as const;

const participants = (zoom: ZoomClient, place: keyof typeof places, segment: EncodedSegment) =>
  listAll(zoom, {
    operation: place.startsWith("report") ? "reportParticipants" : "listPastParticipants",
    path: places[place](segment),
    field: "participants",
    entry: participantSchema,
    ...(place.startsWith("report") && { query: { include_fields: "registrant_id" } }),
  });

const isForbidden = (error: unknown): boolean =>
  error instanceof ZoomError && ["plan", "permission", "missing_scope"].includes(error.code);
