import { hostRequestsToday } from "./limits.ts";
import { hostOf, liveSession } from "./meetingViews.ts";
import type { Cloud, Delivery, Meeting, Session, Stay } from "./state.ts";
import { isoTime } from "./time.ts";

/** Everything a test may want to assert on, and no secret. */
export function cloudView(cloud: Cloud) {
  const nowMs = cloud.clock.now();
  const alive = [...cloud.tokens.values()].filter(
    ({ revoked, expiresAtMs }) => !revoked && expiresAtMs > nowMs,
  );
  return {
    now: isoTime(nowMs),
    users: cloud.users.map(({ id, email, type, status, webinar = 0 }) => ({
      id,
      email,
      type,
      status,
      webinar,
    })),
    groups: cloud.groups.map(({ id, name, memberIds }) => ({ id, name, members: memberIds.length })),
    meetings: [...cloud.meetings.values()].map((meeting) => meetingView(cloud, meeting)),
    tokens: { issued: cloud.tokens.size, alive: alive.length },
    webhooks: { deliveries: cloud.webhooks.deliveries.map(deliveryView) },
    hostRequestsToday: hostRequestsToday(cloud),
  };
}

export const deliveryView = ({ requestId, event, meetingId, body, state, attempts }: Delivery) => ({
  request_id: requestId,
  event,
  meeting_id: meetingId,
  uuid: uuidIn(body),
  state,
  attempts: attempts.map(({ atMs, ...result }) => ({ at: isoTime(atMs), ...result })),
});

/** Of the session that an event tells of. */
const uuidIn = (body: string): string | undefined => {
  const { payload } = JSON.parse(body) as { payload: { object?: { uuid?: string } } };
  return payload.object?.uuid;
};

const meetingView = (cloud: Cloud, meeting: Meeting) => ({
  id: meeting.id,
  uuid: meeting.uuid,
  host_email: hostOf(cloud, meeting).email,
  topic: meeting.topic,
  agenda: meeting.agenda,
  type: meeting.type,
  start_time: isoTime(meeting.startMs),
  duration: meeting.durationMinutes,
  created_at: isoTime(meeting.createdAtMs),
  status: liveSession(meeting) === undefined ? "waiting" : "started",
  deleted: meeting.deleted,
  settings: meeting.settings,
  ...(meeting.panelists && { panelists: meeting.panelists.map(({ name, email }) => ({ name, email })) }),
  sessions: meeting.sessions.map(sessionView),
});

const sessionView = (session: Session) => ({
  uuid: session.uuid,
  started_at: optionalTime(session.startedAtMs),
  ended_at: optionalTime(session.endedAtMs),
  participants: session.stays.map(stayView),
  recording: session.recording && {
    phase: session.recording.phase,
    trashed: session.recording.trashedAtMs !== undefined,
    files: session.recording.files.map(({ id, fileType }) => ({ id, file_type: fileType })),
  },
});

const stayView = (stay: Stay) => ({
  user_id: stay.userId,
  participant_uuid: stay.participantUuid,
  internal: stay.accountUserId !== undefined,
  by_phone: stay.phoneNumber !== undefined,
  name: stay.name,
  email: stay.email,
  status: stay.place,
  joined_at: isoTime(stay.joinedAtMs),
  left_at: optionalTime(stay.leftAtMs),
});

const optionalTime = (atMs: number | undefined): string | null => (atMs === undefined ? null : isoTime(atMs));
