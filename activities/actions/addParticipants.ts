import { z } from "zod";
import type { Meeting } from "../../zoom/meetings.ts";
import { getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import { defineAction } from "../action.ts";
import type { PersonField } from "../fields.ts";
import { meetingIdField, peopleField } from "../fields.ts";

const outcome = z.enum(["added", "already_there", "no_email"]);

const input = z.strictObject({
  meeting_id: meetingIdField,
  people: peopleField,
  role: z
    .enum(["invitee", "alternative_host"])
    .default("invitee")
    .meta({ title: "As", description: "Alternative hosts need a Zoom licence" }),
});

type Input = z.output<typeof input>;
type Outcome = { name: string; email: string | null; outcome: z.output<typeof outcome> };

const alternativeHosts = (meeting: Meeting): readonly string[] => meeting.settings.alternative_hosts ?? [];

const invitees = (meeting: Meeting): string[] =>
  (meeting.settings.meeting_invitees ?? []).flatMap(({ email }) => email ?? []);

const outcomeOf = (person: PersonField, present: ReadonlySet<string>): Outcome => {
  const name = person.name ?? person.email ?? "somebody";
  if (!person.email) return { name, email: null, outcome: "no_email" };
  const isThere = present.has(person.email.toLowerCase());
  return { name, email: person.email, outcome: isThere ? "already_there" : "added" };
};

/** Zoom replaces the whole list, so the people who are on it already go along. */
const changeFor = ({ role }: Input, meeting: Meeting, added: string[]) =>
  role === "invitee"
    ? { meeting_invitees: [...invitees(meeting), ...added].map((email) => ({ email })) }
    : {
        alternative_hosts: [...alternativeHosts(meeting), ...added],
        alternative_hosts_email_notification: false,
      };

const nouns = {
  invitee: ["invitee", "invitees"],
  alternative_host: ["alternative host", "alternative hosts"],
} as const;

/** Nobody new may also mean that an earlier try, whose answer was lost, added them: the title is true of both. */
const titleOf = (added: number, people: readonly Outcome[], role: Input["role"]): string => {
  const there = people.filter(({ outcome: each }) => each !== "no_email").length;
  const count = added === 0 ? there : added;
  const noun = nouns[role][count === 1 ? 0 : 1];
  if (count === 0) return `Nobody to add as ${noun}`;
  return added === 0 ? `${count} ${noun} on the meeting already` : `Added ${count} ${noun} to the meeting`;
};

/** Adds people to a meeting and says of each what became of it. */
export const addParticipants = defineAction({
  key: "zoom.add_participants",
  title: "Add participants",
  description:
    "Adds people as invitees or as alternative hosts. Zoom's API sends invitees no mail: their join link is on the timeline.",
  category: "participants",
  effect: "idempotent",
  scopes: [
    ["meeting:write:admin", "meeting:write", "meeting:update:meeting:admin", "meeting:update:meeting"],
    ["meeting:read:admin", "meeting:read", "meeting:read:meeting:admin", "meeting:read:meeting"],
  ],
  input,
  output: z.object({
    meeting_id: z.string(),
    added: z.number(),
    people: z.array(z.object({ name: z.string(), email: z.string().nullable(), outcome })),
  }),
  example: {
    meeting_id: "85746065432",
    people: ["ana@example.com", { name: "Bo", email: "bo@example.com" }],
  },
  onFailure: "continue",
  run: async ({ zoom }, given) => {
    const { meeting_id, role } = given;
    const meeting = await getMeeting(zoom.client, meeting_id);
    const there = role === "invitee" ? invitees(meeting) : alternativeHosts(meeting);
    const present = new Set(there.map((email) => email.toLowerCase()));
    const people = given.people.map((person) => outcomeOf(person, present));
    const added = people.flatMap((person) =>
      person.outcome === "added" && person.email ? [person.email] : [],
    );
    if (added.length > 0)
      await updateMeeting(zoom.client, meeting_id, { settings: changeFor(given, meeting, added) });

    const withoutEmail = people.filter((person) => person.outcome === "no_email").map(({ name }) => name);
    return {
      outputs: { meeting_id, added: added.length, people },
      events: [
        {
          kind: "participants.added",
          title: titleOf(added.length, people, role),
          ...(withoutEmail.length > 0 && {
            detail: `Without an email, so not added: ${withoutEmail.join(", ")}.`,
          }),
          data: { people },
        },
      ],
    };
  },
});
