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

export function newMeeting(cloud: Cloud, host: User, wish: CreateWish): Meeting {
  const nowMs = cloud.clock.now();
  const timezone = wish.timezone ?? ACCOUNT_TIMEZONE;
  const meeting: Meeting = {
    id: freeMeetingId(cloud),
    uuid: sessionUuid(cloud.settings.uuidStyle, cloud.counters.uuids++),
    hostId: host.id,
    type: 2,
    topic: "Zoom Meeting",
    agenda: "",
    durationMinutes: 60,
    timezone,
    password: newPasscode(cloud, wish),
    // Missing or past means now.
    startMs: Math.max(nowMs, wishedStartMs(wish.start_time, timezone) ?? nowMs),
    createdAtMs: nowMs,
    deleted: false,
    settings: settle(cloud, host, undefined, wish.settings ?? {}),
    occurrences: [],
    trackingFields: [],
    sessions: [],
    registrants: [],
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

export function wishedStartMs(startTime: string | undefined, timezone: string): number | undefined {
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

export function freeMeetingId(cloud: Cloud): number {
  const id = meetingId();
  return cloud.meetings.has(id) ? freeMeetingId(cloud) : id;
}
