import { z } from "zod";
import { attendanceOf } from "../../domain/attendance.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { defineAction } from "../action.ts";
import { meetingIdField, peopleField } from "../fields.ts";
import { absenteesOf, pastCallsOf } from "../pastCalls.ts";

const attendee = z.object({
  name: z.string(),
  email: z.string().nullable(),
  matched: z.enum(["email", "name"]).nullable(),
  first_join: z.string(),
  last_leave: z.string(),
  minutes: z.number(),
  joins: z.number(),
  seconds_to_join: z.number(),
});

const output = z.object({
  meeting_id: z.string(),
  count: z.number().meta({ title: "People" }),
  minutes: z.number().meta({ title: "Length of the call in minutes" }),
  attendees: z.array(attendee),
  missing: z.array(z.string()).meta({ title: "Expected, but never there" }),
  absentees: z
    .array(z.object({ name: z.string(), email: z.string() }))
    .nullable()
    .meta({ title: "Registered for the webinar, but never there" }),
});

/** Zoom lists people of a call that has just ended with durations of 0, or not at all: it needs a moment. */
const isUnfinished = (stays: { durationSeconds: number }[]): boolean =>
  stays.length > 0 && stays.every(({ durationSeconds }) => durationSeconds === 0);

/** Tells who was in a meeting's or a webinar's latest session: one row per person, matched to the expected ones. */
export const getAttendance = defineAction({
  key: "zoom.get_attendance",
  title: "Get attendance",
  description:
    "Who was on the call: one row per person with first join and minutes, and who of the expected never came.",
  category: "attendance",
  effect: "read",
  scopes: [
    [
      "meeting:read:admin",
      "meeting:read",
      "meeting:read:list_past_participants:admin",
      "meeting:read:list_past_participants",
    ],
    ["meeting:read:admin", "meeting:read", "meeting:read:past_meeting:admin", "meeting:read:past_meeting"],
  ],
  input: z.strictObject({
    meeting_id: meetingIdField,
    expected: peopleField.default([]).meta({ title: "Expected people" }),
  }),
  output,
  example: { meeting_id: "85746065432", expected: ["ana@example.com"] },
  patience: { firstRetryMs: 5000, lastRetryMs: 5 * 60_000, tryForMs: 6 * 3_600_000 },
  onFailure: "continue",
  run: async ({ zoom, store }, { meeting_id, expected }) => {
    const row = await store.meetings.get(meeting_id);
    const kind = row?.meeting.kind;
    const calls = pastCallsOf(kind);
    const session = await calls.latest(zoom.client, meeting_id);
    const { uuid } = session;
    const stays = await calls.participants(zoom.client, uuid);
    if (isUnfinished(stays)) throw notReady(meeting_id);
    const absentees = kind === "webinar" ? await absenteesOf(zoom.client, meeting_id, uuid) : null;
    const people = expected.map(({ name, email }) => ({ ...(name && { name }), ...(email && { email }) }));
    const attendance = attendanceOf(stays, session, people);
    const { attendees, missing, minutes } = attendance;
    return {
      outputs: { meeting_id, count: attendees.length, minutes, attendees, missing, absentees },
      events: [
        {
          id: `meeting-${meeting_id}/${uuid}/attendance.ready`,
          kind: "attendance.ready",
          title: `${attendees.length} people were on the call of ${minutes} minutes`,
          ...detailOf(missing, absentees?.length ?? 0),
          data: { meeting_id, attendees, missing },
        },
      ],
    };
  },
});

const detailOf = (missing: readonly string[], absentees: number): { detail?: string } => {
  const detail = [
    missing.length > 0 ? `Never there: ${missing.join(", ")}.` : "",
    absentees > 0 ? `Registered but did not come: ${absentees}.` : "",
  ].filter(Boolean);
  return detail.length > 0 ? { detail: detail.join(" ") } : {};
};

const notReady = (meetingId: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Zoom has not worked out yet how long people were in meeting ${meetingId}.`,
    method: "GET",
    path: `/past_meetings/${meetingId}/participants`,
  });
