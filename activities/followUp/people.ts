import type { Incident, Person } from "../../domain/incident.ts";
import { isSamePerson, nameOf } from "../../domain/people.ts";
import type { Store } from "../../store/index.ts";

/** Zoom names no limit; a review with more people than this is none. */
const mostInvitees = 300;

/** Everybody who really was on the calls of an incident; the one place that reads stored attendance. */
export const attendedPeople = async (store: Store, incidentId: string): Promise<Person[]> => {
  const meetings = await store.meetings.listByIncident(incidentId);
  const connections = meetings
    .filter(({ meeting }) => meeting.purpose !== "follow_up")
    .flatMap(({ life }) => life?.sessions ?? [])
    .flatMap(({ people }) => Object.values(people))
    .filter(({ joinedAtMs }) => joinedAtMs !== undefined)
    .toSorted((a, b) => (a.joinedAtMs ?? 0) - (b.joinedAtMs ?? 0));
  return each(connections.map(({ name, email }) => ({ name, ...(email && { email }) })));
};

/** Each person once. Somebody without an email is whoever of that name has one. */
const each = (people: readonly Person[]): Person[] => {
  const withEmail = people.filter(({ email }) => email);
  const without = people.filter(
    (person) => !person.email && !withEmail.some((other) => isSamePerson(other, person)),
  );
  const all = [...withEmail, ...without];
  return all.filter((person, index) => all.findIndex((other) => nameOf(other) === nameOf(person)) === index);
};

export type Invited = {
  emails: string[];
  /** Who has no email, so that nobody can invite them. */
  withoutEmail: string[];
  /** How many were too many. */
  leftOut: number;
};

/** Owner, responders, whoever attended, and further people: each once, by email. */
export const invitedPeople = (
  { owner, responders }: Pick<Incident, "owner" | "responders">,
  attended: readonly Person[],
  further: readonly Person[],
): Invited => {
  const people = each([...(owner ? [owner] : []), ...responders, ...attended, ...further]);
  const emails = people.flatMap(({ email }) => (email ? [email.toLowerCase()] : []));
  return {
    emails: emails.slice(0, mostInvitees),
    withoutEmail: people.filter(({ email }) => !email).map(nameOf),
    leftOut: Math.max(0, emails.length - mostInvitees),
  };
};
