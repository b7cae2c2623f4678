import { z } from "zod";
import type { ZoomClient } from "../../zoom/client.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { getMeeting } from "../../zoom/meetings.ts";
import type { EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { meetingIdField, peopleField } from "../fields.ts";
import { addAlternativeHosts } from "../people/alternativeHosts.ts";
import { groupField, withGroup } from "../people/group.ts";
import { addInvitees } from "../people/invitees.ts";
import type { Candidate, Row } from "../people/outcomes.ts";
import { candidatesOf, countOf, rowSchema, sentencesOf } from "../people/outcomes.ts";
import { addRegistrants, hasRegistration } from "../people/registrants.ts";
import {
  listGroupsScopes,
  listGroupMembersScopes,
  listRegistrantsScopes,
  readMeetingScopes,
  readUserScopes,
  updateMeetingScopes,
} from "../scopes.ts";

const input = z.strictObject({
  meeting_id: meetingIdField,
  people: peopleField.default([]),
  group: groupField,
  role: z.enum(["invitee", "registrant", "alternative_host"]).default("invitee").meta({
    title: "As",
    description:
      "Registrants get a personal join link each, if the meeting has registration; alternative hosts need a Zoom licence",
  }),
});

type Role = z.output<typeof input>["role"];

const output = z.object({
  meeting_id: z.string(),
  added: z.number().meta({ title: "How many were added" }),
  people: z.array(rowSchema),
  registration_url: z
    .string()
    .nullable()
    .meta({ title: "Registration page", description: "For anybody to see; null without registration" }),
});

/** Adds people to a meeting and says of each what became of it. */
export const addParticipants = defineAction({
  key: "zoom.add_participants",
  title: "Add participants",
  description:
    "Adds people, or all members of a Zoom group, as invitees, registrants or alternative hosts, and says of each what became of it. Zoom's API sends invitees no mail: their join link is on the timeline.",
  category: "participants",
  effect: "idempotent",
  scopes: [
    updateMeetingScopes,
    readMeetingScopes,
    ["meeting:write:admin", "meeting:write", "meeting:write:registrant:admin", "meeting:write:registrant"],
    listRegistrantsScopes,
    readUserScopes,
    listGroupsScopes,
    listGroupMembersScopes,
  ],
  input,
  output,
  example: {
    meeting_id: "85746065432",
    people: ["ana@example.com", { name: "Bo", email: "bo@example.com" }],
  },
  // A role that a template names may be this one.
  seesTo: ({ role = "invitee" }) => (role === "invitee" || role === "registrant" ? [] : ["second_host"]),
  onFailure: "continue",
  run: async ({ zoom, store }, given) => {
    const { meeting_id, role } = given;
    const meeting = await getMeeting(zoom.client, meeting_id);
    const { candidates, rows } = candidatesOf(await withGroup(zoom.client, given));
    const { rows: more, notes, registrants } = await adding[role](zoom.client, meeting, candidates);
    // Of whoever comes by a personal link from outside the account, Zoom's webhooks tell no more than its id.
    if (registrants) await store.meetings.addRegistrants(meeting_id, registrants);
    const people = [...more, ...rows];
    return {
      outputs: {
        meeting_id,
        added: countOf(people, "added"),
        people,
        registration_url: meeting.registrationUrl ?? null,
      },
      events: [event(meeting, role, people, notes)],
    };
  },
});

type Adding = (
  zoom: ZoomClient,
  meeting: Meeting,
  candidates: readonly Candidate[],
) => Promise<{ rows: Row[]; notes: string[]; registrants?: { [registrantId: string]: string } }>;

const adding: Record<Role, Adding> = {
  invitee: async (zoom, meeting, candidates) => ({
    rows: await addInvitees(zoom, meeting, candidates),
    notes: hasRegistration(meeting)
      ? [
          "Registration is on: invitees join only after they have registered; add them as registrants instead.",
        ]
      : [],
  }),
  registrant: async (zoom, meeting, candidates) => {
    const { rows, registrants } = await addRegistrants(zoom, meeting, candidates);
    if (countOf(rows, "added", "already_there") === 0) return { rows, notes: [], registrants };
    const mailed = meeting.settings.registrants_confirmation_email !== false;
    const how = mailed ? "Zoom mails it to them." : "Zoom sends no mail: hand each of them their own.";
    return { rows, notes: [`Registrants join with a personal link. ${how}`], registrants };
  },
  alternative_host: async (zoom, meeting, candidates) => {
    const { rows, dropped } = await addAlternativeHosts(zoom, meeting, candidates);
    const names = dropped.join(", ");
    return {
      rows,
      notes: dropped.length > 0 ? [`Taken off, since Zoom no longer lets them host: ${names}.`] : [],
    };
  },
};

const nouns = {
  invitee: ["invitee", "invitees"],
  registrant: ["registrant", "registrants"],
  alternative_host: ["alternative host", "alternative hosts"],
} as const;

/** Nobody new may also mean that an earlier try, whose answer was lost, added them: the title is true of both. */
const titleOf = (people: readonly Row[], role: Role): string => {
  const added = countOf(people, "added");
  const count = added > 0 ? added : countOf(people, "already_there");
  const noun = nouns[role][count === 1 ? 0 : 1];
  if (count === 0) return people.length === 0 ? `Nobody to add as ${noun}` : `Nobody was added as ${noun}`;
  return added === 0 ? `${count} ${noun} on the meeting already` : `Added ${count} ${noun} to the meeting`;
};

/** Without personal links: the timeline is for everybody. */
const event = (meeting: Meeting, role: Role, people: readonly Row[], notes: string[]): EventDraft => {
  const detail = [...sentencesOf(people), ...notes].join(" ");
  return {
    kind: "participants.added",
    title: titleOf(people, role),
    ...(detail !== "" && { detail }),
    data: { role, people: people.map(({ join_url: _personal, ...row }) => row) },
    ...(meeting.registrationUrl !== undefined && {
      links: [{ title: "Register", url: meeting.registrationUrl }],
    }),
  };
};
