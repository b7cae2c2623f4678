import { z } from "zod";
import { getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { cancelRegistrants, listRegistrants } from "../../zoom/registrants.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import type { PersonField } from "../fields.ts";
import { meetingIdField, peopleField } from "../fields.ts";
import { alternativeHostsOf, replaceAlternativeHosts } from "../people/alternativeHosts.ts";
import { groupField, withGroup } from "../people/group.ts";
import { inviteesOf } from "../people/invitees.ts";
import type { LiveRemoval } from "../people/liveRemoval.ts";
import { connectionsOf, liveOutcomes, removeFromCall } from "../people/liveRemoval.ts";
import { hasRegistration } from "../people/registrants.ts";
import { liveCallOf, participantsUntold } from "../liveCall.ts";
import {
  listGroupsScopes,
  liveControlScopes,
  listGroupMembersScopes,
  listRegistrantsScopes,
  readMeetingScopes,
  updateMeetingScopes,
} from "../scopes.ts";

const roles = ["invitee", "registrant", "alternative_host"] as const;

type Role = (typeof roles)[number];

const input = z.strictObject({
  meeting_id: meetingIdField,
  people: peopleField.default([]),
  group: groupField,
  roles: z
    .array(z.enum(roles))
    .min(1)
    .default([...roles])
    .meta({ title: "From", description: "Everything they are on the meeting, unless said otherwise" }),
  from_call: z.boolean().default(false).meta({
    title: "Also put them off the live call",
    description:
      "Only for accounts in which Zoom's support has switched this on; else the timeline says what to do",
  }),
});

const person = z.object({
  name: z.string(),
  email: z.string().nullable(),
  outcome: z.enum(["removed", "not_there", "no_email", "is_host"]),
  removed_from: z.array(z.enum(roles)),
  call: z.enum(liveOutcomes).optional().meta({ title: "What became of them on the live call" }),
  reason: z.string().optional(),
});

type Row = z.output<typeof person>;

/** Takes people off a meeting, and off the live call where the account may do that. */
export const removeParticipants = defineAction({
  key: "zoom.remove_participants",
  title: "Remove participants",
  description:
    "Takes people off a meeting as invitees, registrants and alternative hosts, and off the live call where the Zoom account may do that.",
  category: "participants",
  effect: "idempotent",
  scopes: [
    updateMeetingScopes,
    readMeetingScopes,
    [
      "meeting:write:admin",
      "meeting:write",
      "meeting:update:registrant_status:admin",
      "meeting:update:registrant_status",
    ],
    listRegistrantsScopes,
    liveControlScopes,
    listGroupsScopes,
    listGroupMembersScopes,
  ],
  input,
  output: z.object({
    meeting_id: z.string(),
    removed: z.number().meta({ title: "How many were taken off" }),
    people: z.array(person),
  }),
  example: { meeting_id: "85746065432", people: ["ana@example.com"] },
  onFailure: "continue",
  run: async (context, given) => {
    const { zoom, store } = context;
    const { meeting_id } = given;
    const meeting = await getMeeting(zoom.client, meeting_id);
    const wanted = await withGroup(zoom.client, given);
    const emails = new Set(wanted.flatMap(({ email }) => email?.toLowerCase() ?? []));
    const taken = await takeOff(context, meeting, given.roles, emails);
    const rows: Row[] = [];
    for (const each of wanted) {
      const call = given.from_call ? await removeFromCall(context, meeting, each) : undefined;
      rows.push(rowOf(each, meeting, taken, call));
    }
    const call = await liveCallOf(store, meeting_id);
    const onCall = wanted.filter((each) => connectionsOf(call, each).length > 0).map(nameOf);
    const removed = rows.filter(isRemoved).length;
    return {
      outputs: { meeting_id, removed, people: rows },
      events: [event(rows, removed, onCall)],
    };
  },
});

const nameOf = ({ name, email }: PersonField): string => name ?? email ?? "somebody";

const isRemoved = ({ outcome, call }: Row): boolean => outcome === "removed" || call === "removed";

type Taken = Record<Role, Set<string>>;

/** Whom it took off what. Zoom replaces whole lists, so those who stay go along. */
const takeOff = async (
  { zoom }: ActionContext,
  meeting: Meeting,
  from: readonly Role[],
  emails: ReadonlySet<string>,
): Promise<Taken> => {
  const isMeant = (email: string): boolean => emails.has(email.toLowerCase());
  const taken: Taken = { invitee: new Set(), registrant: new Set(), alternative_host: new Set() };
  const note = (role: Role, meant: readonly string[]): boolean => {
    for (const email of meant) taken[role].add(email.toLowerCase());
    return meant.length > 0;
  };
  const invitees = inviteesOf(meeting);
  if (from.includes("invitee") && note("invitee", invitees.filter(isMeant)))
    await updateMeeting(zoom.client, meeting.id, {
      settings: {
        meeting_invitees: invitees.filter((email) => !isMeant(email)).map((email) => ({ email })),
      },
    });
  const hosts = alternativeHostsOf(meeting);
  if (from.includes("alternative_host") && note("alternative_host", hosts.filter(isMeant)))
    await replaceAlternativeHosts(
      zoom.client,
      meeting.id,
      hosts.filter((host) => !isMeant(host)),
      [],
    );
  if (from.includes("registrant") && hasRegistration(meeting) && emails.size > 0) {
    const registrants = [
      ...(await listRegistrants(zoom.client, meeting.id, "approved")),
      ...(await listRegistrants(zoom.client, meeting.id, "pending")),
    ].filter(({ email }) => isMeant(email));
    note(
      "registrant",
      registrants.map(({ email }) => email),
    );
    await cancelRegistrants(zoom.client, meeting.id, registrants);
  }
  return taken;
};

const rowOf = (
  given: PersonField,
  { hostEmail }: Meeting,
  taken: Taken,
  call: LiveRemoval | undefined,
): Row => {
  const email = given.email?.toLowerCase();
  const removedFrom = roles.filter((role) => email !== undefined && taken[role].has(email));
  return {
    name: nameOf(given),
    email: given.email ?? null,
    outcome: outcomeOf(email, removedFrom, hostEmail),
    removed_from: removedFrom,
    ...(call && { call: call.outcome }),
    ...(call?.reason !== undefined && { reason: call.reason }),
  };
};

const outcomeOf = (email: string | undefined, from: readonly Role[], hostEmail: string): Row["outcome"] => {
  if (email === undefined) return "no_email";
  if (from.length > 0) return "removed";
  return email === hostEmail.toLowerCase() ? "is_host" : "not_there";
};

const alternatives =
  "In the call, a host can remove them, move them to the waiting room or lock the meeting; a step can end it with zoom.end_meeting.";

const event = (rows: readonly Row[], removed: number, onCall: readonly string[]): EventDraft => {
  const named = (is: (row: Row) => boolean, text: string): string[] => {
    const names = rows.filter(is).map(({ name }) => name);
    return names.length > 0 ? [`${text}: ${names.join(", ")}.`] : [];
  };
  const lines = [
    ...named((row) => row.outcome === "removed", "Off the meeting's lists"),
    ...named((row) => row.call === "removed", "Off the call"),
    ...named((row) => row.outcome === "not_there" && row.call !== "removed", "Not on the meeting's lists"),
    ...named((row) => row.outcome === "no_email", "Without an email, so on no list"),
    ...named((row) => row.outcome === "is_host", "Hosts the meeting, so it stays theirs"),
    ...named((row) => row.call === "not_on_call", "Not on the call"),
    ...named((row) => row.call === "unknown", "Maybe on the call, of which Zoom has not told who is on it"),
    ...(rows.some(({ call }) => call === "unknown") ? [`${participantsUntold} ${alternatives}`] : []),
    ...named((row) => row.call === "refused", "Zoom does not let this account remove people from a call"),
    ...named((row) => row.call === "not_confirmed", "Zoom was asked to remove, but has not confirmed it"),
    ...(onCall.length > 0 ? [`Still on the call: ${onCall.join(", ")}. ${alternatives}`] : []),
  ];
  return {
    kind: "participants.removed",
    title: removed > 0 ? `Took ${removed} off the meeting` : "Nobody was taken off the meeting",
    ...(lines.length > 0 && { detail: lines.join(" ") }),
    data: { people: rows },
  };
};
