import type { Handler } from "./call.ts";
import { dashboardOff, invalidFields, notOnDashboard } from "./errors.ts";
import { hostOf } from "./meetingViews.ts";
import { pageOf } from "./paging.ts";
import { findEndedSession, findLiveSession, meetingOf } from "./references.ts";
import type { Cloud, Session, Stay } from "./state.ts";
import { isoTime } from "./time.ts";
import { fullName } from "./users.ts";

export const dashboardMeetings: Handler = (cloud, { query }) => {
  requireDashboard(cloud);
  const missing = ["from", "to"].filter((name) => !query[name]);
  if (missing.length > 0) throw invalidFields(missing);
  const wanted = [...cloud.sessions.values()].filter((session) => isOfKind(session, query.type));
  const { items, ...page } = pageOf(cloud, wanted, query, `dashboard ${query.type}`);
  const { from, to } = query;
  return { status: 200, body: { ...page, from, to, meetings: items.map((each) => sessionRow(cloud, each)) } };
};

export const dashboardMeeting: Handler = (cloud, { rawParams, query }) => ({
  status: 200,
  body: sessionRow(cloud, requireSession(cloud, rawParams.meetingId ?? "", query.type)),
});

/** The only way of Zoom's to read who is in a meeting now. */
export const dashboardParticipants: Handler = (cloud, { rawParams, query }) => {
  const session = requireSession(cloud, rawParams.meetingId ?? "", query.type);
  const { items, ...page } = pageOf(cloud, session.stays, query, `dashboard ${session.uuid}`);
  const wantsRegistrants = query.include_fields === "registrant_id";
  const participants = items.map((stay) => ({
    ...stayRow(stay),
    role: stay.accountUserId === meetingOf(cloud, session).hostId ? "host" : "attendee",
    ...(wantsRegistrants && { registrant_id: stay.registrantId ?? "" }),
  }));
  return { status: 200, body: { ...page, participants } };
};

function requireDashboard({ settings }: Cloud): void {
  if (settings.plan !== "business" || !settings.dashboard) throw dashboardOff();
}

function requireSession(cloud: Cloud, rawReference: string, type = "live"): Session {
  requireDashboard(cloud);
  const find = type === "live" ? findLiveSession : findEndedSession;
  const session = find(cloud, rawReference);
  if (session === undefined || !isOfKind(session, type)) throw notOnDashboard();
  return session;
}

const isOfKind = ({ startedAtMs, endedAtMs }: Session, type = "live"): boolean =>
  type === "live" ? startedAtMs !== undefined && endedAtMs === undefined : endedAtMs !== undefined;

function sessionRow(cloud: Cloud, session: Session) {
  const { id, topic, hostId } = meetingOf(cloud, session);
  const host = hostOf(cloud, meetingOf(cloud, session));
  const { startedAtMs = 0, endedAtMs } = session;
  return {
    uuid: session.uuid,
    id,
    topic,
    host: fullName(host),
    email: host.email,
    user_type: hostId === host.id && host.type === 2 ? "Pro" : "Free",
    start_time: isoTime(startedAtMs),
    ...(endedAtMs !== undefined && {
      end_time: isoTime(endedAtMs),
      duration: clockFace(endedAtMs - startedAtMs),
    }),
    participants: session.stays.filter(({ place }) => place === "in_meeting").length,
    has_pstn: session.stays.some(({ phoneNumber }) => phoneNumber !== undefined),
    has_voip: true,
    has_3rd_party_audio: false,
    has_video: false,
    has_screen_share: false,
    has_recording: session.recording !== undefined,
    has_sip: false,
  };
}

const stayRow = (stay: Stay) => ({
  id: stay.accountUserId ?? "",
  participant_user_id: stay.accountUserId ?? "",
  user_id: stay.userId,
  participant_uuid: stay.participantUuid,
  user_name: stay.name,
  email: stay.accountUserId === undefined ? "" : stay.email,
  ip_address: stay.publicIp,
  device: stay.phoneNumber === undefined ? "Mac" : "Phone",
  join_time: isoTime(stay.joinedAtMs),
  ...(stay.leftAtMs !== undefined && { leave_time: isoTime(stay.leftAtMs) }),
  status: stay.place,
  customer_key: stay.customerKey ?? "",
});

/** As the dashboard writes lengths: 01:02:03. */
const clockFace = (lengthMs: number): string => new Date(lengthMs).toISOString().slice(11, 19);
