import { createHash } from "node:crypto";
import { secret } from "./ids.ts";
import type { Cloud, Meeting, Occurrence, Session, User, WebinarType } from "./state.ts";
import { isoTime } from "./time.ts";

const WEBINAR_TYPES: ReadonlySet<number> = new Set<WebinarType>([5, 6, 9]);

/** Zoom's lists cut the agenda here. */
const LISTED_AGENDA_LENGTH = 250;

export const liveSession = (meeting: Meeting): Session | undefined =>
  meeting.sessions.find(({ startedAtMs, endedAtMs }) => startedAtMs !== undefined && endedAtMs === undefined);

/** Instant meetings and those without fixed times have no start time of their own. */
export const hasStartTime = ({ type }: Meeting): boolean => [2, 5, 8, 9].includes(type);

export const isWebinar = ({ type }: Meeting): boolean => WEBINAR_TYPES.has(type);

export const hostOf = (cloud: Cloud, meeting: Meeting): User => {
  const host = cloud.users.find(({ id }) => id === meeting.hostId);
  if (host === undefined) throw new Error(`Meeting ${meeting.id} has no host.`);
  return host;
};

export const joinUrl = (meeting: Meeting): string => {
  const link = `https://us02web.zoom.us/j/${meeting.id}`;
  return meeting.password === "" ? link : `${link}?pwd=${encryptedPassword(meeting)}`;
};

/** Where anybody may register: safe to post. */
const registrationUrl = ({ id }: Meeting): string =>
  `https://us02web.zoom.us/meeting/register/${createHash("sha256").update(`register ${id}`).digest("base64url").slice(0, 22)}`;

/** What the answers to create and get carry. The start URL is a secret, and new each time. */
export function meetingView(cloud: Cloud, meeting: Meeting) {
  const host = hostOf(cloud, meeting);
  return {
    uuid: meeting.uuid,
    id: meeting.id,
    host_id: host.id,
    host_email: host.email,
    topic: meeting.topic,
    type: meeting.type,
    status: liveSession(meeting) === undefined ? "waiting" : "started",
    ...times(meeting),
    timezone: meeting.timezone,
    ...(meeting.agenda !== "" && { agenda: meeting.agenda }),
    created_at: isoTime(meeting.createdAtMs),
    start_url: `https://us02web.zoom.us/s/${meeting.id}?zak=${secret("zak")}`,
    join_url: joinUrl(meeting),
    ...(meeting.settings.approval_type !== 2 && { registration_url: registrationUrl(meeting) }),
    ...passwords(meeting),
    ...(meeting.settings.use_pmi === true && { pmi: String(host.pmi) }),
    ...(meeting.recurrence && { recurrence: meeting.recurrence }),
    ...(meeting.type === 8 && { occurrences: meeting.occurrences.map(occurrenceView) }),
    ...(meeting.trackingFields.length > 0 && { tracking_fields: meeting.trackingFields }),
    settings: { ...meeting.settings, ...dialIn(meeting) },
    creation_source: "open_api",
    pre_schedule: false,
  };
}

export function listedMeetingView(meeting: Meeting) {
  return {
    uuid: meeting.uuid,
    id: meeting.id,
    host_id: meeting.hostId,
    topic: meeting.topic,
    type: meeting.type,
    ...times(meeting),
    timezone: meeting.timezone,
    ...(meeting.agenda !== "" && { agenda: meeting.agenda.slice(0, LISTED_AGENDA_LENGTH) }),
    created_at: isoTime(meeting.createdAtMs),
    join_url: joinUrl(meeting),
  };
}

/** The meeting as one of its dates has it. */
export const ofOccurrence = (meeting: Meeting, occurrence: Occurrence): Meeting => ({
  ...meeting,
  startMs: occurrence.startMs,
  durationMinutes: occurrence.durationMinutes,
  agenda: occurrence.agenda ?? meeting.agenda,
  settings: { ...meeting.settings, ...occurrence.settings },
});

/** Without those that are over. */
export const comingOccurrences = (meeting: Meeting, nowMs: number): Meeting => ({
  ...meeting,
  occurrences: meeting.occurrences.filter(
    ({ startMs, durationMinutes }) => startMs + durationMinutes * 60_000 >= nowMs,
  ),
});

export const occurrenceView = ({ id, startMs, durationMinutes, status }: Occurrence) => ({
  occurrence_id: id,
  start_time: isoTime(startMs),
  duration: durationMinutes,
  status,
});

export const times = (meeting: Meeting) => ({
  ...(hasStartTime(meeting) && { start_time: isoTime(meeting.startMs) }),
  ...(meeting.type !== 3 && meeting.type !== 6 && { duration: meeting.durationMinutes }),
});

/** The numbers of a meeting that is open to telephones; 555-01 is nobody's. */
const dialIn = ({ settings }: Meeting) => ({
  ...(settings.audio !== "voip" && {
    global_dial_in_numbers: [
      { country: "US", country_name: "US", city: "New York", number: "+1 2125550142", type: "toll" },
      { country: "US", country_name: "US", city: "", number: "+1 8005550199", type: "tollfree" },
      { country: "DE", country_name: "Germany", city: "", number: "+49 3055501234", type: "toll" },
    ],
  }),
});

export const encryptedPassword = (meeting: Meeting): string =>
  createHash("sha256").update(`${meeting.id} ${meeting.password}`).digest("base64url").slice(0, 32);

function passwords(meeting: Meeting) {
  if (meeting.password === "") return {};
  const numeric = String(
    Number.parseInt(createHash("sha256").update(meeting.password).digest("hex").slice(0, 8), 16),
  );
  return {
    password: meeting.password,
    encrypted_password: encryptedPassword(meeting),
    h323_password: numeric.slice(0, 6),
    pstn_password: numeric.slice(0, 6),
  };
}
