import { z } from "zod";
import { durationMs } from "../../domain/duration.ts";
import { defaultsOfBridges, defaultsOfMeetings } from "../../domain/meetingDefaults.ts";
import { endOnResolveField, missingAfterField } from "../../domain/meetingFields.ts";
import type { Json, MeetingFollow } from "../../domain/plan.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { zoomTime } from "../../zoom/time.ts";
import type { EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import {
  meetingPractices,
  practices,
  recordingIsLookedAfter,
  seesToHosts,
  severeIsRecorded,
  when,
} from "../goodPractice.ts";
import { madeDetail, makeMeeting, personOutcome } from "../makeMeeting.ts";
import type { Made } from "../makeMeeting.ts";
import { plannedFields, plannedRequest, startMsOf } from "../meetingInput.ts";
import { bridgeOf, differences, settingsOf } from "../meetingOutcome.ts";
import {
  createMeetingScopes,
  endMeetingScopes,
  listMeetingsScopes,
  liveControlScopes,
  readMeetingScopes,
  readUserScopes,
} from "../scopes.ts";

const callMissingField = z
  .strictObject({
    phones: z.boolean().default(true).meta({
      title: "Phones",
      description: "Zoom rings those with a phone number and asks them to press 1",
    }),
    contacts: z.boolean().default(true).meta({
      title: "Zoom app",
      description: "Those who are users of the host's Zoom account are called in their app",
    }),
  })
  .refine(({ phones, contacts }) => phones || contacts, "calls nobody: leave it out, or set one of the two");

const fields = z.strictObject({
  ...plannedFields,
  purpose: z.enum(["bridge", "follow_up", "other"]).default("bridge").meta({ title: "Purpose" }),
  missing_after: missingAfterField.optional(),
  call_missing: callMissingField.optional().meta({
    title: "Call the missing",
    description:
      "{} for both ways: each of those named is called into the call once, and the timeline says how they answered",
  }),
  end_on_resolve: endOnResolveField.optional(),
});

const usualMissingAfter = "5m";

const missingAfterMsOf = ({ purpose, missing_after, call_missing }: z.output<typeof fields>): number => {
  const isUsual = purpose === "bridge" || call_missing !== undefined;
  return durationMs(missing_after ?? (isUsual ? usualMissingAfter : "0s")) ?? 0;
};

const input = fields.refine((given) => !given.call_missing || missingAfterMsOf(given) > 0, {
  path: ["missing_after"],
  message: "names nobody, so call_missing calls nobody: give a time such as 5m",
});

/** What its workflow does by itself about the meeting. */
const followOf = (given: Input): MeetingFollow => {
  const { call_missing, end_on_resolve } = given;
  const missingAfterMs = missingAfterMsOf(given);
  return {
    ...(missingAfterMs > 0 && { missingAfterMs }),
    ...(call_missing && { callMissing: call_missing }),
    ...(end_on_resolve && {
      endOnResolve: {
        afterMs: durationMs(end_on_resolve.after) ?? 0,
        atMostMs: durationMs(end_on_resolve.at_most) ?? 0,
      },
    }),
  };
};

const output = z.object({
  join_url: z.string().meta({ title: "Join link" }),
  meeting_id: z.string().meta({ title: "Meeting id" }),
  passcode: z.string().meta({ title: "Passcode" }),
  topic: z.string(),
  host: z.string().meta({ title: "Host" }),
  start_time: z.string(),
  duration_minutes: z.number(),
  settings: z.record(z.string(), z.json()).meta({ description: "What Zoom kept of the settings" }),
  people: z.array(personOutcome).meta({ title: "Invitees and alternative hosts, one by one" }),
});

type Input = z.output<typeof input>;

const outputsOf = ({ meeting, host, people }: Made, given: Input) => ({
  join_url: meeting.joinUrl,
  meeting_id: meeting.id,
  passcode: meeting.passcode,
  topic: meeting.topic || given.topic,
  host,
  start_time: meeting.startTime,
  duration_minutes: meeting.durationMinutes || given.duration_minutes,
  settings: settingsOf(meeting),
  people,
});

const readyEvent = (made: Made, { purpose }: Input): EventDraft => {
  const { topic, startTime, id, passcode, joinUrl } = made.meeting;
  return {
    kind: purpose === "bridge" ? "bridge.ready" : "meeting.scheduled",
    title: purpose === "bridge" ? `Bridge is ready: ${topic}` : `Scheduled: ${topic}, ${startTime}`,
    detail: madeDetail(made),
    data: { meeting_id: id, passcode, join_url: joinUrl },
    links: [{ title: "Join", url: joinUrl }],
  };
};

const startOf = ({ startTime }: Meeting, nowMs: number): number => Date.parse(startTime) || nowMs;

type Written = { [field: string]: Json };

/** A bridge, as the schema has it for a step that does not say; a template may come to anything. */
const isBridge = ({ purpose = "bridge" }: Written): boolean => purpose === "bridge";
const isOther = ({ purpose }: Written): boolean => purpose === "follow_up" || purpose === "other";

/** Makes a Zoom meeting exactly once, on the first host that can, with a passcode in any case. */
export const createMeeting = defineAction({
  key: "zoom.create_meeting",
  title: "Create Zoom meeting",
  description:
    "Creates a meeting and puts its join link on the incident. The incident's bridge, unless said otherwise.",
  category: "meetings",
  effect: "create",
  scopes: [createMeetingScopes, listMeetingsScopes],
  optionScopes: {
    call_missing: [liveControlScopes, readMeetingScopes, readUserScopes],
    end_on_resolve: [endMeetingScopes, readMeetingScopes],
  },
  input,
  output,
  example: {
    topic: "INC-42 Checkout is down - Incident Bridge",
    duration_minutes: 60,
    settings: { join_before_host: true, waiting_room: false, auto_recording: "cloud" },
  },
  meetingDefaults: (asked) => (isBridge(asked) ? defaultsOfBridges : defaultsOfMeetings),
  seesTo: seesToHosts,
  advise: practices(
    meetingPractices,
    when(isBridge, severeIsRecorded),
    when(isOther, recordingIsLookedAfter),
  ),
  undo: { action: "zoom.delete_meeting", input: { meeting_id: "{{runbook.outputs.$step.meeting_id}}" } },
  run: async (context, given) => {
    const asked = plannedRequest(given);
    const startsAt = { start_time: zoomTime(startMsOf(context, given)) };
    const follow = followOf(given);
    const made = await makeMeeting(context, {
      action: createMeeting.key,
      given,
      // A scheduled meeting (type 2): an instant one could not be found again by its marker.
      wanted: { type: 2, timezone: "UTC", ...asked, ...startsAt },
      purpose: given.purpose,
      follow,
    });
    const { meeting, events } = made;
    const compared = given.start_time === undefined ? asked : { ...asked, ...startsAt };
    return {
      outputs: outputsOf(made, given),
      events: [readyEvent(made, given), ...differences(compared, meeting), ...events],
      effects: {
        meetings: [
          {
            meetingId: meeting.id,
            topic: meeting.topic || given.topic,
            purpose: given.purpose,
            startsAtMs: startOf(meeting, context.nowMs),
          },
        ],
        ...(given.purpose === "bridge" && { bridge: bridgeOf(meeting, follow) }),
      },
    };
  },
});
