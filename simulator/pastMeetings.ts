import type { Call, Handler } from "./call.ts";
import { meetingNotReported, noPermission, paidAccountOnly, unknownMeeting } from "./errors.ts";
import { hostOf, isWebinar } from "./meetingViews.ts";
import { pageOf } from "./paging.ts";
import { decodeOnce, findEndedSession, meetingOf } from "./references.ts";
import type { Cloud, Session, Stay } from "./state.ts";
import { isoTime } from "./time.ts";
import { fullName } from "./users.ts";

export const getPastMeeting: Handler = (cloud, { rawParams }) => {
  requirePaid(cloud);
  const session = requireEnded(cloud, rawParams);
  const meeting = meetingOf(cloud, session);
  const host = hostOf(cloud, meeting);
  const { startedAtMs = 0, endedAtMs = 0 } = session;
  const inside = session.stays.filter(({ place }) => place === "in_meeting");
  return {
    status: 200,
    body: {
      id: meeting.id,
      uuid: session.uuid,
      host_id: host.id,
      type: meeting.type,
      topic: meeting.topic,
      user_name: fullName(host),
      user_email: host.email,
      start_time: isoTime(startedAtMs),
      end_time: isoTime(endedAtMs),
      duration: startedMinutes(endedAtMs - startedAtMs),
      total_minutes: inside.reduce((sum, stay) => sum + startedMinutes(stayMs(stay)), 0),
      participants_count: inside.length,
      dept: "",
      source: "Zoom",
      has_meeting_summary: session.summary !== undefined,
    },
  };
};

export const listPastInstances: Handler = (cloud, { params }) => {
  const reference = params.meetingId ?? "";
  const meeting = cloud.meetings.get(Number(reference));
  const sessions = meeting?.sessions.filter(({ endedAtMs }) => endedAtMs !== undefined) ?? [];
  if (meeting === undefined || isWebinar(meeting) || sessions.length === 0) throw unknownMeeting(reference);
  const meetings = sessions.map(({ uuid, startedAtMs = 0 }) => ({ uuid, start_time: isoTime(startedAtMs) }));
  return { status: 200, body: { meetings } };
};

export const listPastParticipants: Handler = (cloud, call) => {
  requirePaid(cloud);
  const session = requireEnded(cloud, call.rawParams);
  return listedParticipants(cloud, call, session);
};

/** Reports are for paid accounts; others are refused in other words than past meetings have. */
export const reportParticipants: Handler = (cloud, call) => {
  if (cloud.settings.plan === "free") throw noPermission();
  const session = findEndedSession(cloud, call.rawParams.meetingId ?? "");
  if (session === undefined || isWebinar(meetingOf(cloud, session)))
    throw meetingNotReported(decodeOnce(call.rawParams.meetingId ?? ""));
  return reportedParticipants(cloud, call, session);
};

export const listedParticipants = (cloud: Cloud, call: Call, session: Session) =>
  participantPage(cloud, call, session, (stay) => ({
    ...commonRow(cloud, session, stay),
    registrant_id: stay.registrantId ?? "",
    internal_user: stay.accountUserId !== undefined,
  }));

/** Outsiders have no id here, and not even the field for the account's user. */
export const reportedParticipants = (cloud: Cloud, call: Call, session: Session) =>
  participantPage(cloud, call, session, (stay) => ({
    ...commonRow(cloud, session, stay),
    customer_key: stay.customerKey ?? "",
    ...(stay.accountUserId !== undefined && { participant_user_id: stay.accountUserId }),
    ...(call.query.include_fields === "registrant_id" && { registrant_id: stay.registrantId ?? "" }),
  }));

function participantPage(cloud: Cloud, { query }: Call, session: Session, rowOf: (stay: Stay) => object) {
  const isShown = cloud.settings.listOnePersonMeetings || session.stays.length > 1;
  const stays = isShown ? session.stays : [];
  const { items, ...page } = pageOf(cloud, stays, query, `participants ${session.uuid}`);
  return { status: 200, body: { ...page, participants: items.map(rowOf) } };
}

const commonRow = (cloud: Cloud, session: Session, stay: Stay) => ({
  id: stay.accountUserId ?? "",
  user_id: stay.userId,
  name: stay.name,
  user_email: stay.accountUserId === undefined ? "" : stay.email,
  join_time: isoTime(stay.joinedAtMs),
  leave_time: isoTime(stay.leftAtMs ?? stay.joinedAtMs),
  duration: isCounted(cloud, session) ? Math.round(stayMs(stay) / 1000) : 0,
  failover: false,
  status: stay.place,
});

const startedMinutes = (lengthMs: number): number => Math.ceil(Math.floor(lengthMs / 1000) / 60);

const stayMs = ({ joinedAtMs, leftAtMs }: Stay): number => (leftAtMs ?? joinedAtMs) - joinedAtMs;

/** Who asks too soon after a large meeting reads durations of 0. */
const isCounted = (cloud: Cloud, { endedAtMs = 0 }: Session): boolean =>
  cloud.clock.now() >= endedAtMs + cloud.settings.attendanceDelayMs;

function requireEnded(cloud: Cloud, rawParams: Record<string, string>): Session {
  const rawReference = rawParams.meetingId ?? "";
  const session = findEndedSession(cloud, rawReference);
  if (session === undefined || isWebinar(meetingOf(cloud, session)))
    throw unknownMeeting(decodeOnce(rawReference));
  return session;
}

export function requirePaid(cloud: Cloud): void {
  if (cloud.settings.plan === "free") throw paidAccountOnly(cloud.accountId);
}
