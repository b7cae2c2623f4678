import { invalidMeetingId, invalidOccurrence, unknownMeeting, webinarNotMeeting } from "./errors.ts";
import { hasExpired } from "./expiry.ts";
import { needsDoubleEncoding } from "./ids.ts";
import { isWebinar, liveSession } from "./meetingViews.ts";
import type { Cloud, Meeting, Occurrence, Session } from "./state.ts";

export function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Paths that take the number only. */
export function requireMeeting(cloud: Cloud, reference: string): Meeting {
  if (!isNumber(reference)) throw invalidMeetingId();
  const meeting = cloud.meetings.get(Number(reference));
  if (meeting === undefined || meeting.deleted || hasExpired(cloud, meeting)) throw unknownMeeting(reference);
  if (isWebinar(meeting)) throw webinarNotMeeting();
  return meeting;
}

export function requireOccurrence(meeting: Meeting, id: string): Occurrence {
  const occurrence = meeting.occurrences.find((candidate) => candidate.id === id);
  if (occurrence === undefined) throw invalidOccurrence();
  return occurrence;
}

/**
 * Paths that take the number (its latest ended session) or a UUID. A UUID which begins with `/` or contains `//`
 * is found only when encoded twice, every other one only when encoded once.
 */
export function findEndedSession(cloud: Cloud, rawReference: string): Session | undefined {
  const once = decodeOnce(rawReference);
  if (isNumber(once)) return cloud.meetings.get(Number(once))?.sessions.findLast(hasEnded);
  const session = sessionOf(cloud, once);
  return session !== undefined && hasEnded(session) ? session : undefined;
}

/** The same of the session that is live. */
export function findLiveSession(cloud: Cloud, rawReference: string): Session | undefined {
  const once = decodeOnce(rawReference);
  const meeting = cloud.meetings.get(Number(once));
  const session = meeting === undefined ? sessionOf(cloud, once) : liveSession(meeting);
  return session !== undefined && !hasEnded(session) ? session : undefined;
}

function sessionOf(cloud: Cloud, once: string): Session | undefined {
  const uuid = needsDoubleEncoding(once) ? undefined : uuidOf(once);
  return uuid === undefined ? undefined : cloud.sessions.get(uuid);
}

export const meetingOf = (cloud: Cloud, session: Session): Meeting => {
  const meeting = cloud.meetings.get(session.meetingId);
  if (meeting === undefined) throw new Error(`Session ${session.uuid} has no meeting.`);
  return meeting;
};

const hasEnded = (session: Session): boolean => session.endedAtMs !== undefined;

export const isNumber = (text: string): boolean => /^\d{9,12}$/.test(text);

function uuidOf(once: string): string | undefined {
  const twice = decodeOnce(once);
  if (twice === once) return once;
  return needsDoubleEncoding(twice) ? twice : undefined;
}
