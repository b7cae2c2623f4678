import { grouped } from "./grouped.ts";
import type { Person } from "./incident.ts";
import { finderIn, personKey } from "./people.ts";

/** Somebody in a meeting, by one connection. Zoom leaves the email and the ids of people outside the account empty. */
export type Participant = {
  /** One connection: whoever comes back has another one. */
  key: string;
  name: string;
  email?: string;
  userId?: string;
  registrantId?: string;
  byPhone?: boolean;
};

/** Somebody came, went, sits in the waiting room, or does so no longer. */
export type Movement = {
  type: "joined" | "left" | "waiting" | "waited";
  uuid: string;
  /** Epoch milliseconds; Zoom tells whole seconds. */
  atMs: number;
  person: Participant;
  /** When the session began, where Zoom tells it with a join. */
  startedAtMs?: number;
  /** A look at Zoom came upon it: no webhook told. */
  noticed?: true;
};

/** With the email that somebody registered with, of whom Zoom tells no more than the personal link they came by. */
export const identified = (movement: Movement, registrants: { [id: string]: string } = {}): Movement => {
  const { person } = movement;
  const email = person.email ?? registrants[person.registrantId ?? ""];
  return email === undefined ? movement : { ...movement, person: { ...person, email } };
};

/** Which of two movements in the same second comes later: let in means waited, then joined. */
const order: Record<Movement["type"], number> = { waiting: 0, waited: 1, joined: 2, left: 3 };

/** Movements may arrive late, twice and in any order: what counts are the times inside them. */
const byTime = (a: Movement, b: Movement): number => a.atMs - b.atMs || order[a.type] - order[b.type];

/** The movements of each connection, in the order in which they happened. */
export const byConnection = (movements: readonly Movement[]): Movement[][] => [
  ...grouped(movements.toSorted(byTime), ({ person, uuid }) => `${uuid} ${person.key}`).values(),
];

/** Who is where right now, a person with two connections once if Zoom tells who they are. */
export type Presence = { present: Participant[]; waiting: Participant[] };

const identityOf = ({ email, userId, registrantId, key }: Participant): string =>
  email ?? userId ?? registrantId ?? key;

const distinct = (people: Participant[]): Participant[] => [
  ...new Map(people.map((person) => [identityOf(person), person])).values(),
];

export const presenceOf = (movements: readonly Movement[]): Presence => {
  const latest = byConnection(movements).flatMap((each) => each.at(-1) ?? []);
  const thoseWho = (type: Movement["type"]) =>
    distinct(latest.filter((movement) => movement.type === type).map(({ person }) => person));
  return { present: thoseWho("joined"), waiting: thoseWho("waiting") };
};

/** How a call stands, people by email or else by name: who is on it, who of the expected people is not, and who waits to be let in. */
export type CallView = { head_count: number; present: string[]; missing: string[]; waiting: string[] };

const participantKey = ({ email, name }: Participant): string => email ?? (name || "somebody");

/** Without a single join nobody knows who is on a live call. */
export const tellsWhoCame = (movements: readonly Movement[]): boolean =>
  movements.some(({ type }) => type === "joined");

/** Who of the expected people is not there. */
export const absentOf = (present: readonly Participant[], expected: readonly Person[]): Person[] => {
  const find = finderIn(present);
  return expected.filter((person) => find(person).length === 0);
};

export const callView = (movements: readonly Movement[], expected: readonly Person[]): CallView => {
  const { present, waiting } = presenceOf(movements);
  return {
    head_count: present.length,
    present: present.map(participantKey),
    missing: absentOf(present, expected).map(personKey),
    waiting: waiting.map(participantKey),
  };
};
