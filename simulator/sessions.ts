import { randomInt } from "node:crypto";
import {
  participantAdmitted,
  participantEntered,
  participantExited,
  sessionEnded,
  sessionStarted,
} from "./events.ts";
import { leaveRoom } from "./breakouts.ts";
import { participantUuid, sessionUuid } from "./ids.ts";
import { hostNames } from "./meetingSettings.ts";
import { hostOf } from "./meetingViews.ts";
import { processRecording, startRecording, stopRecording } from "./recordings.ts";
import { meetingOf } from "./references.ts";
import type { Cloud, Meeting, Person, Session, Stay } from "./state.ts";
import { summarize } from "./summaries.ts";
import { findUser, isBasic } from "./users.ts";

const FIRST_PARTICIPANT = 16_778_240;
const PARTICIPANT_STEP = 1_024;
const MINUTE_MS = 60_000;

/** Somebody opens the link. They start the meeting, enter it, or sit in its waiting room. */
export function join(cloud: Cloud, meeting: Meeting, person: Person): { session: Session; stay: Stay } {
  const session = openSession(cloud, meeting);
  const waits =
    person.waiting_room ?? (meeting.settings.waiting_room === true && !mayHost(cloud, meeting, person));
  const stay = newStay(cloud, person, waits ? "in_waiting_room" : "in_meeting");
  enter(cloud, session, stay);
  return { session, stay };
}

/** The waiting room and the meeting are two stays; the person keeps the same user_id. */
export function admit(cloud: Cloud, session: Session, waiting: Stay): Stay {
  const nowMs = cloud.clock.now();
  waiting.leftAtMs = nowMs;
  participantAdmitted(cloud, session, waiting);
  const { leftAtMs: _left, ...kept } = waiting;
  const stay: Stay = { ...kept, place: "in_meeting", joinedAtMs: nowMs };
  enter(cloud, session, stay);
  return stay;
}

export function leave(cloud: Cloud, session: Session, stay: Stay, reason?: string): void {
  leaveRoom(cloud, session, stay);
  stay.leftAtMs = cloud.clock.now();
  participantExited(cloud, session, stay, reason ?? `${stay.name} left the meeting.`);
  const isEmpty = session.startedAtMs !== undefined && present(session, "in_meeting").length === 0;
  if (isEmpty && cloud.settings.endWhenEmpty) endSession(cloud, session, "Host ended the meeting.");
}

/** Everybody is out, the recording stops, and the meeting gets the UUID of its next session. */
export function endSession(cloud: Cloud, session: Session, reason: string): void {
  const nowMs = cloud.clock.now();
  for (const stay of session.stays.filter(isPresent)) {
    leaveRoom(cloud, session, stay);
    stay.leftAtMs = nowMs;
    participantExited(cloud, session, stay, reason);
  }
  stopRecording(cloud, session);
  session.endedAtMs = nowMs;
  meetingOf(cloud, session).uuid = nextUuid(cloud);
  sessionEnded(cloud, session);
  processRecording(cloud, session);
  summarize(cloud, session);
}

export const openSessionOf = (meeting: Meeting): Session | undefined =>
  meeting.sessions.find(({ endedAtMs }) => endedAtMs === undefined);

export const present = (session: Session, place?: Stay["place"]): Stay[] =>
  session.stays.filter((stay) => isPresent(stay) && (place === undefined || stay.place === place));

/** The host and the alternative hosts need not wait. */
export function mayHost(cloud: Cloud, meeting: Meeting, { email }: Person): boolean {
  if (email === undefined) return false;
  return [hostOf(cloud, meeting).email, ...hostNames(meeting.settings)].includes(email.toLowerCase());
}

const isPresent = (stay: Stay): boolean => stay.leftAtMs === undefined;

const nextUuid = (cloud: Cloud): string => sessionUuid(cloud.settings.uuidStyle, cloud.counters.uuids++);

function openSession(cloud: Cloud, meeting: Meeting): Session {
  const open = openSessionOf(meeting);
  if (open !== undefined) return open;
  const session: Session = { uuid: meeting.uuid, meetingId: meeting.id, stays: [] };
  meeting.sessions.push(session);
  cloud.sessions.set(session.uuid, session);
  return session;
}

function enter(cloud: Cloud, session: Session, stay: Stay): void {
  const starts = stay.place === "in_meeting" && session.startedAtMs === undefined;
  if (starts) {
    session.startedAtMs = cloud.clock.now();
    sessionStarted(cloud, session);
    limitLength(cloud, session);
  }
  session.stays.push(stay);
  participantEntered(cloud, session, stay);
  if (starts && meetingOf(cloud, session).settings.auto_recording === "cloud") startRecording(cloud, session);
}

/** Nobody can talk for longer in a meeting of somebody who pays nothing. */
function limitLength(cloud: Cloud, session: Session): void {
  const { basicMinutes } = cloud.settings;
  if (basicMinutes === null || !isBasic(cloud, hostOf(cloud, meetingOf(cloud, session)))) return;
  cloud.clock.after(basicMinutes * MINUTE_MS, () => {
    if (session.endedAtMs === undefined) endSession(cloud, session, "Exceeded free meeting minutes limit.");
  });
}

function newStay(cloud: Cloud, person: Person, place: Stay["place"]): Stay {
  const user = person.email === undefined ? undefined : findUser(cloud, person.email);
  cloud.counters.participants += 1;
  return {
    place,
    userId: String(FIRST_PARTICIPANT + cloud.counters.participants * PARTICIPANT_STEP),
    participantUuid: participantUuid(),
    name: person.name,
    email: person.email ?? "",
    ...(user && { accountUserId: user.id }),
    ...(person.phone_number !== undefined && { phoneNumber: person.phone_number }),
    ...(person.customer_key !== undefined && { customerKey: person.customer_key }),
    ...(person.registrant_id !== undefined && { registrantId: person.registrant_id }),
    publicIp: `203.0.113.${randomInt(1, 255)}`,
    privateIp: `10.0.0.${randomInt(1, 255)}`,
    joinedAtMs: cloud.clock.now(),
  };
}
