import { grouped } from "./grouped.ts";
import type { Person } from "./incident.ts";
import type { Movement } from "./movements.ts";
import { byConnection } from "./movements.ts";
import { personKey, sameWords } from "./people.ts";

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

/** How sure it is that an attendee is a responder: email and registration are certain, a name is likely. */
type Match = "email" | "registrant" | "name";

/** One person's attendance of one session. */
type Attendee = {
  name: string;
  email: string | null;
  /** How we know that it is this responder; null for somebody who is none. */
  matched: Match | null;
  first_join: string;
  last_leave: string;
  minutes: number;
  joins: number;
  /** Seconds from the start of the session to the first join. */
  seconds_to_join: number;
  /** When they were there, ISO 8601: two connections at a time are one span. */
  spans: { from: string; to: string }[];
};

/** `missing`: by email, or else by name. */
export type Attendance = { attendees: Attendee[]; missing: string[]; minutes: number };

export type AttendanceScope = {
  startMs: number;
  endMs: number;
  expected: readonly Person[];
  /** Emails that people registered with, by registrant id: personal links tell who somebody is. */
  registrants?: { [registrantId: string]: string };
};

/** What tells who somebody is; nothing for guests, of whom Zoom gives only a name. */
const identities = ({ email, userId, registrantId }: Stay): string[] =>
  [
    email ? `email:${email.toLowerCase()}` : "",
    userId ? `user:${userId}` : "",
    registrantId ? `registrant:${registrantId}` : "",
  ].filter(Boolean);

/** Identities that turn out to be one person's. */
const createUnion = () => {
  const parent = new Map<string, string>();
  const rootOf = (identity: string): string => {
    let root = identity;
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up;
    if (root !== identity) parent.set(identity, root);
    return root;
  };
  const join = (a: string, b: string): void => {
    const [rootA, rootB] = [rootOf(a), rootOf(b)];
    if (rootA !== rootB) parent.set(rootA, rootB);
  };
  return { rootOf, join };
};

/**
 * Stays by person. A stay with two identities shows two people to be one; a guest is the only known person of that
 * name, as when somebody comes back from another device, or else a person by name.
 */
const byPerson = (stays: readonly Stay[]): Stay[][] => {
  const union = createUnion();
  const namesakes = new Map<string, Set<string>>();
  for (const stay of stays) {
    const [first, ...others] = identities(stay);
    if (first === undefined) continue;
    for (const other of others) union.join(other, first);
    const words = sameWords(stay.name);
    namesakes.set(words, (namesakes.get(words) ?? new Set()).add(first));
  }
  const personOf = (stay: Stay): string => {
    const [first] = identities(stay);
    if (first !== undefined) return union.rootOf(first);
    const words = sameWords(stay.name);
    const known = new Set([...(namesakes.get(words) ?? [])].map(union.rootOf));
    const [only] = known;
    return known.size === 1 && only !== undefined && words !== "" ? only : `name:${words}`;
  };
  return [...grouped(stays, personOf).values()];
};

type Span = { fromMs: number; toMs: number };

/** When somebody was there, at least once at a time. The stays come sorted by their join. */
const spansOf = (stays: readonly Stay[]): Span[] => {
  const spans: Span[] = [];
  for (const { joinMs, leaveMs } of stays) {
    const last = spans.at(-1);
    if (last && joinMs <= last.toMs) last.toMs = Math.max(last.toMs, leaveMs);
    else spans.push({ fromMs: joinMs, toMs: Math.max(joinMs, leaveMs) });
  }
  return spans;
};

const minutesOf = (ms: number): number => Math.round(ms / 6000) / 10;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Finds the responder that somebody is, by what is certain first. */
const matcher = (expected: readonly Person[], registrants: { [id: string]: string }) => {
  const emails = new Set(expected.flatMap(({ email }) => email?.toLowerCase() ?? []));
  const byName = new Map(
    expected.flatMap((person) => (person.name ? [[sameWords(person.name), person]] : [])),
  );
  const registered = (stays: readonly Stay[]): string | undefined =>
    stays
      .flatMap(({ registrantId }) => registrants[registrantId ?? ""]?.toLowerCase() ?? [])
      .find((email) => emails.has(email));
  const named = (stays: readonly Stay[], email: string | null): string | undefined => {
    const person = stays.flatMap(({ name }) => byName.get(sameWords(name)) ?? []).at(0);
    // Somebody of the same name with another address is somebody else.
    return person && (!person.email || email === null) ? personKey(person) : undefined;
  };
  return (stays: readonly Stay[], email: string | null): { matched: Match; person: string } | null => {
    if (email !== null && emails.has(email)) return { matched: "email", person: email };
    const byLink = registered(stays);
    if (byLink !== undefined) return { matched: "registrant", person: byLink };
    const person = named(stays, email);
    return person === undefined ? null : { matched: "name", person };
  };
};

type Responder = ReturnType<ReturnType<typeof matcher>>;

const registeredAs = (responder: Responder): string | null =>
  responder?.matched === "registrant" ? responder.person : null;

/** The row of one person, whose stays come sorted by their join. */
const attendeeOf = (
  stays: readonly Stay[],
  email: string | null,
  responder: Responder,
  startMs: number,
): Attendee => {
  const spans = spansOf(stays);
  const firstMs = spans[0]?.fromMs ?? startMs;
  return {
    name: stays.find((stay) => stay.name)?.name ?? email ?? "unknown",
    email: email ?? registeredAs(responder),
    matched: responder?.matched ?? null,
    first_join: iso(firstMs),
    last_leave: iso(spans.at(-1)?.toMs ?? firstMs),
    minutes: minutesOf(spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)),
    joins: stays.length,
    seconds_to_join: Math.max(0, Math.round((firstMs - startMs) / 1000)),
    spans: spans.map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) })),
  };
};

/**
 * Who was there, one row per person, and who of the expected people never came. Somebody must have been there: with
 * nobody listed it is not known who came, nor who did not.
 */
export const attendanceOf = (stays: readonly Stay[], scope: AttendanceScope): Attendance => {
  const { startMs, endMs, expected, registrants = {} } = scope;
  const match = matcher(expected, registrants);
  const came = new Set<string>();
  const inMeeting = stays
    .filter(({ inWaitingRoom }) => !inWaitingRoom)
    .toSorted((a, b) => a.joinMs - b.joinMs || a.leaveMs - b.leaveMs);
  const attendees = byPerson(inMeeting).map((group) => {
    const email = group.find((stay) => stay.email)?.email?.toLowerCase() ?? null;
    const responder = match(group, email);
    if (responder) came.add(responder.person);
    return attendeeOf(group, email, responder, startMs);
  });
  return {
    attendees: attendees.toSorted(
      (a, b) => a.first_join.localeCompare(b.first_join) || a.name.localeCompare(b.name),
    ),
    missing: stays.length === 0 ? [] : expected.map(personKey).filter((name) => !came.has(name)),
    minutes: minutesOf(endMs - startMs),
  };
};

/** The stays that movements tell of: for accounts whose plan or rights keep Zoom's own list from us. */
export const staysFrom = (movements: readonly Movement[], endMs: number): Stay[] =>
  byConnection(movements).flatMap((ofOne) => {
    const stays: Stay[] = [];
    let open: Stay | undefined;
    for (const { type, atMs, person } of ofOne) {
      if (open) open.leaveMs = atMs;
      open = undefined;
      if (type !== "joined" && type !== "waiting") continue;
      const { name, email, userId, registrantId } = person;
      open = {
        name,
        ...(email && { email }),
        ...(userId && { userId }),
        ...(registrantId && { registrantId }),
        joinMs: atMs,
        leaveMs: Math.max(endMs, atMs),
        inWaitingRoom: type === "waiting",
      };
      stays.push(open);
    }
    return stays;
  });
