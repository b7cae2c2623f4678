import { z } from "zod";
import { durationMs, durationText } from "../../domain/duration.ts";
import { defaultsOfMeetings } from "../../domain/meetingDefaults.ts";
import type { Effects } from "../../domain/plan.ts";
import type { StatusCall } from "../../domain/statusCall.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { zoomTime } from "../../zoom/time.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { meetingPractices, practices, recordingIsLookedAfter, seesToHosts } from "../goodPractice.ts";
import type { Made } from "../makeMeeting.ts";
import { madeDetail, makeMeeting, personOutcome } from "../makeMeeting.ts";
import { occurrenceOf, occurrenceOutput } from "../meetingFacts.ts";
import { plannedRequest, startMsOf } from "../meetingInput.ts";
import { differences, settingsOf } from "../meetingOutcome.ts";
import type { RecurringInput } from "../recurrenceInput.ts";
import { recurrenceOf, recurringInput } from "../recurrenceInput.ts";
import { listMeetingsScopes, createMeetingScopes } from "../scopes.ts";

const output = z.object({
  join_url: z.string().meta({ title: "Join link" }),
  meeting_id: z.string().meta({ title: "Meeting id" }),
  passcode: z.string().meta({ title: "Passcode" }),
  topic: z.string(),
  host: z.string().meta({ title: "Host" }),
  occurrences: z.array(occurrenceOutput).meta({ title: "The first dates", description: "At most 10" }),
  occurrence_count: z.number().meta({ title: "How many dates there are" }),
  first_at: z.string().meta({ description: "ISO 8601 in UTC; empty if there are no fixed times" }),
  every: z.string().nullable().meta({ description: "Of a status call" }),
  settings: z.record(z.string(), z.json()),
  people: z.array(personOutcome),
});

const shownOccurrences = 10;

/** The first status call is one interval from now, unless a start is named. */
const firstCallMs = (context: ActionContext, given: RecurringInput, everyMs: number): number =>
  given.start_time === undefined && given.start_offset === undefined
    ? context.askedAtMs + everyMs
    : startMsOf(context, given);

const statusCallOf = (
  context: ActionContext,
  given: RecurringInput,
  meeting: Meeting,
): StatusCall | undefined => {
  if (given.every === undefined) return undefined;
  const everyMs = durationMs(given.every) ?? 0;
  const firstAtMs = firstCallMs(context, given, everyMs);
  return {
    meetingId: meeting.id,
    topic: meeting.topic || given.topic,
    joinUrl: meeting.joinUrl,
    everyMs,
    firstAtMs,
    lastAtMs: firstAtMs + (durationMs(given.for_at_most) ?? 0),
  };
};

const firstAtOf = ({ occurrences }: Meeting, call: StatusCall | undefined): string =>
  call ? zoomTime(call.firstAtMs) : (occurrences.find(({ isCancelled }) => !isCancelled)?.startTime ?? "");

const scheduledEvent = (made: Made, given: RecurringInput, call?: StatusCall): EventDraft => {
  const { meeting } = made;
  const count = meeting.occurrences.length;
  const firstAt = firstAtOf(meeting, call);
  const when = call
    ? `every ${durationText(call.everyMs)} from ${firstAt} until the incident is resolved`
    : count === 0
      ? "at no fixed times"
      : `${given.repeat}, ${count} times from ${firstAt}`;
  return {
    kind: "meeting.scheduled",
    title: `${call ? "Status call" : "Scheduled"}: ${meeting.topic || given.topic}, ${when}`,
    detail: `${madeDetail(made)} The link is the same each time.`,
    data: { meeting_id: meeting.id, passcode: meeting.passcode, join_url: meeting.joinUrl },
    links: [{ title: "Join", url: meeting.joinUrl }],
  };
};

/** Zoom may make fewer dates than asked for. */
const fewerDates = ({ id, occurrences }: Meeting, asked: number | undefined): EventDraft[] =>
  asked === undefined || occurrences.length >= asked
    ? []
    : [
        {
          kind: "note",
          id: `meeting-${id}/fewer_dates`,
          title: `Zoom made ${occurrences.length} of the ${asked} dates asked for`,
          detail: "Schedule the others as a meeting of their own, or repeat it less often.",
        },
      ];

const effectsOf = (
  context: ActionContext,
  { meeting }: Made,
  given: RecurringInput,
  call?: StatusCall,
): Effects => {
  const startsAtMs = Date.parse(firstAtOf(meeting, call)) || context.nowMs;
  const topic = meeting.topic || given.topic;
  return {
    meetings: [{ meetingId: meeting.id, topic, purpose: "other", startsAtMs }],
    ...(call && { statusCalls: [call] }),
  };
};

/** Schedules a meeting that repeats: by Zoom's own recurrence, or as a status call until the incident is resolved. */
export const scheduleRecurringMeeting = defineAction({
  key: "zoom.schedule_recurring_meeting",
  title: "Schedule recurring meeting",
  description:
    "Makes a daily, weekly or monthly meeting, one without fixed times, or a status call every so often until the incident is resolved.",
  category: "meetings",
  effect: "create",
  scopes: [createMeetingScopes, listMeetingsScopes],
  input: recurringInput,
  output,
  example: { topic: "Checkout is down - daily status", repeat: "daily", end_times: 5, duration_minutes: 30 },
  meetingDefaults: () => defaultsOfMeetings,
  seesTo: seesToHosts,
  advise: practices(meetingPractices, recordingIsLookedAfter),
  undo: { action: "zoom.delete_meeting", input: { meeting_id: "{{runbook.outputs.$step.meeting_id}}" } },
  run: async (context, given) => {
    const asked = plannedRequest(given);
    const startMs = startMsOf(context, given);
    const recurrence = recurrenceOf(given, startMs);
    const startsAt = { start_time: zoomTime(startMs), timezone: given.timezone };
    const { duration: _duration, ...timeless } = asked;
    const wanted = recurrence
      ? { type: 8 as const, ...asked, ...startsAt, recurrence }
      : { type: 3 as const, ...timeless };
    const made = await makeMeeting(context, {
      action: scheduleRecurringMeeting.key,
      given,
      wanted,
      purpose: "other",
    });
    const { meeting, host, people, events } = made;
    const call = statusCallOf(context, given, meeting);
    return {
      outputs: {
        join_url: meeting.joinUrl,
        meeting_id: meeting.id,
        passcode: meeting.passcode,
        topic: meeting.topic || given.topic,
        host,
        occurrences: meeting.occurrences.slice(0, shownOccurrences).map(occurrenceOf),
        occurrence_count: meeting.occurrences.length,
        first_at: firstAtOf(meeting, call),
        every: given.every ?? null,
        settings: settingsOf(meeting),
        people,
      },
      events: [
        scheduledEvent(made, given, call),
        ...differences(asked, meeting),
        ...fewerDates(meeting, recurrence?.end_times),
        ...events,
      ],
      effects: effectsOf(context, made, given, call),
    };
  },
});
