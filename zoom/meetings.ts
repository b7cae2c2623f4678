import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { nothing } from "./client.ts";
import type { MeetingSettings } from "./meetingSettings.ts";
import { meetingSettings } from "./meetingSettings.ts";
import { listAll } from "./paging.ts";
import { count, defined, id, listOf, optionalText, text } from "./parse.ts";
import { path } from "./paths.ts";
import { unlessGone } from "./errors.ts";

/** What Zoom's create and update take, under Zoom's names. In an update, what is left out stays as it is. */
export type MeetingRequest = {
  topic?: string;
  /** At most 2000 characters; lists show the first 250. */
  agenda?: string;
  /** 2 scheduled (Zoom's default), 3 recurring without fixed times, 8 recurring. No 1: instant ones are in no list. */
  type?: 2 | 3 | 8;
  /** See `zoomTime`. Zoom takes a time that has passed for "now". */
  start_time?: string;
  /** Minutes, 1 to 1440. */
  duration?: number;
  /** IANA name; what people see, whatever `start_time` was given in. */
  timezone?: string;
  /** The passcode, at most 10 letters, digits, `@ - _ *`. */
  password?: string;
  recurrence?: Recurrence;
  settings?: MeetingSettingsRequest;
};

/** Settings as Zoom takes them; lists of hosts may be lists. */
type MeetingSettingsRequest = Omit<MeetingSettings, "alternative_hosts" | "global_dial_in_numbers"> & {
  alternative_hosts?: string | readonly string[] | undefined;
};

/** Of meetings with fixed times (type 8). It ends after `end_times` or at `end_date_time`, never by both. */
export type Recurrence = {
  /** 1 daily, 2 weekly, 3 monthly. */
  type: 1 | 2 | 3;
  /** At most 99 days, 50 weeks or 10 months. */
  repeat_interval?: number;
  /** 1 is Sunday: `"2,4"`. */
  weekly_days?: string;
  monthly_day?: number;
  monthly_week?: -1 | 1 | 2 | 3 | 4;
  /** 1 is Sunday. */
  monthly_week_day?: number;
  /** At most 60. */
  end_times?: number;
  /** UTC, see `zoomTime`. */
  end_date_time?: string;
};

export const occurrenceSchema = z
  .object({ occurrence_id: id, start_time: text, duration: count, status: text })
  .transform((given) => ({
    id: given.occurrence_id,
    startTime: given.start_time,
    durationMinutes: given.duration,
    /** A cancelled occurrence stays in the list. */
    isCancelled: given.status === "deleted",
  }));

export type Occurrence = z.output<typeof occurrenceSchema>;

// Keys that are not named here do not pass: start_url, ZAKs and encrypted passcodes go no further than this.
const meetingSchema = z
  .object({
    id,
    uuid: text,
    topic: text,
    agenda: text,
    type: z.number().catch(2),
    join_url: z.string().min(1),
    registration_url: optionalText,
    password: text,
    pstn_password: text,
    start_time: text,
    duration: count,
    timezone: text,
    status: z.string().optional().catch(undefined),
    host_id: text,
    host_email: text,
    created_at: text,
    occurrences: listOf(occurrenceSchema).catch([]),
    settings: meetingSettings.catch({}),
  })
  .transform((given) => ({
    id: given.id,
    /** Of the session that is live or comes next; "" if Zoom tells none. */
    uuid: given.uuid,
    topic: given.topic,
    agenda: given.agenda,
    type: given.type,
    joinUrl: given.join_url,
    /** Where people register, for anybody to see; absent without registration. */
    ...defined({ registrationUrl: given.registration_url }),
    /** "" if there is none. */
    passcode: given.password,
    /** Digits to key in on a telephone; "" if there are none. */
    phonePasscode: given.pstn_password,
    /** ISO 8601 in UTC; "" for meetings without fixed times. */
    startTime: given.start_time,
    durationMinutes: given.duration,
    timezone: given.timezone,
    status: given.status === "started" ? ("started" as const) : ("waiting" as const),
    hostId: given.host_id,
    hostEmail: given.host_email,
    createdAt: given.created_at,
    /** Of a recurring meeting with fixed times: those to come. */
    occurrences: given.occurrences,
    /** What Zoom kept: a setting that the account locks or forces wins without a word. */
    settings: given.settings as MeetingSettings,
  }));

export type Meeting = z.output<typeof meetingSchema>;

/** Webinars are listed with the same fields. */
export const listedSchema = z
  .object({
    id,
    uuid: text,
    topic: text,
    agenda: text,
    type: z.number().catch(2),
    join_url: optionalText,
    start_time: text,
    duration: count,
    host_id: text,
    created_at: text,
  })
  .transform((given) => ({
    id: given.id,
    uuid: given.uuid,
    topic: given.topic,
    /** The first 250 characters. */
    agenda: given.agenda,
    type: given.type,
    joinUrl: given.join_url,
    startTime: given.start_time,
    durationMinutes: given.duration,
    hostId: given.host_id,
    createdAt: given.created_at,
  }));

/** A meeting as lists show it: without passcode, settings and status. */
export type ListedMeeting = z.output<typeof listedSchema>;

const wireRequest = (request: MeetingRequest) => {
  const hosts = request.settings?.alternative_hosts;
  if (hosts === undefined || typeof hosts === "string") return request;
  return { ...request, settings: { ...request.settings, alternative_hosts: hosts.join(";") } };
};

/** Makes a scheduled meeting of this host (id or email). Zoom has no idempotency key: a repeat makes another one. */
export const createMeeting = (zoom: ZoomClient, hostId: string, request: MeetingRequest): Promise<Meeting> =>
  zoom.post(path`/users/${hostId}/meetings`, {
    operation: "createMeeting",
    body: { type: 2, ...wireRequest(request) },
    answer: meetingSchema,
  });

/** One date of a recurring meeting; the whole series without it. */
type OfOccurrence = { occurrenceId?: string | undefined };

export const getMeeting = (
  zoom: ZoomClient,
  meetingId: string,
  { occurrenceId, withPastDates }: OfOccurrence & { withPastDates?: true } = {},
): Promise<Meeting> =>
  zoom.get(path`/meetings/${meetingId}`, {
    operation: "getMeeting",
    query: { occurrence_id: occurrenceId, show_previous_occurrences: withPastDates },
    answer: meetingSchema,
  });

/**
 * Zoom answers nothing, and may keep other values than it was given: read the meeting again to know. Of one occurrence
 * it changes the agenda, the times and a few settings, and passes over the rest.
 */
export const updateMeeting = (
  zoom: ZoomClient,
  meetingId: string,
  changes: MeetingRequest,
  { occurrenceId }: OfOccurrence = {},
): Promise<void> =>
  zoom.patch(path`/meetings/${meetingId}`, {
    operation: "updateMeeting",
    query: { occurrence_id: occurrenceId },
    body: wireRequest(changes),
    answer: nothing,
  });

export type DeleteOptions = OfOccurrence & {
  /** Mail to the host and the alternative hosts. */
  notifyHosts?: boolean;
  /** Mail to people who registered. */
  notifyRegistrants?: boolean;
};

export const deleteMeeting = (
  zoom: ZoomClient,
  meetingId: string,
  options: DeleteOptions = {},
): Promise<void> =>
  zoom.delete(path`/meetings/${meetingId}`, {
    operation: "deleteMeeting",
    query: {
      occurrence_id: options.occurrenceId,
      schedule_for_reminder: options.notifyHosts ?? false,
      cancel_meeting_reminder: options.notifyRegistrants ?? false,
    },
    answer: nothing,
  });

/** Zoom may answer the same whether or not the meeting was live. */
export const endMeeting = (zoom: ZoomClient, meetingId: string): Promise<void> =>
  zoom.put(path`/meetings/${meetingId}/status`, {
    operation: "endMeeting",
    body: { action: "end" },
    answer: nothing,
  });

export type MeetingListOptions = {
  type?: "scheduled" | "live" | "upcoming" | "upcoming_meetings" | "previous_meetings";
  /** First and last day, `yyyy-mm-dd`. */
  from?: string;
  to?: string;
  /** Entries asked for at a time, up to 300. */
  pageSize?: number;
};

export const listMeetings = (
  zoom: ZoomClient,
  userId: string,
  { pageSize = 300, ...query }: MeetingListOptions = {},
): AsyncGenerator<ListedMeeting, void> =>
  listAll(zoom, {
    operation: "listMeetings",
    path: path`/users/${userId}/meetings`,
    field: "meetings",
    entry: listedSchema,
    query,
    pageSize,
  });

/**
 * The newest meeting of a host whose agenda holds the marker within its first 250 characters, where lists cut it.
 * Looks among scheduled and live meetings. A marker that could be the beginning of another one needs an end of its own.
 */
export const findMeetingByMarker = async (
  zoom: ZoomClient,
  hostId: string,
  marker: string,
  exceptId?: string,
): Promise<Meeting | undefined> => {
  for (const type of ["scheduled", "live"] as const) {
    const found = await newestMarked(listMeetings(zoom, hostId, { type }), marker, exceptId);
    const meeting = found && (await unlessGone(getMeeting(zoom, found.id)));
    if (meeting) return meeting;
  }
  return undefined;
};

export const newestMarked = async (
  listed: AsyncIterable<ListedMeeting>,
  marker: string,
  exceptId?: string,
): Promise<ListedMeeting | undefined> => {
  let newest: ListedMeeting | undefined;
  for await (const each of listed) {
    if (!each.agenda.includes(marker) || each.id === exceptId) continue;
    if (newest === undefined || createdMs(each) > createdMs(newest)) newest = each;
  }
  return newest;
};

const createdMs = ({ createdAt }: ListedMeeting): number => Date.parse(createdAt) || 0;
