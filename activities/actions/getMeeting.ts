import { z } from "zod";
import type { Meeting } from "../../zoom/meetings.ts";
import { getMeeting as getZoomMeeting } from "../../zoom/meetings.ts";
import type { EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { meetingIdField } from "../fields.ts";
import { calledMeeting, kindOf, occurrenceOf, occurrenceOutput } from "../meetingFacts.ts";
import { writtenAgenda } from "../meetingInput.ts";
import { settingsOf } from "../meetingOutcome.ts";
import { readMeetingScopes } from "../scopes.ts";

const output = z.object({
  meeting_id: z.string().meta({ title: "Meeting id" }),
  topic: z.string(),
  agenda: z.string(),
  status: z.enum(["waiting", "started"]).meta({ description: "started: people are in it now" }),
  kind: z.string().meta({ description: "scheduled, recurring, recurring_without_times, instant or other" }),
  join_url: z.string().meta({ title: "Join link" }),
  passcode: z.string().meta({ title: "Passcode", description: "Empty if there is none" }),
  host: z.string().meta({ title: "Host" }),
  start_time: z.string().meta({ description: "ISO 8601 in UTC; empty for meetings without fixed times" }),
  duration_minutes: z.number(),
  timezone: z.string(),
  alternative_hosts: z.array(z.string()),
  settings: z.record(z.string(), z.json()),
  occurrences: z.array(occurrenceOutput).meta({ description: "Of a recurring meeting: the dates to come" }),
});

const outputsOf = (meeting: Meeting): z.input<typeof output> => ({
  meeting_id: meeting.id,
  topic: meeting.topic,
  agenda: writtenAgenda(meeting.agenda),
  status: meeting.status,
  kind: kindOf(meeting),
  join_url: meeting.joinUrl,
  passcode: meeting.passcode,
  host: meeting.hostEmail || meeting.hostId,
  start_time: meeting.startTime,
  duration_minutes: meeting.durationMinutes,
  timezone: meeting.timezone,
  alternative_hosts: meeting.settings.alternative_hosts ?? [],
  settings: settingsOf(meeting),
  occurrences: meeting.occurrences.map(occurrenceOf),
});

const foundEvent = (meeting: Meeting): EventDraft => {
  const planned = meeting.startTime ? `, planned for ${meeting.startTime}` : "";
  return {
    kind: "step.completed",
    title:
      meeting.status === "started"
        ? `People are in ${calledMeeting(meeting)}`
        : `Nobody is in ${calledMeeting(meeting)}${planned}`,
    data: { meeting_id: meeting.id, status: meeting.status },
    links: [{ title: "Join", url: meeting.joinUrl }],
  };
};

/** Tells how a meeting stands. The link that makes one its host is not among what comes back. */
export const getMeeting = defineAction({
  key: "zoom.get_meeting",
  title: "Get meeting",
  description: "Reads a meeting's topic, status, join link, passcode, times, host and settings.",
  category: "meetings",
  effect: "read",
  scopes: [readMeetingScopes],
  input: z.strictObject({ meeting_id: meetingIdField }),
  output,
  example: { meeting_id: "85746065432" },
  onFailure: "continue",
  run: async ({ zoom }, { meeting_id }) => {
    const meeting = await getZoomMeeting(zoom.client, meeting_id);
    return { outputs: outputsOf(meeting), events: [foundEvent(meeting)] };
  },
});
