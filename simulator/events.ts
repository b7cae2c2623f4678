import { hostOf, hasStartTime, isWebinar, joinUrl, occurrenceView } from "./meetingViews.ts";
import { meetingOf } from "./references.ts";
import type { Cloud, Meeting, Occurrence, Session, Stay } from "./state.ts";
import { isoTime } from "./time.ts";
import { announce } from "./webhooks.ts";

/** Webinars have events of their own names with the same contents. */
const eventOf = (meeting: Meeting, change: string): string =>
  `${isWebinar(meeting) ? "webinar" : "meeting"}.${change}`;

// Zoom writes the meeting's id as a string in events of a live meeting, and as a number in all others.

export function meetingCreated(cloud: Cloud, meeting: Meeting): void {
  const { alternative_hosts, join_before_host, jbh_time, use_pmi, meeting_invitees } = meeting.settings;
  announce(cloud, eventOf(meeting, "created"), {
    meetingId: meeting.id,
    payload: {
      ...operatorOf(cloud, meeting),
      operation: "all",
      object: {
        ...plannedObject(cloud, meeting),
        join_url: joinUrl(meeting),
        password: meeting.password,
        creation_source: "open_api",
        settings: {
          use_pmi: use_pmi ?? false,
          alternative_hosts,
          join_before_host,
          jbh_time,
          meeting_invitees,
        },
        ...(meeting.recurrence && { recurrence: meeting.recurrence }),
        ...(meeting.type === 8 && { occurrences: meeting.occurrences.map(occurrenceView) }),
      },
    },
  });
}

/** Names only what changed, with the values before and after. */
export function meetingUpdated(cloud: Cloud, before: Meeting, after: Meeting): void {
  const [old, now] = [updatable(before), updatable(after)];
  const changed = Object.keys(now).filter((key) => JSON.stringify(now[key]) !== JSON.stringify(old[key]));
  if (changed.length === 0) return;
  const pick = (values: Record<string, unknown>) =>
    Object.fromEntries(changed.map((key) => [key, values[key]]));
  announce(cloud, eventOf(after, "updated"), {
    meetingId: after.id,
    payload: {
      ...operatorOf(cloud, after),
      object: { id: after.id, ...nested(pick(now)) },
      old_object: { id: after.id, ...nested(pick(old)) },
      time_stamp: cloud.clock.now(),
    },
  });
}

export function meetingDeleted(cloud: Cloud, meeting: Meeting, occurrence?: Occurrence): void {
  const occurrences = occurrence && { occurrences: [occurrenceView(occurrence)] };
  announce(cloud, eventOf(meeting, "deleted"), {
    meetingId: meeting.id,
    payload: {
      ...operatorOf(cloud, meeting),
      operation: occurrence === undefined ? "all" : "single",
      object: { ...plannedObject(cloud, meeting), ...occurrences },
    },
  });
}

export function sessionStarted(cloud: Cloud, session: Session): void {
  announceLive(cloud, "started", session, {
    host_email: hostOf(cloud, meetingOf(cloud, session)).email,
  });
}

export function sessionEnded(cloud: Cloud, session: Session): void {
  announceLive(cloud, "ended", session, {
    host_email: hostOf(cloud, meetingOf(cloud, session)).email,
    end_time: isoTime(session.endedAtMs ?? cloud.clock.now()),
  });
}

export function participantEntered(cloud: Cloud, session: Session, stay: Stay): void {
  const at = isoTime(stay.joinedAtMs);
  if (stay.place === "in_meeting")
    announceStay(cloud, "participant_joined", session, stay, { join_time: at });
  else announceStay(cloud, "participant_joined_waiting_room", session, stay, { date_time: at });
}

export function participantAdmitted(cloud: Cloud, session: Session, stay: Stay): void {
  announceStay(cloud, "participant_admitted", session, stay, {
    date_time: isoTime(cloud.clock.now()),
  });
}

export function participantExited(cloud: Cloud, session: Session, stay: Stay, reason: string): void {
  const at = isoTime(cloud.clock.now());
  if (stay.place === "in_waiting_room") {
    announceStay(cloud, "participant_left_waiting_room", session, stay, { date_time: at });
    return;
  }
  announceStay(cloud, "participant_left", session, stay, { leave_time: at, leave_reason: reason });
}

function announceLive(cloud: Cloud, change: string, session: Session, more: object): void {
  const object = { ...liveObject(cloud, session), id: String(session.meetingId), ...more };
  announce(cloud, eventOf(meetingOf(cloud, session), change), {
    meetingId: session.meetingId,
    payload: { object },
  });
}

/** The addresses are in no document of Zoom's, but in its real traffic; who is foreign has no e-mail. */
export function announceStay(
  cloud: Cloud,
  change: string,
  session: Session,
  stay: Stay,
  times: object,
  more: object = {},
): void {
  announceLive(cloud, change, session, {
    ...more,
    participant: {
      user_id: stay.userId,
      user_name: stay.name,
      id: stay.accountUserId ?? "",
      participant_user_id: stay.accountUserId ?? "",
      participant_uuid: stay.participantUuid,
      email: stay.accountUserId === undefined ? "" : stay.email,
      registrant_id: stay.registrantId ?? "",
      ...(stay.customerKey !== undefined && { customer_key: stay.customerKey }),
      ...(stay.phoneNumber !== undefined && { phone_number: stay.phoneNumber }),
      public_ip: stay.publicIp,
      private_ip: stay.privateIp,
      ...times,
    },
  });
}

const operatorOf = (cloud: Cloud, meeting: Meeting) => {
  const { id, email } = hostOf(cloud, meeting);
  return { operator: email, operator_id: id };
};

const plannedObject = (cloud: Cloud, meeting: Meeting) => ({
  uuid: meeting.uuid,
  id: meeting.id,
  host_id: hostOf(cloud, meeting).id,
  topic: meeting.topic,
  type: meeting.type,
  ...(hasStartTime(meeting) && { start_time: isoTime(meeting.startMs) }),
  duration: meeting.durationMinutes,
  timezone: meeting.timezone,
});

/** `duration` is what was planned, in minutes, however long the session really was. */
export function liveObject(cloud: Cloud, session: Session) {
  const { hostId, topic, type, timezone, durationMinutes, startMs } = meetingOf(cloud, session);
  const start_time = isoTime(session.startedAtMs ?? startMs);
  return {
    uuid: session.uuid,
    host_id: hostId,
    topic,
    type,
    start_time,
    timezone,
    duration: durationMinutes,
  };
}

function updatable(meeting: Meeting): Record<string, unknown> {
  const settings = Object.entries(meeting.settings).map(([key, value]) => [`settings.${key}`, value]);
  return {
    topic: meeting.topic,
    agenda: meeting.agenda,
    type: meeting.type,
    duration: meeting.durationMinutes,
    timezone: meeting.timezone,
    password: meeting.password,
    start_time: isoTime(meeting.startMs),
    ...(meeting.type === 8 && { occurrences: meeting.occurrences.map(occurrenceView) }),
    ...Object.fromEntries(settings),
  };
}

function nested(flat: Record<string, unknown>): Record<string, unknown> {
  const isSetting = (key: string) => key.startsWith("settings.");
  const entries = Object.entries(flat);
  const settings = entries
    .filter(([key]) => isSetting(key))
    .map(([key, value]) => [key.slice("settings.".length), value]);
  const plain = Object.fromEntries(entries.filter(([key]) => !isSetting(key)));
  return settings.length === 0 ? plain : { ...plain, settings: Object.fromEntries(settings) as object };
}
