import type { Attendance } from "./attendance.ts";
import type { Incident, Person } from "./incident.ts";
import type { Participant } from "./movements.ts";
import { sameWords } from "./people.ts";

/** What an incident keeps that tells of people: a document, and where it lies. */
export type KeptDocument =
  | { place: "incidents"; doc: Incident }
  | { place: "meeting_movements"; doc: Participant }
  | { place: "attendances"; doc: Attendance }
  | { place: string; doc: unknown };

/** One person as an incident knows them. Whoever is forgotten is called by the alias from then on. */
export type KnownPerson = { emails: string[]; names: string[]; phones: string[]; alias: string };

const aliasName = (alias: string): string => `Person ${alias}`;
const aliasEmail = (alias: string): string => `person-${alias}${erasedDomain}`;
const erasedDomain = "@erased.invalid";
const isErased = ({ name = "", email }: Named): boolean =>
  email?.endsWith(erasedDomain) || /^Person [0-9a-f]{6}$/.test(name);

type Named = Pick<Person, "name" | "phone"> & { email?: string | null | undefined };

const emailPattern = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const phonePattern = /\+?(?:\d[ ()./-]{0,2}){6,}\d/g;

/** Emails that stand anywhere, also in what a person wrote. */
const addressesIn = (doc: unknown): Named[] =>
  (JSON.stringify(doc).match(emailPattern) ?? []).map((email) => ({ email }));

const namedIn = (kept: KeptDocument): Named[] => [...listedIn(kept), ...addressesIn(kept.doc)];

const listedIn = (kept: KeptDocument): Named[] => {
  switch (kept.place) {
    case "incidents": {
      const { owner, responders } = kept.doc as Incident;
      return owner ? [owner, ...responders] : responders;
    }
    case "meeting_movements":
      return [kept.doc as Participant];
    case "attendances":
      return (kept.doc as Attendance).attendees;
    default:
      return [];
  }
};

const added = (list: string[], one: string): void => {
  if (one && !list.includes(one)) list.push(one);
};

/** The people that documents of one incident tell of: those of one email are one, those without are one by their name. */
export const peopleIn = (documents: readonly KeptDocument[], alias: () => string): KnownPerson[] => {
  const people = new Set<KnownPerson>();
  const byEmail = new Map<string, KnownPerson>();
  const byName = new Map<string, KnownPerson>();
  const newPerson = (): KnownPerson => ({ emails: [], names: [], phones: [], alias: alias() });
  const named = documents.flatMap(namedIn).filter((each) => !isErased(each));
  // Whoever has an email first, so that a guest of that name is taken for them.
  for (const { name = "", email, phone = "" } of named.toSorted(
    (a, b) => Number(!a.email) - Number(!b.email),
  )) {
    const [address, words] = [email?.toLowerCase() ?? "", sameWords(name)];
    const person = (address ? byEmail.get(address) : byName.get(words)) ?? newPerson();
    added(person.emails, address);
    added(person.names, words && name);
    added(person.phones, phone);
    people.add(person);
    if (address) byEmail.set(address, person);
    if (words && !byName.has(words)) byName.set(words, person);
  }
  return [...people];
};

const digitsOf = (text: string): string => text.replaceAll(/\D/g, "");
const escaped = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`);

/** A name of several words is found in any text; a single word, which may mean something else, where people are listed. */
const namePattern = (names: readonly string[]): RegExp | undefined => {
  const words = names.map((name) => name.trim().split(/\s+/).map(escaped)).filter(([first]) => first !== "");
  const either = (list: string[][]): string =>
    list
      .map((each) => each.join(String.raw`\s+`))
      .toSorted((a, b) => b.length - a.length)
      .join("|");
  const [long, short] = [
    words.filter(({ length }) => length > 1),
    words.filter(({ length }) => length === 1),
  ];
  const patterns = [
    long.length > 0 && String.raw`(?<![\p{L}\p{N}])(?:${either(long)})(?![\p{L}\p{N}])`,
    short.length > 0 && String.raw`(?<=(?:: |, | and ))(?:${either(short)})(?=$|[,.;]| and )`,
  ].filter(Boolean);
  return patterns.length > 0 ? new RegExp(patterns.join("|"), "giu") : undefined;
};

/** Fields, and the maps by person, in which a word is somebody's name whatever it is. */
const peopleFields = new Set([
  "name",
  "person",
  "present",
  "missing",
  "missing_people",
  "seen",
  "invitations",
]);

type Word = (text: string, field: string) => string;

/** A name as a whole value: `host` may be what somebody is called, but is also a word of ours. */
const isTheName = (text: string, field: string): boolean => peopleFields.has(field) || /[^a-z_.]/.test(text);

const wordsFor = (people: readonly KnownPerson[]): Word => {
  const entries = (of: (person: KnownPerson) => string[], as: (alias: string) => string) =>
    new Map(people.flatMap((person) => of(person).map((each) => [each, as(person.alias)] as const)));
  const emails = entries(({ emails: all }) => all, aliasEmail);
  const names = entries(({ names: all }) => all.map(sameWords), aliasName);
  const phones = new Set(people.flatMap((person) => person.phones.map(digitsOf)));
  const pattern = namePattern(people.flatMap((person) => person.names));
  return (given, field) => {
    const whole = names.get(sameWords(given));
    if (whole !== undefined && isTheName(given, field)) return whole;
    const addressed = given
      .replaceAll(emailPattern, (email) => emails.get(email.toLowerCase()) ?? email)
      .replaceAll(phonePattern, (phone) => (phones.has(digitsOf(phone)) ? "[erased]" : phone));
    return pattern ? addressed.replaceAll(pattern, (name) => names.get(sameWords(name)) ?? name) : addressed;
  };
};

/** Puts aliases in the place of people, wherever a document names them: in values, in texts, and in maps by person. */
export const forgetting = (people: readonly KnownPerson[]): (<Doc>(doc: Doc) => Doc) => {
  const word = wordsFor(people);
  const aliases = new Map(
    people.flatMap(({ emails, alias }) => emails.map((email) => [email, alias] as const)),
  );

  /** Even a name that others have too is this person's beside their email. */
  const ofThem = (doc: Record<string, unknown>): Record<string, unknown> => {
    const { email, name } = doc;
    const alias = typeof email === "string" ? aliases.get(email.toLowerCase()) : undefined;
    return alias !== undefined && typeof name === "string" ? { ...doc, name: aliasName(alias) } : doc;
  };

  const forget = (value: unknown, field = ""): unknown => {
    if (typeof value === "string") return word(value, field);
    if (Array.isArray(value)) return value.map((each) => forget(each, field));
    if (typeof value !== "object" || value === null) return value;
    const isMap = field === "seen" || field === "invitations";
    return Object.fromEntries(
      Object.entries(ofThem(value as Record<string, unknown>)).map(([key, each]) => [
        isMap ? word(key, field) : key,
        forget(each, key),
      ]),
    );
  };
  return (doc) => forget(doc) as typeof doc;
};

/** What tells where and when something was that mentions somebody. */
const context = new Set(["id", "kind", "at", "title"]);

/**
 * What a document tells of somebody. Whatever bears their name or email is all about them, such as their attendance; of
 * anything else it is the fields and the entries of lists that mention them.
 */
export const mentionsIn = (doc: unknown, forget: <Doc>(doc: Doc) => Doc, field = ""): unknown[] => {
  if (typeof doc !== "object" || doc === null) return [];
  if (Array.isArray(doc)) return doc.flatMap((part) => mentionsIn(part, forget, field));
  const isNamed = (name: string, value: unknown): boolean => {
    const told = { [field]: { [name]: value } };
    return JSON.stringify(forget(told)) !== JSON.stringify(told);
  };
  const parts = Object.entries(doc);
  if (parts.some(([name, value]) => (name === "email" || name === "name") && isNamed(name, value)))
    return [doc];
  const plain = parts.flatMap(([name, value]): [string, unknown][] => {
    if (Array.isArray(value)) {
      const named = value.filter((each) => typeof each === "string" && isNamed(name, each));
      return named.length > 0 ? [[name, named]] : [];
    }
    return typeof value !== "object" && isNamed(name, value) ? [[name, value]] : [];
  });
  const around = parts.filter(([name, value]) => context.has(name) && typeof value === "string");
  return [
    ...(plain.length > 0 ? [Object.fromEntries([...around, ...plain])] : []),
    ...parts.flatMap(([name, part]) => mentionsIn(part, forget, name)),
  ];
};
