import type { Handler } from "./call.ts";
import { invalidFields } from "./errors.ts";
import { hasExpired } from "./expiry.ts";
import {
  comingOccurrences,
  hasStartTime,
  isWebinar,
  listedMeetingView,
  liveSession,
  meetingView,
  ofOccurrence,
} from "./meetingViews.ts";
import { pageOf } from "./paging.ts";
import { requireMeeting, requireOccurrence } from "./references.ts";
import type { Meeting } from "./state.ts";
import { isoDay } from "./time.ts";
import { requireHost } from "./users.ts";

type Kind = (meeting: Meeting, nowMs: number) => boolean;

const isLive: Kind = (meeting) => liveSession(meeting) !== undefined;
const isAhead: Kind = (meeting, nowMs) => meeting.type === 3 || meeting.startMs >= nowMs;

const KINDS: Record<string, Kind> = {
  scheduled: () => true,
  live: isLive,
  upcoming: (meeting, nowMs) => isAhead(meeting, nowMs) && !isLive(meeting, nowMs),
  upcoming_meetings: (meeting, nowMs) => isAhead(meeting, nowMs) || isLive(meeting, nowMs),
  previous_meetings: (meeting, nowMs) => !isAhead(meeting, nowMs) && !isLive(meeting, nowMs),
};

export const getMeeting: Handler = (cloud, { params, query }) => {
  const whole = requireMeeting(cloud, params.meetingId ?? "");
  const { occurrence_id, show_previous_occurrences } = query;
  const meeting = show_previous_occurrences === "true" ? whole : comingOccurrences(whole, cloud.clock.now());
  const shown =
    occurrence_id === undefined ? meeting : ofOccurrence(meeting, requireOccurrence(whole, occurrence_id));
  return { status: 200, body: meetingView(cloud, shown) };
};

export const listMeetings: Handler = (cloud, { params, query }) => {
  const host = requireHost(cloud, params.userId ?? "");
  const type = query.type ?? "scheduled";
  const isWanted = KINDS[type];
  if (isWanted === undefined) throw invalidFields(["type"]);
  const nowMs = cloud.clock.now();
  const meetings = [...cloud.meetings.values()]
    .filter(({ hostId, deleted }) => hostId === host.id && !deleted)
    .filter((meeting) => !hasExpired(cloud, meeting))
    .filter(({ createdAtMs }) => createdAtMs + cloud.settings.listLagMs <= nowMs)
    .filter((meeting) => isListed(meeting) && isWanted(meeting, nowMs) && isWithin(meeting, query));
  const { items, ...page } = pageOf(cloud, meetings, query, `meetings ${host.id} ${type}`);
  return { status: 200, body: { ...page, page_number: 1, meetings: items.map(listedMeetingView) } };
};

/** Instant and screen-share meetings are in no list, webinars in one of their own. */
const isListed = (meeting: Meeting): boolean => ![1, 10].includes(meeting.type) && !isWebinar(meeting);

function isWithin(meeting: Meeting, { from, to }: Record<string, string>): boolean {
  if (!hasStartTime(meeting)) return true;
  const day = isoDay(meeting.startMs);
  return (from === undefined || day >= from.slice(0, 10)) && (to === undefined || day <= to.slice(0, 10));
}
