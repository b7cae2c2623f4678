import { z } from "zod";
import { defaultsOfMeetings } from "../../domain/meetingDefaults.ts";
import { defineAction } from "../action.ts";
import { calendarUrl } from "../followUp/events.ts";
import { followUpInput } from "../followUp/input.ts";
import { meetingPractices, practices, recordingIsLookedAfter, seesToHosts } from "../goodPractice.ts";
import { madeOf, scheduleFollowUp as schedule } from "../followUp/schedule.ts";
import { settingsOf } from "../meetingOutcome.ts";
import {
  deleteMeetingScopes,
  listMeetingsScopes,
  readMeetingScopes,
  createMeetingScopes,
  updateMeetingScopes,
} from "../scopes.ts";

const output = z.object({
  join_url: z.string().meta({ title: "Join link" }),
  meeting_id: z.string().meta({ title: "Meeting id" }),
  passcode: z.string().meta({ title: "Passcode" }),
  topic: z.string(),
  host: z.string().meta({ title: "Host" }),
  start_time: z.string().meta({ title: "Start", description: "ISO 8601, UTC" }),
  duration_minutes: z.number(),
  settings: z.record(z.string(), z.json()).meta({ description: "What Zoom kept of the settings" }),
  ics_url: z.string().meta({
    title: "Calendar link",
    description: "An iCalendar entry that shows the meeting's current time; needs no key",
  }),
  moved_to_business_hours: z
    .string()
    .nullable()
    .meta({ description: "Why it starts later than wished for; null if it does not" }),
});

/** Schedules the meeting in which people look back at the incident; it moves, and is withdrawn, with its resolution. */
export const scheduleFollowUp = defineAction({
  key: "zoom.schedule_follow_up",
  title: "Schedule follow-up",
  description:
    "Schedules a review some time after the incident was resolved, in business hours, with everybody who took part. It moves when the incident is resolved anew, is cancelled when it reopens, and reminds people before it starts. A step has one follow-up at a time: run again, it moves.",
  category: "meetings",
  effect: "create",
  scopes: [
    createMeetingScopes,
    updateMeetingScopes,
    deleteMeetingScopes,
    readMeetingScopes,
    listMeetingsScopes,
  ],
  input: followUpInput,
  output,
  example: {
    topic: "INC-42 Checkout is down - Review",
    start_offset: "1d",
    business_hours: { time_zone: "Europe/Berlin", from: "09:00", to: "17:00" },
    remind_before: ["1h", "15m"],
    settings: { auto_recording: "cloud" },
  },
  meetingDefaults: () => defaultsOfMeetings,
  seesTo: seesToHosts,
  advise: practices(meetingPractices, recordingIsLookedAfter),
  undo: { action: "zoom.delete_meeting", input: { meeting_id: "{{runbook.outputs.$step.meeting_id}}" } },
  run: async (context, given) => {
    const row = await context.store.incidents.get(context.request.incidentId);
    const resolvedAt = row?.incident.resolved_at ?? null;
    const { followUp, meeting, reason, events } = await schedule(context, given, resolvedAt);
    const made = madeOf(followUp, given);
    const { meetingId, startsAtMs } = made;
    return {
      outputs: {
        join_url: meeting.joinUrl,
        meeting_id: meeting.id,
        passcode: meeting.passcode,
        topic: meeting.topic || given.topic,
        host: meeting.hostEmail,
        start_time: followUp.start_time,
        duration_minutes: followUp.duration_minutes,
        settings: settingsOf(meeting),
        ics_url: calendarUrl(context, followUp),
        moved_to_business_hours: reason,
      },
      events,
      effects: {
        meetings: [{ meetingId, topic: given.topic, purpose: "follow_up" as const, startsAtMs }],
        followUps: [made],
      },
    };
  },
});
