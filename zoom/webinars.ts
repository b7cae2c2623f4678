import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { nothing } from "./client.ts";
import { hosts, kept } from "./meetingSettings.ts";
import type { ListedMeeting } from "./meetings.ts";
import { listedSchema, newestMarked, occurrenceSchema } from "./meetings.ts";
import { listAll } from "./paging.ts";
import { count, id, listOf, optionalText, text } from "./parse.ts";
import { path } from "./paths.ts";
import { unlessGone } from "./errors.ts";

const boolean = kept(z.boolean());

/** The settings we know, under Zoom's names, in requests and answers alike. */
const webinarSettings = z.object({
  host_video: boolean,
  panelists_video: boolean,
  /** Host and panelists may rehearse before anybody else is let in. */
  practice_session: boolean,
  question_and_answer: kept(z.object({ enable: boolean, allow_anonymous_questions: boolean })),
  auto_recording: kept(z.enum(["none", "local", "cloud"])),
  /** Registration: 0 automatic approval, 1 by hand, 2 none. */
  approval_type: kept(z.number()),
  on_demand: boolean,
  /** Mail with each panelist's own link. */
  panelists_invitation_email_notification: boolean,
  alternative_hosts: hosts,
});

type WebinarSettings = z.output<typeof webinarSettings>;

/** What Zoom's create and update take, under Zoom's names. In an update, what is left out stays as it is. */
export type WebinarRequest = {
  topic?: string;
  agenda?: string;
  /** See `zoomTime`. */
  start_time?: string;
  /** Minutes. */
  duration?: number;
  timezone?: string;
  /** The passcode, at most 10 characters. */
  password?: string;
  settings?: Omit<WebinarSettings, "alternative_hosts">;
};

// Keys that are not named here do not pass: start_url and encrypted passcodes go no further than this.
const webinarSchema = z
  .object({
    id,
    uuid: text,
    topic: text,
    agenda: text,
    join_url: z.string().min(1),
    registration_url: optionalText,
    password: text,
    start_time: text,
    duration: count,
    host_email: text,
    occurrences: listOf(occurrenceSchema).catch([]),
    settings: webinarSettings.catch({}),
  })
  .transform((given) => ({
    id: given.id,
    /** Of the session that is live or comes next: a new one as soon as a session has ended. */
    uuid: given.uuid,
    topic: given.topic,
    agenda: given.agenda,
    joinUrl: given.join_url,
    /** Where people register, if they have to. */
    registrationUrl: given.registration_url,
    /** "" if there is none. */
    passcode: given.password,
    /** ISO 8601 in UTC; "" for webinars without fixed times. */
    startTime: given.start_time,
    durationMinutes: given.duration,
    hostEmail: given.host_email,
    /** Dates of a series, which a webinar may become in Zoom. */
    occurrences: given.occurrences,
    /** What Zoom kept: a setting that the account locks or forces wins without a word. */
    settings: given.settings as WebinarSettings,
  }));

/** Whether it is live is told by webhooks alone: unlike a meeting, a webinar has no status. */
export type Webinar = z.output<typeof webinarSchema>;

/** Makes a scheduled webinar of this host (id or email), who needs a licence for webinars. A repeat makes another. */
export const createWebinar = (zoom: ZoomClient, hostId: string, request: WebinarRequest): Promise<Webinar> =>
  zoom.post(path`/users/${hostId}/webinars`, {
    operation: "createWebinar",
    body: { type: 5, ...request },
    answer: webinarSchema,
  });

export const getWebinar = (
  zoom: ZoomClient,
  webinarId: string,
  { withPastDates }: { withPastDates?: true } = {},
): Promise<Webinar> =>
  zoom.get(path`/webinars/${webinarId}`, {
    operation: "getWebinar",
    query: { show_previous_occurrences: withPastDates },
    answer: webinarSchema,
  });

/** Zoom answers nothing, and may keep other values than it was given: read the webinar again to know. */
export const updateWebinar = (zoom: ZoomClient, webinarId: string, changes: WebinarRequest): Promise<void> =>
  zoom.patch(path`/webinars/${webinarId}`, { operation: "updateWebinar", body: changes, answer: nothing });

/** With `notify`, Zoom mails panelists and people who registered. */
export const deleteWebinar = (zoom: ZoomClient, webinarId: string, notify = false): Promise<void> =>
  zoom.delete(path`/webinars/${webinarId}`, {
    operation: "deleteWebinar",
    query: { cancel_webinar_reminder: notify },
    answer: nothing,
  });

/** Zoom may answer the same whether or not the webinar was live. */
export const endWebinar = (zoom: ZoomClient, webinarId: string): Promise<void> =>
  zoom.put(path`/webinars/${webinarId}/status`, {
    operation: "endWebinar",
    body: { action: "end" },
    answer: nothing,
  });

/** Past ones that have not expired, live ones and those to come. */
const listWebinars = (zoom: ZoomClient, userId: string): AsyncGenerator<ListedMeeting, void> =>
  listAll(zoom, {
    operation: "listWebinars",
    path: path`/users/${userId}/webinars`,
    field: "webinars",
    entry: listedSchema,
  });

/** The newest webinar of a host with the marker at the beginning of its agenda. */
export const findWebinarByMarker = async (
  zoom: ZoomClient,
  hostId: string,
  marker: string,
  exceptId?: string,
): Promise<Webinar | undefined> => {
  const found = await newestMarked(listWebinars(zoom, hostId), marker, exceptId);
  return found && unlessGone(getWebinar(zoom, found.id));
};
