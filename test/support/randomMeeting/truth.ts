import type { Control } from "../control.ts";
import type { Person } from "./script.ts";

/** Of one person in one session, or in all of a meeting's sessions together. */
export type Presence = {
  person: Person;
  firstJoinMs: number;
  /** In the meeting with any device: neither the waiting room nor a second device counts. */
  presentMs: number;
  /** Each time in the meeting with each device. */
  stays: Interval[];
};

export type SessionTruth = {
  uuid: string;
  startMs: number;
  /** null while it is live. */
  endMs: number | null;
  /** How many times somebody came, to the waiting room too. */
  stays: number;
  /** Who was in it, in the order of their first join; not who only waited to be let in. */
  people: Presence[];
};

/** What really happened in a meeting. Times are whole seconds, as Zoom tells them. */
export type Truth = {
  sessions: SessionTruth[];
  /** Over all sessions. */
  people: Presence[];
  /** Of those expected, who was in none of the sessions. */
  neverCame: Person[];
};

export type Interval = { startMs: number; endMs: number };

type SimulatedStay = {
  user_id: string;
  status: "in_meeting" | "in_waiting_room";
  joined_at: string;
  left_at: string | null;
};
type SimulatedSession = {
  uuid: string;
  started_at: string | null;
  ended_at: string | null;
  participants: SimulatedStay[];
};
type State = { now: string; meetings: { id: number; sessions: SimulatedSession[] }[] };

/** Read from the simulator's own state, which no lost webhook changes; `whose` tells people by their `user_id`. */
export const truthOf = async (
  control: Control,
  meetingId: string,
  { people, whose }: { people: Person[]; whose: ReadonlyMap<string, Person> },
): Promise<Truth> => {
  const { now, meetings } = await control<State>("/state");
  const meeting = meetings.find(({ id }) => String(id) === meetingId);
  if (meeting === undefined) throw new Error(`the simulator has no meeting ${meetingId}`);
  const begun = meeting.sessions.filter((session) => session.started_at !== null);
  const stays = begun.map((session) => staysByPerson(session, whose, Date.parse(now)));
  const came = new Set(stays.flatMap((each) => [...each.keys()]));
  return {
    sessions: begun.map((session, index) => ({
      uuid: session.uuid,
      startMs: Date.parse(session.started_at ?? ""),
      endMs: session.ended_at === null ? null : Date.parse(session.ended_at),
      stays: session.participants.length,
      people: presencesOf([...(stays[index] ?? [])]),
    })),
    people: presencesOf(
      [...came].map((person) => [person, stays.flatMap((session) => session.get(person) ?? [])]),
    ),
    neverCame: people.filter((person) => person.expected && !came.has(person)),
  };
};

function staysByPerson(
  session: SimulatedSession,
  whose: ReadonlyMap<string, Person>,
  nowMs: number,
): Map<Person, Interval[]> {
  const found = new Map<Person, Interval[]>();
  for (const stay of session.participants.filter(({ status }) => status === "in_meeting")) {
    const person = whose.get(stay.user_id);
    if (person === undefined) throw new Error(`nobody in the script is ${stay.user_id}`);
    const endMs = stay.left_at === null ? nowMs : Date.parse(stay.left_at);
    found.set(person, [...(found.get(person) ?? []), { startMs: Date.parse(stay.joined_at), endMs }]);
  }
  return found;
}

const presencesOf = (stays: [Person, Interval[]][]): Presence[] =>
  stays
    .map(([person, intervals]) => ({
      person,
      firstJoinMs: Math.min(...intervals.map(({ startMs }) => startMs)),
      presentMs: coveredMs(intervals),
      stays: intervals,
    }))
    .toSorted((a, b) => a.firstJoinMs - b.firstJoinMs);

/** How much of time intervals cover together; where they overlap counts once. */
export function coveredMs(intervals: Interval[]): number {
  let coveredMs = 0;
  let reachedMs = -Infinity;
  for (const { startMs, endMs } of intervals.toSorted((a, b) => a.startMs - b.startMs)) {
    coveredMs += Math.max(0, endMs - Math.max(startMs, reachedMs));
    reachedMs = Math.max(reachedMs, endMs);
  }
  return coveredMs;
}
