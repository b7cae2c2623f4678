/** What a webhook, or a look at Zoom, says of a meeting. Times in epoch milliseconds, as Zoom gives them. */
export type MeetingEvent =
  | { type: "started"; uuid: string; atMs: number }
  | { type: "ended"; uuid: string; atMs: number }
  | { type: "joined"; uuid: string; atMs: number; person: Participant }
  | { type: "left"; uuid: string; atMs: number; person: Participant }
  | { type: "recording_completed"; uuid: string; atMs: number }
  | { type: "deleted"; atMs: number };

/** Somebody in a meeting. Zoom leaves the email of people outside the account empty; `key` is one connection. */
export type Participant = { key: string; name: string; email?: string };

/** What is known of a meeting's life: its sessions, and who is in it now. */
export type MeetingLife = {
  state: "waiting" | "live" | "ended" | "deleted";
  sessions: MeetingSession[];
  recordingReady: boolean;
};

export type MeetingSession = {
  uuid: string;
  startedAtMs: number;
  endedAtMs?: number;
  /** Connections that are in the session now, by key. */
  present: { [key: string]: Participant };
  /** Connections that left, by key, with the time: a `joined` that arrives after its `left` must not revive them. */
  left: { [key: string]: number };
  /** Emails of expected people seen in this session. */
  seen: string[];
  /** People who ever joined, by connection. */
  joins: number;
};

export const newLife = (): MeetingLife => ({ state: "waiting", sessions: [], recordingReady: false });

const stateOf = (life: MeetingLife): MeetingLife["state"] => {
  if (life.state === "deleted") return "deleted";
  if (life.sessions.length === 0) return "waiting";
  return life.sessions.some(({ endedAtMs }) => endedAtMs === undefined) ? "live" : "ended";
};

/** People in the call now: a person with two connections counts once if Zoom tells their email. */
export const headCount = (life: MeetingLife): number => {
  const present = life.sessions
    .filter(({ endedAtMs }) => endedAtMs === undefined)
    .flatMap((session) => Object.values(session.present));
  return new Set(present.map(({ key, email }) => email ?? key)).size;
};

export const endedSessions = (life: MeetingLife): number =>
  life.sessions.filter(({ endedAtMs }) => endedAtMs !== undefined).length;

const sessionFor = (life: MeetingLife, uuid: string, atMs: number): MeetingSession =>
  life.sessions.find((session) => session.uuid === uuid) ?? {
    uuid,
    startedAtMs: atMs,
    present: {},
    left: {},
    seen: [],
    joins: 0,
  };

const withSession = (life: MeetingLife, session: MeetingSession): MeetingLife => {
  const others = life.sessions.filter(({ uuid }) => uuid !== session.uuid);
  const sessions = [...others, session].toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const next = { ...life, sessions };
  return { ...next, state: stateOf(next) };
};

const without = <T>(record: { [key: string]: T }, key: string): { [key: string]: T } =>
  Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));

const joined = (
  session: MeetingSession,
  person: Participant,
  atMs: number,
  expected: string[],
): MeetingSession => {
  const known = person.key in session.present || person.key in session.left;
  const isHere = (session.left[person.key] ?? -Infinity) < atMs && session.endedAtMs === undefined;
  const email = person.email?.toLowerCase();
  const isNewlySeen = email !== undefined && expected.includes(email) && !session.seen.includes(email);
  return {
    ...session,
    startedAtMs: Math.min(session.startedAtMs, atMs),
    present: isHere ? { ...session.present, [person.key]: person } : session.present,
    seen: isNewlySeen ? [...session.seen, email] : session.seen,
    joins: session.joins + (known ? 0 : 1),
  };
};

const left = (session: MeetingSession, person: Participant, atMs: number): MeetingSession => ({
  ...session,
  present: without(session.present, person.key),
  left: { ...session.left, [person.key]: Math.max(atMs, session.left[person.key] ?? 0) },
});

/**
 * A meeting's life after one more event. Events may come twice, late and in any order: what counts are the times
 * inside them. Applying the same event again changes nothing.
 */
export const lifeAfter = (life: MeetingLife, event: MeetingEvent, expected: string[]): MeetingLife => {
  if (event.type === "deleted") return { ...life, state: "deleted" };
  const session = sessionFor(life, event.uuid, event.atMs);
  switch (event.type) {
    case "started":
      return withSession(life, { ...session, startedAtMs: Math.min(session.startedAtMs, event.atMs) });
    case "joined":
      return withSession(life, joined(session, event.person, event.atMs, expected));
    case "left":
      return withSession(life, left(session, event.person, event.atMs));
    case "ended":
      return withSession(life, { ...session, endedAtMs: event.atMs, present: {} });
    case "recording_completed":
      return { ...life, recordingReady: true };
  }
};
