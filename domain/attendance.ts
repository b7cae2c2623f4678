import type { Person } from "./incident.ts";
import { isSamePerson, nameOf } from "./people.ts";

/** One stay of somebody in a meeting, as Zoom lists it: a rejoin is another row with another id. */
export type Stay = {
  /** Zoom's user id, empty for people outside the account. */
  userId?: string;
  registrantId?: string;
  name: string;
  email?: string;
  joinMs: number;
  leaveMs: number;
  /** Time spent in a waiting room is no attendance. */
  inWaitingRoom?: boolean;
};

/** One person's attendance of one session. */
type Attendee = {
  name: string;
  email: string | null;
  /** How we know that it is this responder; null for somebody who is none. */
  matched: "email" | "name" | null;
  first_join: string;
  last_leave: string;
  minutes: number;
  joins: number;
  /** Seconds from the start of the session to the first join. */
  seconds_to_join: number;
};

export type Attendance = { attendees: Attendee[]; missing: string[]; minutes: number };

const wordsOf = (name: string): string => name.trim().toLowerCase().replaceAll(/\s+/g, " ");

/** What makes two stays one person: an id or an email if Zoom tells one, else the name. */
const identities = (stay: Stay): string[] =>
  [
    stay.email ? `email:${stay.email.toLowerCase()}` : "",
    stay.userId ? `user:${stay.userId}` : "",
    stay.registrantId ? `registrant:${stay.registrantId}` : "",
    !stay.email && !stay.userId && !stay.registrantId ? `name:${wordsOf(stay.name)}` : "",
  ].filter(Boolean);

/** Stays by person. A later stay may join two groups that looked like two people. */
const byPerson = (stays: readonly Stay[]): Stay[][] => {
  const groupOf = new Map<string, Set<Stay>>();
  for (const stay of stays) {
    const keys = identities(stay);
    const known = new Set(keys.flatMap((key) => groupOf.get(key) ?? []));
    const merged = new Set<Stay>([...known].flatMap((group) => [...group]));
    merged.add(stay);
    const allKeys = new Set([...keys, ...(known.size > 1 ? [...merged].flatMap(identities) : [])]);
    if (known.size === 1) {
      const [group] = known;
      group?.add(stay);
      for (const key of keys) groupOf.set(key, group ?? merged);
    } else {
      for (const key of allKeys) groupOf.set(key, merged);
    }
  }
  return [...new Set(groupOf.values())].map((group) => [...group]);
};

/** Milliseconds covered by the stays, two connections at a time counted once. */
const coveredMs = (stays: readonly Stay[]): number => {
  let endMs = -Infinity;
  return stays
    .toSorted((a, b) => a.joinMs - b.joinMs)
    .reduce((sum, { joinMs, leaveMs }) => {
      const fromMs = Math.max(joinMs, endMs);
      endMs = Math.max(endMs, leaveMs);
      return sum + Math.max(0, leaveMs - fromMs);
    }, 0);
};

const minutesOf = (ms: number): number => Math.round(ms / 6000) / 10;

const match = (email: string | null, name: string, expected: readonly Person[]): Attendee["matched"] => {
  if (email !== null && expected.some((person) => person.email?.toLowerCase() === email)) return "email";
  return expected.some((person) => isSamePerson(person, { name, email: email ?? undefined })) ? "name" : null;
};

const attendeeOf = (stays: Stay[], startMs: number, expected: readonly Person[]): Attendee => {
  const sorted = stays.toSorted((a, b) => a.joinMs - b.joinMs);
  const email = sorted.find((stay) => stay.email)?.email?.toLowerCase() ?? null;
  const name = sorted.find((stay) => stay.name)?.name ?? email ?? "unknown";
  const firstMs = Math.min(...sorted.map(({ joinMs }) => joinMs));
  return {
    name,
    email,
    matched: match(email, name, expected),
    first_join: new Date(firstMs).toISOString(),
    last_leave: new Date(Math.max(...sorted.map(({ leaveMs }) => leaveMs))).toISOString(),
    minutes: minutesOf(coveredMs(sorted)),
    joins: sorted.length,
    seconds_to_join: Math.max(0, Math.round((firstMs - startMs) / 1000)),
  };
};

/** Who was there, one row per person, and who of the expected people never came. */
export const attendanceOf = (
  stays: readonly Stay[],
  session: { startMs: number; endMs: number },
  expected: readonly Person[],
): Attendance => {
  const inMeeting = stays.filter(({ inWaitingRoom }) => !inWaitingRoom);
  const attendees = byPerson(inMeeting)
    .map((group) => attendeeOf(group, session.startMs, expected))
    .toSorted((a, b) => a.first_join.localeCompare(b.first_join) || a.name.localeCompare(b.name));
  const came = (person: Person): boolean =>
    attendees.some(({ name, email }) => isSamePerson(person, { name, email: email ?? undefined }));
  return {
    attendees,
    missing: expected.filter((person) => !came(person)).map(nameOf),
    minutes: minutesOf(session.endMs - session.startMs),
  };
};
