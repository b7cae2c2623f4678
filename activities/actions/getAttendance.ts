import { z } from "zod";
import type { Attendance } from "../../domain/attendance.ts";
import type { Person } from "../../domain/incident.ts";
import { listText, personKey, shownName } from "../../domain/people.ts";
import type { ZoomClient } from "../../zoom/client.ts";
import { ZoomError, unlessRefused } from "../../zoom/errors.ts";
import { getMeeting } from "../../zoom/meetings.ts";
import type { MeetingRow } from "../../store/index.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { attendanceEvent, takeAttendance } from "../attendance.ts";
import { participantsUntold } from "../liveCall.ts";
import { meetingIdField, peopleField } from "../fields.ts";
import { sessionsOf } from "../meetingSessions.ts";
import { absenteesOf } from "../pastCalls.ts";
import { lookWhoIsThere } from "../presence.ts";
import type { Session } from "../recordings.ts";
import { listInstancesScopes, readMeetingScopes, readPastMeetingScopes } from "../scopes.ts";

const attendee = z.object({
  name: z.string(),
  email: z.string().nullable(),
  matched: z
    .enum(["email", "registrant", "name"])
    .nullable()
    .meta({ description: "How we know that it is an expected person; email and registration are certain" }),
  first_join: z.string(),
  last_leave: z.string(),
  minutes: z.number(),
  joins: z.number(),
  seconds_to_join: z.number(),
});

const person = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
});

const input = z.strictObject({
  meeting_id: meetingIdField,
  expected: peopleField.default([]).meta({
    title: "Expected people",
    description: "The incident's owner and responders if left out",
  }),
  sessions: z.enum(["latest", "all"]).default("latest").meta({
    title: "Sessions",
    description: "A meeting has one for each time it was live; all of them are taken together",
  }),
});

const output = z.object({
  meeting_id: z.string(),
  live: z.boolean().meta({ title: "Still live", description: "Then it is who came so far" }),
  count: z.number().nullable().meta({
    title: "People",
    description: "null where Zoom told nobody's name: then nobody is missing either",
  }),
  minutes: z.number().meta({ title: "Length of the call in minutes" }),
  attendees: z.array(attendee).meta({ description: "The first 200" }),
  missing: z.array(z.string()).meta({ title: "Expected, but never there" }),
  absentees: z
    .array(z.object({ name: z.string(), email: z.string() }))
    .nullable()
    .meta({ title: "Registered for the webinar, but never there" }),
  missing_people: z.array(person).meta({ title: "The same with email and phone, to call them" }),
});

type Input = z.output<typeof input>;
type Outputs = z.input<typeof output>;

/** Larger lists would burden the run's history; the whole one is in the store. */
const mostListed = 200;

/** Tells who was in a meeting: one row per person, matched to the expected ones. */
export const getAttendance = defineAction({
  key: "zoom.get_attendance",
  title: "Get attendance",
  description:
    "Who was on the call: one row per person with first join and minutes, and who of the expected never came. Of a live call, who came so far.",
  category: "attendance",
  effect: "read",
  scopes: [
    [
      "meeting:read:admin",
      "meeting:read",
      "meeting:read:list_past_participants:admin",
      "meeting:read:list_past_participants",
    ],
    listInstancesScopes,
    readPastMeetingScopes,
    readMeetingScopes,
  ],
  input,
  output,
  example: { meeting_id: "85746065432", expected: ["ana@example.com"] },
  patience: { firstRetryMs: 5000, lastRetryMs: 5 * 60_000, tryForMs: 6 * 3_600_000 },
  onFailure: "continue",
  run: async (context, given) => {
    const { store, zoom, nowMs } = context;
    const { meeting_id } = given;
    const row = await store.meetings.get(meeting_id);
    const sessions = await chosenSessions(context, given);
    const latest = sessions.at(-1);
    await lookIfLive(context, row, latest);
    const expected = given.expected.length > 0 ? given.expected.map(known) : (row?.expected ?? []);
    const attendance = await takeAttendance({
      zoom: zoom.client,
      store,
      meetingId: meeting_id,
      kind: row?.meeting.kind,
      sessions,
      expected,
      nowMs,
    });
    if (latest?.endedAtMs === undefined) {
      const outputs = outputsOf(meeting_id, attendance, expected, { live: true, absentees: null });
      return { outputs, events: [soFarEvent(outputs, expected)] };
    }
    const isWebinar = row?.meeting.kind === "webinar";
    const absentees = isWebinar ? await absenteesOf(zoom.client, meeting_id, latest.uuid) : null;
    const told = { expected, absentees, atMs: nowMs };
    const { id, ...event } = attendanceEvent(meeting_id, latest.uuid, attendance, told);
    return {
      outputs: outputsOf(meeting_id, attendance, expected, { live: false, absentees }),
      // Under the meeting's own id what it told already is not told again.
      events: [isToldByMeeting(sessions, expected, row) ? { id, ...event } : event],
    };
  },
});

const lookIfLive = async (
  { store, zoom, nowMs }: ActionContext,
  row: MeetingRow | undefined,
  latest: Session | undefined,
): Promise<void> => {
  if (!row || latest?.endedAtMs !== undefined) return;
  await lookWhoIsThere({ store, zoom, nowMs: () => nowMs }, row, latest?.uuid);
};

/** A meeting tells by itself of each session, and of the people that its incident expects. */
const isToldByMeeting = (
  sessions: readonly Session[],
  expected: readonly Person[],
  row: MeetingRow | undefined,
): boolean => sessions.length === 1 && namesOf(expected) === namesOf(row?.expected ?? []);

/** A step's input has nobody of whom only a phone number is known. */
const namesOf = (people: readonly Person[]): string =>
  people
    .filter(({ name, email }) => name || email)
    .map(personKey)
    .toSorted()
    .join("\n");

const soFarEvent = (
  { meeting_id, count, attendees, missing, missing_people }: Outputs,
  expected: readonly Person[],
): EventDraft => ({
  kind: "step.completed",
  title:
    count === null
      ? "Zoom has not told who is on the call"
      : `${count} ${count === 1 ? "person has" : "people have"} come to the call so far`,
  ...(count === null && { detail: participantsUntold }),
  ...(missing.length > 0 && {
    detail: `Not there yet: ${listText(missing_people.map((each) => shownName(each, expected)))}.`,
  }),
  data: { meeting_id, count, attendees: attendees.map(({ name, email }) => ({ name, email })), missing },
});

const chosenSessions = async (
  { zoom, store, nowMs }: ActionContext,
  { meeting_id, sessions }: Input,
): Promise<Session[]> => {
  const row = await store.meetings.get(meeting_id);
  const all = await sessionsOf(zoom.client, meeting_id, row);
  if (all.length > 0) return sessions === "all" ? all : all.slice(-1);
  const live =
    row?.meeting.kind === "webinar" ? undefined : await liveSession(zoom.client, meeting_id, nowMs);
  if (live) return [live];
  throw new ZoomError({
    code: "not_found",
    message: `${row?.meeting.kind === "webinar" ? "Webinar" : "Meeting"} ${meeting_id} was never live: nobody has joined it.`,
    method: "GET",
    path: `/past_meetings/${meeting_id}/instances`,
  });
};

/** A call of which no webhook has told. When it began, Zoom says once it is over. */
const liveSession = async (
  zoom: ZoomClient,
  meetingId: string,
  nowMs: number,
): Promise<Session | undefined> => {
  const refusals = ["not_found", "missing_scope", "permission"] as const;
  const meeting = await unlessRefused([...refusals], getMeeting(zoom, meetingId));
  return meeting?.status === "started" ? { uuid: meeting.uuid, startedAtMs: nowMs } : undefined;
};

const known = ({ name, email, phone }: Input["expected"][number]): Person => ({
  ...(name && { name }),
  ...(email && { email }),
  ...(phone && { phone }),
});

const outputsOf = (
  meeting_id: string,
  { attendees, missing, minutes }: Attendance,
  expected: readonly Person[],
  { live, absentees }: Pick<Outputs, "live" | "absentees">,
): Outputs => ({
  meeting_id,
  live,
  count: attendees.length || null,
  minutes,
  attendees: attendees.slice(0, mostListed).map(({ spans: _spans, ...each }) => each),
  missing,
  absentees,
  missing_people: expected.filter((each) => missing.includes(personKey(each))),
});
