import { z } from "zod";
import type { EventDraft } from "../action.ts";
import type { CallResult } from "./calls.ts";
import { callOutcomes } from "./calls.ts";

/** How people read of calls into a meeting, one by one. */

/** Why somebody cannot be called; says by which way, too. */
const lacks = ["no_email", "no_phone", "invalid_number", "unknown_to_zoom"] as const;

export const callRow = z.object({
  name: z.string(),
  way: z.enum(["zoom", "phone", "room"]),
  outcome: z.enum([...callOutcomes, ...lacks]),
  reason: z.string().optional(),
});

export type Row = z.output<typeof callRow>;

export const rowOf = ({ callee: { name, way }, outcome, refusal }: CallResult): Row => ({
  name,
  way,
  outcome,
  ...(refusal && { reason: refusal.message }),
});

const isLack = ({ outcome }: Row): boolean => lacks.some((each) => each === outcome);

const notCalled: ReadonlySet<Row["outcome"]> = new Set([
  ...lacks,
  "refused",
  "not_live",
  "already_there",
  "too_late",
]);

export const wasCalled = ({ outcome }: Row): boolean => !notCalled.has(outcome);

export const countOf = (rows: readonly Row[], how: Row["outcome"]): number =>
  rows.filter((row) => row.outcome === how).length;

/** What a person reads of each outcome, in the order of what needs doing. */
const sentences: readonly (readonly [Row["outcome"], string])[] = [
  ["not_live", "Not called, since nobody is on the call yet"],
  ["missed", "Did not answer"],
  ["rejected", "Declined"],
  ["failed", "Could not be reached"],
  ["ringing", "Still ringing"],
  ["not_confirmed", "Called, but Zoom has not told how it went"],
  ["refused", "Zoom refused to call"],
  ["unknown_to_zoom", "No user of the host's Zoom account, so not called"],
  ["no_email", "Without an email, so not called"],
  ["no_phone", "Without a phone number, so not called"],
  ["invalid_number", "Phone number not understood (it needs its country code)"],
  ["too_late", "Not called any more, since the call ended or the incident was resolved"],
  ["already_there", "On the call already"],
  ["accepted", "Accepted"],
];

const ways = { zoom: "Zoom app", phone: "phone", room: "room system" } as const;

/** Of everybody how it went, and why Zoom refused. */
export const callDetail = (people: readonly Row[]): Pick<EventDraft, "detail" | "data"> => {
  /** Whoever was called in two ways is told of twice. */
  const shown = (row: Row): string => {
    const { name, way } = row;
    const isTwice = people.some((other) => other.name === name && other.way !== way);
    return isTwice && !isLack(row) ? `${name} (${ways[way]})` : name;
  };
  const lines = sentences.flatMap(([how, text]) => {
    const names = people.filter(({ outcome }) => outcome === how).map(shown);
    return names.length > 0 ? [`${text}: ${names.join(", ")}.`] : [];
  });
  const reasons = new Set(people.flatMap(({ reason }) => reason ?? []));
  const detail = [...lines, ...reasons].join(" ");
  return { ...(detail && { detail }), data: { people } };
};
