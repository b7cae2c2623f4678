import { grouped } from "./grouped.ts";
import type { Incident, Person } from "./incident.ts";

/** A name for comparing: case and white space do not count. */
export const sameWords = (text: string | undefined): string =>
  (text ?? "").trim().toLowerCase().replaceAll(/\s+/g, " ");

/** A list for people: who is beyond the first few is counted. */
export const listText = (names: readonly string[], most = 30): string =>
  names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;

/** Who somebody is, for comparing: their email if there is one, which tells people of one name apart. */
export const personKey = ({ name, email, phone }: Person): string =>
  email?.toLowerCase() || name || phone || "somebody";

/** How people read of somebody: by name; by email, or phone, where there is no name or two of them share it. */
export const shownName = (person: Person, among: readonly Pick<Person, "name">[]): string => {
  const name = sameWords(person.name);
  const isShared = among.filter((each) => sameWords(each.name) === name).length > 1;
  return person.name && !isShared ? person.name : personKey(person);
};

/**
 * Whether somebody in a meeting is a person we know. Zoom leaves the email of people outside the account empty, so
 * the name must do where there is no email to compare.
 */
export const isSamePerson = (
  known: Person,
  seen: { name?: string | undefined; email?: string | undefined },
): boolean => {
  if (known.email && seen.email) return known.email.toLowerCase() === seen.email.toLowerCase();
  return sameWords(known.name) !== "" && sameWords(known.name) === sameWords(seen.name);
};

type Named = { name?: string | undefined; email?: string | undefined };

/** `isSamePerson` asked of a crowd: finds those in it who may be somebody, without a look at each. */
export const finderIn = <P extends Named>(crowd: readonly P[]): ((person: Named) => P[]) => {
  const byEmail = grouped(crowd, ({ email }) => email?.toLowerCase() ?? "");
  const byName = grouped(crowd, ({ name }) => sameWords(name));
  return ({ name, email }) => {
    const words = sameWords(name);
    const namesakes = words === "" ? [] : (byName.get(words) ?? []);
    if (!email) return namesakes;
    return [...(byEmail.get(email.toLowerCase()) ?? []), ...namesakes.filter((other) => !other.email)];
  };
};

/** Whom an incident expects on its calls: its owner and its responders, each once. */
export const expectedPeople = ({ owner, responders }: Pick<Incident, "owner" | "responders">): Person[] => {
  const seen = new Set<string>();
  return [...(owner ? [owner] : []), ...responders].filter((person) => {
    const isNew = !seen.has(personKey(person));
    seen.add(personKey(person));
    return isNew;
  });
};
