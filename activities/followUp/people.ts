import { grouped } from "../../domain/grouped.ts";
import type { Incident, Person } from "../../domain/incident.ts";
import { finderIn, personKey } from "../../domain/people.ts";
import type { Store } from "../../store/index.ts";

/** Zoom names no limit; a review with more people than this is none. */
const mostInvitees = 300;

/** Everybody who really was on the calls of an incident: by the attendance, or as webhooks told until there is one. */
export const attendedPeople = async (store: Store, incidentId: string): Promise<Person[]> => {
  const meetings = await store.meetings.listByIncident(incidentId);
  const calls = meetings.filter(({ meeting }) => meeting.purpose !== "follow_up");
  const people = await Promise.all(calls.map(({ meeting }) => peopleOn(store, meeting.meeting_id)));
  return each(people.flat());
};

const peopleOn = async (store: Store, meetingId: string): Promise<Person[]> => {
  const attendances = await store.meetings.attendances(meetingId);
  if (attendances.length > 0)
    return attendances.flatMap(({ attendees }) => attendees).map(({ name, email }) => known(name, email));
  const movements = await store.meetings.movements(meetingId);
  return movements
    .filter(({ type }) => type === "joined")
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ person: { name, email } }) => known(name, email));
};

const known = (name: string, email: string | null | undefined): Person => ({ name, ...(email && { email }) });

/** Each person once. Somebody without an email is whoever of that name has one. */
const each = (people: readonly Person[]): Person[] => {
  const withEmail = people.filter(({ email }) => email);
  const find = finderIn(withEmail);
  const without = people.filter((person) => !person.email && find(person).length === 0);
  const byName = grouped([...withEmail, ...without], personKey);
  return [...byName.values()].flatMap(([first]) => first ?? []);
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
    withoutEmail: people.filter(({ email }) => !email).map(personKey),
    leftOut: Math.max(0, emails.length - mostInvitees),
  };
};
