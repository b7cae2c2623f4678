import { z } from "zod";
import type { Meeting } from "../../zoom/meetings.ts";
import { getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import type { EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import type { Placement, Room } from "../breakoutRooms.ts";
import { mostPreassigned, mostRooms, placed, roomsByTeam } from "../breakoutRooms.ts";
import { meetingIdField, peopleField } from "../fields.ts";
import { roomsHaveHost } from "../goodPractice.ts";
import { sameEmail } from "../licensedHosts.ts";
import { calledMeeting } from "../meetingFacts.ts";
import { differences } from "../meetingOutcome.ts";
import { inOurWords, refusal } from "../refusal.ts";
import { updateMeetingScopes, readMeetingScopes } from "../scopes.ts";

const input = z
  .strictObject({
    meeting_id: meetingIdField,
    rooms: z
      .array(
        z.strictObject({
          name: z.string().trim().min(1).max(32).meta({ title: "Name" }),
          people: peopleField.default([]).meta({ title: "Who goes there" }),
        }),
      )
      .min(1)
      .max(mostRooms)
      .optional()
      .meta({ title: "Rooms", description: "Instead of rooms by team" }),
    people: peopleField.optional().meta({
      title: "People by team",
      description:
        "One room for each team that these people are of; whoever has no team stays in the main room",
      examples: ["{{incident.responders}}"],
    }),
  })
  .refine(({ rooms, people }) => (rooms === undefined) !== (people === undefined), {
    message: "name either rooms, or people to be put into rooms by their teams",
    path: ["rooms"],
  });

type Input = z.output<typeof input>;

const outcome = z.enum(["assigned", "no_email", "no_team", "in_another_room", "refused"]);

type PersonOutcome = {
  name: string;
  email: string | null;
  room: string | null;
  outcome: z.output<typeof outcome>;
};

/** Zoom's API assigns rooms beforehand only: in a live call, the host's own controls do. */
const requireNotLive = (meeting: Meeting): void => {
  if (meeting.status !== "started") return;
  throw refusal(
    "invalid_input",
    `People are in ${calledMeeting(meeting)}: Zoom takes breakout rooms only before a call starts.`,
    {
      field: "meeting_id",
      advice: "Let the host assign rooms in the call (Breakout Rooms), or end the call and retry the step.",
    },
  );
};

const requireFitting = (rooms: Room[]): void => {
  const count = rooms.reduce((sum, { participants }) => sum + participants.length, 0);
  if (rooms.length === 0)
    throw refusal("invalid_input", "There is no room to make: nobody has both an email and a team.", {
      field: "people",
      advice: "Give the incident's responders a team each, or name rooms.",
    });
  if (rooms.length > mostRooms)
    throw refusal("invalid_input", `${rooms.length} breakout rooms are too many: Zoom has ${mostRooms}.`, {
      field: "people",
    });
  if (count > mostPreassigned)
    throw refusal("invalid_input", `${count} people are too many: Zoom assigns ${mostPreassigned} at most.`, {
      field: "rooms",
    });
};

/** From what Zoom kept: an account may have breakout rooms switched off. */
const outcomesOf = (placements: Placement[], kept: Meeting): PersonOutcome[] => {
  const { enable = false, rooms = [] } = kept.settings.breakout_room ?? {};
  const isIn = ({ email, room }: Placement) =>
    enable &&
    rooms.some(
      ({ name, participants }) => name === room && participants.some((each) => sameEmail(each, email ?? "")),
    );
  return placements.map(({ name, email, room, outcome: each }) => {
    const came = each !== "assigned" || isIn({ name, email, room, outcome: each }) ? each : "refused";
    return { name, email, room: came === "assigned" ? room : null, outcome: came };
  });
};

const reasons: Record<Exclude<PersonOutcome["outcome"], "assigned">, string> = {
  no_email: "no email",
  no_team: "no team",
  in_another_room: "in another room already",
  refused: "not kept by Zoom",
};

const assignedEvent = (kept: Meeting, rooms: Room[], people: PersonOutcome[]): EventDraft => {
  const left = people.flatMap(({ name, outcome: each }) =>
    each === "assigned" ? [] : [`${name} (${reasons[each]})`],
  );
  const isOn = kept.settings.breakout_room?.enable === true;
  return {
    kind: "meeting.updated",
    title: isOn
      ? `Breakout rooms of ${calledMeeting(kept)}: ${rooms.map(({ name }) => name).join(", ")}`
      : `Zoom set up no breakout rooms for ${calledMeeting(kept)}`,
    detail: [
      "The host opens them in the call; who joins signed in with the email named here is assigned.",
      left.length > 0 ? `Left in the main room: ${left.join(", ")}.` : "",
    ]
      .filter(Boolean)
      .join(" "),
    data: { meeting_id: kept.id, people },
  };
};

const plannedRooms = ({ rooms, people = [] }: Input): { rooms: Room[]; placements: Placement[] } =>
  rooms === undefined ? roomsByTeam(people) : placed(rooms);

/** Sets up breakout rooms before a call, and says of each person where they will be. */
export const configureBreakoutRooms = defineAction({
  key: "zoom.configure_breakout_rooms",
  title: "Configure breakout rooms",
  description:
    "Makes breakout rooms and says who goes where, by name or by the responders' teams. Only before the call starts.",
  category: "meetings",
  effect: "idempotent",
  scopes: [updateMeetingScopes, readMeetingScopes],
  input,
  output: z.object({
    meeting_id: z.string(),
    rooms: z.array(z.object({ name: z.string(), people: z.number() })),
    people: z.array(
      z.object({ name: z.string(), email: z.string().nullable(), room: z.string().nullable(), outcome }),
    ),
  }),
  example: {
    meeting_id: "85746065432",
    rooms: [
      { name: "Database", people: ["ana@example.com"] },
      { name: "Network", people: [{ name: "Bo", email: "bo@example.com" }] },
    ],
  },
  advise: roomsHaveHost,
  onFailure: "continue",
  run: async ({ zoom }, given) => {
    const { rooms, placements } = plannedRooms(given);
    requireFitting(rooms);
    requireNotLive(await getMeeting(zoom.client, given.meeting_id));
    const asked = { settings: { breakout_room: { enable: true, rooms } } };
    await inOurWords(updateMeeting(zoom.client, given.meeting_id, asked));
    const kept = await getMeeting(zoom.client, given.meeting_id);
    const people = outcomesOf(placements, kept);
    return {
      outputs: {
        meeting_id: given.meeting_id,
        rooms: (kept.settings.breakout_room?.rooms ?? []).map(({ name, participants }) => ({
          name,
          people: participants.length,
        })),
        people,
      },
      events: [assignedEvent(kept, rooms, people), ...differences(asked, kept)],
    };
  },
});
