import { z } from "zod";
import { listText } from "../../domain/people.ts";
import type { PersonField } from "../fields.ts";

/** What became of one person who was to be added, and the sentence people read, in the order of what needs doing. */
const sentences = {
  added: "",
  already_there: "",
  awaiting_approval: "Registered, waiting for the host's approval",
  no_email: "Without an email, so not added",
  invalid_email: "Not an email address, so not added",
  unknown_to_zoom: "No user of the host's Zoom account, so not added",
  inactive: "Not active in Zoom, so not added",
  no_licence: "Without a Zoom licence, so not added",
  is_host: "Hosts the meeting and needs no place in it",
  registration_off: "The meeting has no registration, so not registered",
  registration_closed: "Registration is closed, so not registered",
  registration_full: "The meeting is full, so not registered",
  denied_domain: "The Zoom account blocks their email's domain",
  denied: "Their registration was denied before: a host can approve it in Zoom",
  daily_limit: "Registered three times today already, which is Zoom's limit until 00:00 UTC",
  not_kept: "Zoom took the change, but does not list them",
  refused: "Zoom refused",
} as const;

export type Outcome = keyof typeof sentences;

const names = Object.keys(sentences) as [Outcome, ...Outcome[]];

/** One person of an action's answer. */
export const rowSchema = z.object({
  name: z.string(),
  email: z.string().nullable(),
  outcome: z.enum(names),
  reason: z.string().optional(),
  join_url: z.string().optional().meta({
    title: "Personal join link",
    description: "Whoever holds it joins as this person: send it to nobody else, and post it nowhere",
  }),
});

export type Row = z.output<typeof rowSchema>;

/** Somebody who may be added: with an email that can be one, in lower case, and as it was given. */
export type Candidate = { name: string; email: string; given: string };

const emailSchema = z.email().max(128);

/** Who may be added, and of the others why not. */
export const candidatesOf = (people: readonly PersonField[]): { candidates: Candidate[]; rows: Row[] } => {
  const candidates: Candidate[] = [];
  const rows: Row[] = [];
  for (const person of people) {
    const name = person.name ?? person.email ?? "somebody";
    if (!person.email) rows.push({ name, email: null, outcome: "no_email" });
    else if (!emailSchema.safeParse(person.email).success)
      rows.push({ name, email: person.email, outcome: "invalid_email" });
    else candidates.push({ name, email: person.email.toLowerCase(), given: person.email });
  }
  return { candidates, rows };
};

export const rowOf = (
  { name, given }: Candidate,
  outcome: Outcome,
  more: Pick<Row, "reason" | "join_url"> = {},
): Row => ({ name, email: given, outcome, ...more });

export const countOf = (rows: readonly Row[], ...outcomes: Outcome[]): number =>
  rows.filter(({ outcome }) => outcomes.includes(outcome)).length;

/** One sentence for each way in which people were not simply added. */
export const sentencesOf = (rows: readonly Row[]): string[] =>
  names.flatMap((outcome) => {
    const meant = rows.filter((row) => row.outcome === outcome).map(({ name }) => name);
    return sentences[outcome] !== "" && meant.length > 0
      ? [`${sentences[outcome]}: ${listText(meant)}.`]
      : [];
  });
