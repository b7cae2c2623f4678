import type { Person } from "./incident.ts";
import type { LiveEvent, LiveState } from "./liveState.ts";
import { isLiveEvent, liveAfter } from "./liveState.ts";
import { isSamePerson, nameOf } from "./people.ts";

/** What a webhook, or a look at Zoom, says of a meeting. Times in epoch milliseconds, as Zoom gives them. */
export type MeetingEvent =
  | { type: "started"; uuid: string; atMs: number }
  | { type: "ended"; uuid: string; atMs: number }
  | { type: "joined"; uuid: string; atMs: number; person: Participant }
  | { type: "left"; uuid: string; atMs: number; person: Participant }
  | { type: "recording_completed"; uuid: string; atMs: number }
  | { type: "deleted"; atMs: number }
  | LiveEvent;

/** Somebody in a meeting. Zoom leaves the email of people outside the account empty; `key` is one connection. */
export type Participant = { key: string; name: string; email?: string };

/** What is known of a meeting's life: its sessions, and who is in it now. */
export type MeetingLife = {
  state: "waiting" | "live" | "ended" | "deleted";
  sessions: MeetingSession[];
  recordingReady: boolean;
  /** Its recording and who was called into it, once anything was told of them. */
  live?: LiveState;
};

export type MeetingSession = {
  uuid: string;
  startedAtMs: number;
  endedAtMs?: number;
  /** Everybody who was heard of, by connection. */
  people: { [key: string]: Connection };
  /** Expected people seen in this session, by email or name. */
  seen: string[];
};

/** A `left` may arrive before its `joined`: the times tell whether somebody is there, not the order. */
type Connection = { name: string; email?: string; joinedAtMs?: number; leftAtMs?: number };

export const newLife = (): MeetingLife => ({ state: "waiting", sessions: [], recordingReady: false });

const stateOf = (life: MeetingLife): MeetingLife["state"] => {
  if (life.state === "deleted") return "deleted";
  if (life.sessions.length === 0) return "waiting";
  return life.sessions.some(({ endedAtMs }) => endedAtMs === undefined) ? "live" : "ended";
};

const isPresent = ({ joinedAtMs, leftAtMs }: Connection): boolean =>
  joinedAtMs !== undefined && (leftAtMs === undefined || leftAtMs < joinedAtMs);

/** People in the call now: a person with two connections counts once if Zoom tells their email. */
export const headCount = (life: MeetingLife): number => {
  const present = life.sessions
    .filter(({ endedAtMs }) => endedAtMs === undefined)
    .flatMap(({ people }) => Object.entries(people).filter(([, connection]) => isPresent(connection)));
  return new Set(present.map(([key, { email }]) => email ?? key)).size;
};

export const endedSessions = (life: MeetingLife): number =>
  life.sessions.filter(({ endedAtMs }) => endedAtMs !== undefined).length;

const sessionFor = (life: MeetingLife, uuid: string, atMs: number): MeetingSession =>
  life.sessions.find((session) => session.uuid === uuid) ?? {
    uuid,
    startedAtMs: atMs,
    people: {},
    seen: [],
  };

const withSession = (life: MeetingLife, session: MeetingSession): MeetingLife => {
  const others = life.sessions.filter(({ uuid }) => uuid !== session.uuid);
  const sessions = [...others, session].toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const next = { ...life, sessions };
  return { ...next, state: stateOf(next) };
};

const joined = (
  session: MeetingSession,
  person: Participant,
  atMs: number,
  expected: readonly Person[],
): MeetingSession => {
  const email = person.email?.toLowerCase();
  const known = session.people[person.key];
  const connection: Connection = {
    ...known,
    name: person.name,
    ...(email !== undefined && { email }),
    joinedAtMs: Math.max(atMs, known?.joinedAtMs ?? 0),
  };
  const newlySeen = expected.filter((each) => isSamePerson(each, person)).map(nameOf);
  return {
    ...session,
    startedAtMs: Math.min(session.startedAtMs, atMs),
    people: { ...session.people, [person.key]: connection },
    seen: [...new Set([...session.seen, ...newlySeen])].toSorted(),
  };
};

const left = (session: MeetingSession, person: Participant, atMs: number): MeetingSession => {
  const known = session.people[person.key];
  const email = known?.email ?? person.email?.toLowerCase();
  const connection: Connection = {
    ...known,
    name: known?.name ?? person.name,
    ...(email !== undefined && { email }),
    leftAtMs: Math.max(atMs, known?.leftAtMs ?? 0),
  };
  return { ...session, people: { ...session.people, [person.key]: connection } };
};

/**
 * A meeting's life after one more event. Events may come twice, late and in any order: what counts are the times
 * inside them. Applying the same event again changes nothing.
 */
export const lifeAfter = (
  life: MeetingLife,
  event: MeetingEvent,
  expected: readonly Person[],
): MeetingLife => {
  if (event.type === "deleted") return { ...life, state: "deleted" };
  if (isLiveEvent(event)) return { ...life, live: liveAfter(life.live, event) };
  const session = sessionFor(life, event.uuid, event.atMs);
  switch (event.type) {
    case "started":
      return withSession(life, { ...session, startedAtMs: Math.min(session.startedAtMs, event.atMs) });
    case "joined":
      return withSession(life, joined(session, event.person, event.atMs, expected));
    case "left":
      return withSession(life, left(session, event.person, event.atMs));
    case "ended":
      return withSession(life, { ...session, endedAtMs: event.atMs });
    case "recording_completed":
      return { ...life, recordingReady: true };
  }
};
