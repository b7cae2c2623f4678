import { z } from "zod";
import type { ZoomClient } from "../../zoom/client.ts";
import { contactKey, phoneKey, roomKey } from "../../zoom/invitees.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { emailsOnCall, liveCallOf } from "../liveCall.ts";
import type { PersonField } from "../fields.ts";
import { meetingIdField, peopleField } from "../fields.ts";
import type { Callee, CallResult } from "../people/calls.ts";
import { callIn, callOutcomes } from "../people/calls.ts";
import { phonesField, phoneNumber } from "../people/phones.ts";
import { findUser } from "../people/users.ts";
import { liveControlScopes, readMeetingScopes, readUserScopes } from "../scopes.ts";

const room = z.strictObject({
  name: z.string().trim().max(64).optional().meta({ title: "Name" }),
  call_type: z.enum(["sip", "h323"]).meta({ title: "Protocol" }),
  address: z.string().trim().min(1).max(256).meta({ title: "Address or URI" }),
});

const input = z.strictObject({
  meeting_id: meetingIdField,
  people: peopleField.default([]).meta({
    title: "Zoom users",
    description: "Users of the host's account, called in their Zoom app",
  }),
  phones: phonesField.default([]).meta({
    title: "Phones",
    description: "People with their phone numbers, with country code: Zoom rings them",
    examples: ["{{incident.responders}}", ["+18005550100"]],
  }),
  rooms: z.array(room).max(20).default([]).meta({ title: "Room systems" }),
  require_pressing_one: z.boolean().default(true).meta({
    title: "Ask callees to press 1",
    description: "A mailbox does not press 1, so it does not join",
  }),
  wait_seconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(90)
    .default(40)
    .meta({ title: "Wait for answers", description: "In seconds" }),
});

type Input = z.output<typeof input>;

const outcome = z.enum([
  ...callOutcomes,
  "already_there",
  "no_email",
  "no_phone",
  "invalid_number",
  "unknown_to_zoom",
]);

const person = z.object({
  name: z.string(),
  way: z.enum(["zoom", "phone", "room"]),
  outcome,
  reason: z.string().optional(),
});

type Row = z.output<typeof person>;

/** Calls people into a live meeting, each once, and says what they answered. */
export const inviteToLiveMeeting = defineAction({
  key: "zoom.invite_to_live_meeting",
  title: "Call people into the meeting",
  description:
    "Calls Zoom users in their app, rings phones and dials room systems, and waits for their answers. Nobody is called twice by one step, even when it is retried by itself.",
  category: "participants",
  effect: "idempotent",
  scopes: [liveControlScopes, readMeetingScopes, readUserScopes],
  input,
  output: z.object({
    meeting_id: z.string(),
    called: z.number().meta({ title: "How many were called" }),
    accepted: z.number().meta({ title: "How many are joining" }),
    people: z.array(person),
  }),
  example: {
    meeting_id: "85746065432",
    people: ["host2@example.com"],
    phones: [{ name: "Bo", phone: "+1 800 555 0100" }],
  },
  patience: { firstRetryMs: 5000, oneTryMs: 180_000 },
  onFailure: "continue",
  run: async (context, given) => {
    const sorted = await sort(context, given);
    const callees = sorted.flatMap((each) => ("callee" in each ? [each.callee] : []));
    const rows = sorted.flatMap((each) => ("row" in each ? [each.row] : []));
    const results = await callIn(context, callees, {
      meetingId: given.meeting_id,
      waitMs: given.wait_seconds * 1000,
      requirePressingOne: given.require_pressing_one,
    });
    const people = [...results.map(rowOf), ...rows];
    const called = results.filter(({ outcome: each }) => each !== "refused" && each !== "not_live").length;
    const accepted = countOf(people, "accepted");
    return {
      outputs: { meeting_id: given.meeting_id, called, accepted, people },
      events: [event(people, called, accepted)],
    };
  },
});

const rowOf = ({ callee, outcome: how, reason }: CallResult): Row => ({
  name: callee.name,
  way: callee.way,
  outcome: how,
  ...(reason !== undefined && { reason }),
});

type Sorted = { callee: Callee } | { row: Row };

/** Who can be called, and of the others why not. */
const sort = async ({ store, zoom }: ActionContext, given: Input): Promise<Sorted[]> => {
  const onCall = emailsOnCall(await liveCallOf(store, given.meeting_id));
  const users: Sorted[] = [];
  for (const each of given.people) users.push(await sortUser(zoom.client, each, onCall));
  return [...users, ...given.phones.map(sortPhone), ...given.rooms.map(sortRoom)];
};

const sortUser = async (
  zoom: ZoomClient,
  { name, email }: PersonField,
  onCall: ReadonlySet<string>,
): Promise<Sorted> => {
  const row = { name: name ?? email ?? "somebody", way: "zoom" } as const;
  if (email === undefined) return { row: { ...row, outcome: "no_email" } };
  if (onCall.has(email.toLowerCase())) return { row: { ...row, outcome: "already_there" } };
  const user = await findUser(zoom, email);
  if (!user) return { row: { ...row, outcome: "unknown_to_zoom" } };
  const address = user.email.toLowerCase();
  const key = contactKey({ email: address, id: user.id });
  return { callee: { ...row, key, userId: user.id, email: address } };
};

const sortPhone = ({ name, phone }: Input["phones"][number]): Sorted => {
  const row = { name: name ?? "somebody", way: "phone" } as const;
  if (phone === undefined) return { row: { ...row, outcome: "no_phone" } };
  const number = phoneNumber(phone);
  if (number === undefined) return { row: { ...row, outcome: "invalid_number" } };
  return { callee: { ...row, key: phoneKey(number), number } };
};

const sortRoom = ({ name, call_type, address }: Input["rooms"][number]): Sorted => {
  const row = { name: name ?? `a room system (${call_type})`, way: "room" } as const;
  return { callee: { ...row, key: roomKey(address), callType: call_type, address } };
};

const countOf = (rows: readonly Row[], how: Row["outcome"]): number =>
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
  ["already_there", "On the call already"],
];

const titleOf = (people: readonly Row[], called: number, accepted: number): string => {
  if (countOf(people, "not_live") > 0 && called === 0) return "Nobody was called: the meeting is not live";
  if (called > 0) return `Called ${called} into the meeting: ${accepted} accepted`;
  const isEverybody = people.length > 0 && people.every((row) => row.outcome === "already_there");
  return isEverybody ? "Everybody is on the call already" : "Nobody could be called into the meeting";
};

const event = (people: readonly Row[], called: number, accepted: number): EventDraft => {
  const lines = sentences.flatMap(([how, text]) => {
    const names = people.filter((row) => row.outcome === how).map((row) => row.name);
    return names.length > 0 ? [`${text}: ${names.join(", ")}.`] : [];
  });
  return {
    kind: "participants.invited",
    title: titleOf(people, called, accepted),
    ...(lines.length > 0 && { detail: lines.join(" ") }),
    data: { people },
  };
};
