import { z } from "zod";
import { roomKey } from "../../zoom/invitees.ts";
import type { ActionContext } from "../action.ts";
import { defineAction } from "../action.ts";
import { meetingIdField, peopleField } from "../fields.ts";
import { emailsOnCall, liveCallOf } from "../liveCall.ts";
import type { Sorted } from "../people/callees.ts";
import { calleesIn, rowsIn, sortPhone, sortUser } from "../people/callees.ts";
import type { Row } from "../people/callReport.ts";
import { callDetail, callRow, countOf, rowOf, wasCalled } from "../people/callReport.ts";
import { callIn, failIfAllRefused } from "../people/calls.ts";
import { phonesField } from "../people/phones.ts";
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
    people: z.array(callRow),
  }),
  example: {
    meeting_id: "85746065432",
    people: ["host2@example.com"],
    phones: [{ name: "Bo", phone: "+1 800 555 0100" }],
  },
  patience: { firstRetryMs: 5000, oneTryMs: 180_000 },
  onFailure: "continue",
  run: async (context, given) => {
    const { store, zoom, request } = context;
    const sorted = await sort(context, given);
    const reason = `${request.executionId}/${request.step}/${request.round}`;
    const results = await callIn({ store, zoom: zoom.client, reason }, calleesIn(sorted), {
      meetingId: given.meeting_id,
      waitMs: given.wait_seconds * 1000,
      requirePressingOne: given.require_pressing_one,
    });
    failIfAllRefused(results);
    const people = [...results.map(rowOf), ...rowsIn(sorted)];
    const called = people.filter(wasCalled).length;
    const accepted = countOf(people, "accepted");
    return {
      outputs: { meeting_id: given.meeting_id, called, accepted, people },
      events: [
        {
          kind: "participants.invited",
          title: titleOf(people, called, accepted),
          ...callDetail(people),
        },
      ],
    };
  },
});

/** Who can be called, and of the others why not. */
const sort = async ({ store, zoom }: ActionContext, given: Input): Promise<Sorted[]> => {
  const onCall = emailsOnCall(await liveCallOf(store, given.meeting_id));
  const users: Sorted[] = [];
  for (const each of given.people) users.push(await sortUser(zoom.client, each, onCall));
  return [...users, ...given.phones.map(sortPhone), ...given.rooms.map(sortRoom)];
};

const sortRoom = ({ name, call_type, address }: Input["rooms"][number]): Sorted => {
  const row = { name: name ?? `a room system (${call_type})`, way: "room" } as const;
  return { callee: { ...row, key: roomKey(address), callType: call_type, address } };
};

const titleOf = (people: readonly Row[], called: number, accepted: number): string => {
  if (countOf(people, "not_live") > 0 && called === 0) return "Nobody was called: the meeting is not live";
  if (called > 0) return `Called ${called} into the meeting: ${accepted} accepted`;
  const isEverybody = people.length > 0 && people.every((row) => row.outcome === "already_there");
  return isEverybody ? "Everybody is on the call already" : "Nobody could be called into the meeting";
};
