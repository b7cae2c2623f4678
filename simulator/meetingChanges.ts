import { meetingId, sessionUuid } from "./ids.ts";
import type { CreateWish, UpdateWish } from "./meetingSchemas.ts";
import { occurrenceSettings, settle } from "./meetingSettings.ts";
import { hostOf } from "./meetingViews.ts";
import { keptPasscode, newPasscode } from "./passcodes.ts";
import { occurrencesOf } from "./recurrence.ts";
import { defined } from "./collections.ts";
import type { Cloud, Meeting, Occurrence, User } from "./state.ts";
import { localToUtcMs } from "./time.ts";

const ACCOUNT_TIMEZONE = "UTC";

/** What a new meeting or webinar has before anything is wished for it. */
export function blankMeeting(cloud: Cloud, host: User, timezone: string, startTime: string | undefined) {
  const nowMs = cloud.clock.now();
  return {
    id: freeMeetingId(cloud),
    uuid: sessionUuid(cloud.settings.uuidStyle, cloud.counters.uuids++),
    hostId: host.id,
    agenda: "",
    durationMinutes: 60,
    timezone,
    // Missing or past means now.
    startMs: Math.max(nowMs, wishedStartMs(startTime, timezone) ?? nowMs),
    createdAtMs: nowMs,
    deleted: false,
    occurrences: [],
    trackingFields: [],
    sessions: [],
    registrants: [],
  };
}

export function newMeeting(cloud: Cloud, host: User, wish: CreateWish): Meeting {
  const meeting: Meeting = {
    ...blankMeeting(cloud, host, wish.timezone ?? ACCOUNT_TIMEZONE, wish.start_time),
    type: 2,
    topic: "Zoom Meeting",
    password: newPasscode(cloud, wish),
    settings: settle(cloud, host, undefined, wish.settings ?? {}),
    ...plainFields(wish),
  };
  return { ...meeting, occurrences: plannedOccurrences(meeting) };
}

export function applyUpdate(cloud: Cloud, meeting: Meeting, wish: UpdateWish): void {
  const timezone = wish.timezone ?? meeting.timezone;
  Object.assign(meeting, plainFields(wish), defined({ password: keptPasscode(cloud, wish.password) }), {
    settings: settle(cloud, hostOf(cloud, meeting), meeting.settings, wish.settings ?? {}),
    timezone,
    startMs: futureStartMs(cloud, wish.start_time, timezone) ?? meeting.startMs,
  });
  const isReplanned = wish.recurrence ?? wish.start_time ?? wish.duration;
  if (isReplanned !== undefined) meeting.occurrences = plannedOccurrences(meeting);
}

/** Of one date only its agenda, times and a few settings change; the rest of the wish is passed over. */
export function applyToOccurrence(
  cloud: Cloud,
  meeting: Meeting,
  occurrence: Occurrence,
  wish: UpdateWish,
): void {
  const startMs = futureStartMs(cloud, wish.start_time, wish.timezone ?? meeting.timezone);
  const settings = occurrenceSettings(cloud, meeting, occurrence, wish.settings ?? {});
  Object.assign(
    occurrence,
    defined({ startMs, durationMinutes: wish.duration, agenda: wish.agenda, settings }),
  );
}

const plainFields = (wish: CreateWish | UpdateWish) =>
  defined({
    type: wish.type,
    topic: wish.topic,
    agenda: wish.agenda,
    durationMinutes: wish.duration,
    trackingFields: wish.tracking_fields,
    recurrence: wish.recurrence,
  });

export const plannedOccurrences = ({
  type,
  recurrence,
  startMs,
  durationMinutes,
  timezone,
}: Meeting): Occurrence[] =>
  (type === 8 || type === 9) && recurrence !== undefined
    ? occurrencesOf(recurrence, startMs, durationMinutes, timezone)
    : [];

function wishedStartMs(startTime: string | undefined, timezone: string): number | undefined {
  if (startTime === undefined) return undefined;
  return startTime.endsWith("Z") ? Date.parse(startTime) : localToUtcMs(startTime, timezone);
}

/** On update a start in the past is ignored, not refused. */
export function futureStartMs(
  cloud: Cloud,
  startTime: string | undefined,
  timezone: string,
): number | undefined {
  const startMs = wishedStartMs(startTime, timezone);
  return startMs !== undefined && startMs > cloud.clock.now() ? startMs : undefined;
}

function freeMeetingId(cloud: Cloud): number {
  const id = meetingId();
  return cloud.meetings.has(id) ? freeMeetingId(cloud) : id;
}
