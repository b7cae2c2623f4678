import type { Person } from "./incident.ts";
import type { LiveEvent, LiveState } from "./liveState.ts";
import { isLiveEvent, liveAfter } from "./liveState.ts";
import type { Movement } from "./movements.ts";
import { isSamePerson, personKey } from "./people.ts";

/**
 * What a webhook, or a look at Zoom, says of a meeting. Times in epoch milliseconds, as Zoom gives them; `noticed`: it does
 * not tell when, and the look came later.
 */
export type MeetingEvent =
  | { type: "started"; uuid: string; atMs: number; noticed?: true }
  | { type: "ended"; uuid: string; atMs: number; startedAtMs?: number; noticed?: true }
  | Movement
  /** A set of files, or a transcript, that is ready; `files` tells one set from another. */
  | { type: "recording_completed"; uuid: string; atMs: number; files?: string }
  | { type: "deleted"; atMs: number }
  | LiveEvent;

/** What is known of a meeting's life. Who is in it now follows from its movements, which the store keeps. */
export type MeetingLife = {
  state: "waiting" | "live" | "ended" | "deleted";
  sessions: MeetingSession[];
  recordingReady: boolean;
  /** We delete it ourselves, and say so: that Zoom tells of it is no news. */
  isTakenBack?: true;
  /** Its recording and who was called into it, once anything was told of them. */
  live?: LiveState;
  deletedAtMs?: number;
};

export type MeetingSession = {
  uuid: string;
  startedAtMs: number;
  endedAtMs?: number;
  /** Its start, or its end, is when a look at Zoom came upon it. */
  noticed?: { start?: true; end?: true };
  /** Expected people who came, by email or name, with their first join. */
  seen: { [name: string]: number };
  /** Sets of recorded files that Zoom said are ready. */
  recordings?: string[];
  told?: Told;
};

/** What the timeline says of a session already. */
export type Told = {
  attendance?: true;
  /** Who is missing, some minutes after its start. */
  missing?: true;
  /** Those who were missing were called, as far as they could be. */
  called?: true;
  /** Sets of files that were known when its recordings were last looked at. */
  recordings?: number;
  /** Nothing more of its recordings will come. */
  settled?: true;
};

export const newLife = (): MeetingLife => ({ state: "waiting", sessions: [], recordingReady: false });

export const isMovement = (event: MeetingEvent): event is Movement => "person" in event;

const stateOf = (life: MeetingLife): MeetingLife["state"] => {
  if (life.state === "deleted") return "deleted";
  if (life.sessions.length === 0) return "waiting";
  return openSessions(life).length > 0 ? "live" : "ended";
};

/** Those that go on. */
export const openSessions = ({ sessions }: MeetingLife): MeetingSession[] =>
  sessions.filter(({ endedAtMs }) => endedAtMs === undefined);

/** The one that people are in: Zoom has one at a time, so that it is the latest whatever was lost of others. */
export const currentSession = ({ sessions }: MeetingLife): MeetingSession | undefined => {
  const latest = sessions.at(-1);
  return latest?.endedAtMs === undefined ? latest : undefined;
};

/** A session has begun, and of one before it the end was never told. */
export const isBehind = ({ sessions }: MeetingLife): boolean =>
  sessions.slice(0, -1).some(({ endedAtMs }) => endedAtMs === undefined);

export const endedSessions = (life: MeetingLife): number => life.sessions.filter(isEnded).length;

export const sessionOf = (life: MeetingLife, uuid: string): MeetingSession | undefined =>
  life.sessions.find((session) => session.uuid === uuid);

/** When it was last live; undefined before it ended for the first time. */
export const lastEndMs = (life: MeetingLife): number | undefined => {
  const ends = life.sessions.flatMap(({ endedAtMs }) => endedAtMs ?? []);
  return ends.length > 0 ? Math.max(...ends) : undefined;
};

const isEnded = ({ endedAtMs }: MeetingSession): boolean => endedAtMs !== undefined;

/**
 * People on the call of whom Zoom told; null while nobody knows: it ends a call when the last one leaves, so that
 * somebody must be on one that is live.
 */
export const headCountOf = (life: MeetingLife | null, told: number): number | null =>
  life?.state === "live" && told === 0 ? null : told;

/** Sessions that are over and whose attendance the timeline does not tell yet. */
export const withoutAttendance = ({ sessions }: MeetingLife): MeetingSession[] =>
  sessions.filter((session) => isEnded(session) && !session.told?.attendance);

/** Sessions that are over and of whose recordings more may come. */
export const withoutRecordings = ({ sessions }: MeetingLife): MeetingSession[] =>
  sessions.filter((session) => isEnded(session) && !session.told?.settled);

/** Sessions of which Zoom said that files are ready that nobody has looked at. */
export const withNewRecordings = (life: MeetingLife): MeetingSession[] =>
  withoutRecordings(life).filter(({ recordings = [], told }) => recordings.length > (told?.recordings ?? 0));

/** The timeline tells all that there is to tell of it. What was said in a meeting outlives its deletion in Zoom. */
export const isSettled = (life: MeetingLife): boolean =>
  (life.state === "ended" || (life.state === "deleted" && openSessions(life).length === 0)) &&
  withoutAttendance(life).length === 0 &&
  withoutRecordings(life).length === 0;

/** The life with one session replaced or added. */
const withSession = (life: MeetingLife, session: MeetingSession): MeetingLife => {
  const others = life.sessions.filter(({ uuid }) => uuid !== session.uuid);
  const sessions = [...others, session].toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const recordingReady = sessions.some(({ recordings = [] }) => recordings.length > 0);
  const next = { ...life, sessions, recordingReady };
  return { ...next, state: stateOf(next) };
};

/** The life with a note of what the timeline says of a session. */
export const withTold = (life: MeetingLife, uuid: string, told: Told): MeetingLife => {
  const session = sessionOf(life, uuid);
  return session ? withSession(life, { ...session, told: { ...session.told, ...told } }) : life;
};

/** Who of the expected people somebody is. */
export const seenAs = (person: Movement["person"], expected: readonly Person[]): string[] =>
  expected.filter((each) => isSamePerson(each, person)).map(personKey);

const joined = (session: MeetingSession, { person, atMs }: Movement, expected: readonly Person[]) => {
  const firstJoins = seenAs(person, expected).map((name) => [
    name,
    Math.min(atMs, session.seen[name] ?? Infinity),
  ]);
  const seen = { ...session.seen, ...(Object.fromEntries(firstJoins) as MeetingSession["seen"]) };
  return { ...session, seen };
};

/** Any event of a session may be the first that is heard of it; some tell when it began. */
const begun = (
  life: MeetingLife,
  event: { uuid: string; atMs: number; startedAtMs?: number },
): MeetingSession => {
  const { uuid, atMs, startedAtMs = atMs } = event;
  const known = sessionOf(life, uuid) ?? { uuid, startedAtMs: atMs, seen: {} };
  return { ...known, startedAtMs: Math.min(known.startedAtMs, atMs, startedAtMs) };
};

type Span<Type> = Extract<MeetingEvent, { type: Type }>;

const started = (session: MeetingSession, { noticed }: Span<"started">, isKnown: boolean): MeetingSession =>
  noticed && !isKnown ? { ...session, noticed: { start: true } } : session;

const over = (session: MeetingSession, { atMs, noticed }: Span<"ended">): MeetingSession => ({
  ...session,
  endedAtMs: atMs,
  ...(noticed && { noticed: { ...session.noticed, end: true } }),
});

/**
 * A meeting's life after one more event. Events may come twice, late and in any order: what counts are the times
 * inside them. Applying the same event again changes nothing.
 */
export const lifeAfter = (
  life: MeetingLife,
  event: MeetingEvent,
  expected: readonly Person[],
): MeetingLife => {
  if (event.type === "deleted")
    return { ...life, state: "deleted", deletedAtMs: Math.min(life.deletedAtMs ?? Infinity, event.atMs) };
  if (isLiveEvent(event)) return { ...life, live: liveAfter(life.live, event) };
  const known = sessionOf(life, event.uuid);
  switch (event.type) {
    case "started":
      return withSession(life, started(begun(life, event), event, known !== undefined));
    case "joined":
      return withSession(life, joined(begun(life, event), event, expected));
    case "ended":
      return withSession(life, over(begun(life, event), event));
    case "recording_completed":
      // Of a session whose webhooks were all lost: whoever looks at Zoom finds the session and its files.
      return known ? withSession(life, recorded(known, event.files)) : life;
    default:
      // Somebody who waits or goes is a movement, which says nothing new of the session.
      return life;
  }
};

const recorded = (session: MeetingSession, files = "files"): MeetingSession => ({
  ...session,
  recordings: [...new Set([...(session.recordings ?? []), files])].toSorted(),
});
