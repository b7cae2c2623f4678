import { z } from "zod";
import { durationMinutesField, settingFields } from "../../domain/meetingFields.ts";
import type { Effects } from "../../domain/plan.ts";
import type { Meeting, MeetingRequest } from "../../zoom/meetings.ts";
import { getMeeting, updateMeeting as updateZoomMeeting } from "../../zoom/meetings.ts";
import { zoomTime } from "../../zoom/time.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { durationField, meetingIdField } from "../fields.ts";
import { joinBeforeHostHolds, keptPasscode, practices } from "../goodPractice.ts";
import { calledMeeting } from "../meetingFacts.ts";
import {
  agendaField,
  agendaInstead,
  passcodeField,
  startMsOf,
  startTimeField,
  topicField,
  zoomSettings,
} from "../meetingInput.ts";
import { differences, keptOtherwise, settingsOf, unlike } from "../meetingOutcome.ts";
import { requireOccurrence, requirePossible, requireTimes } from "../occurrences.ts";
import { inOurWords } from "../refusal.ts";
import { updateMeetingScopes, readMeetingScopes } from "../scopes.ts";

const input = z.strictObject({
  meeting_id: meetingIdField,
  occurrence_id: z.string().min(1).max(50).optional().meta({
    title: "Occurrence id",
    description: "One date of a recurring meeting; Zoom changes its agenda, times and some settings alone",
  }),
  topic: topicField.optional().meta({ title: "Topic" }),
  agenda: agendaField.optional().meta({ title: "Agenda", format: "multiline" }),
  start_time: startTimeField
    .optional()
    .meta({ title: "Start time", description: "ISO 8601 with offset, in the future" }),
  start_offset: durationField.optional().meta({
    title: "Start offset",
    description: "Added to the start time, or to now",
  }),
  duration_minutes: durationMinutesField.optional().meta({ title: "Duration in minutes" }),
  passcode: passcodeField.optional().meta({ title: "Passcode", description: "Changes the join link too" }),
  settings: z.strictObject(settingFields).partial().default({}).meta({ title: "Settings" }),
});

type Input = z.output<typeof input>;

const output = z.object({
  meeting_id: z.string().meta({ title: "Meeting id" }),
  changed: z.array(z.string()).meta({ title: "Fields that changed" }),
  kept_otherwise: z.array(z.string()).meta({ title: "Fields that Zoom kept otherwise than asked" }),
  join_url: z.string().meta({ title: "Join link" }),
  passcode: z.string().meta({ title: "Passcode" }),
  topic: z.string(),
  start_time: z.string(),
  duration_minutes: z.number(),
  settings: z.record(z.string(), z.json()),
});

/** What is asked for in Zoom's words, over the meeting as it stands. */
const askedOf = (context: ActionContext, given: Input, before: Meeting): MeetingRequest => {
  const settings = zoomSettings(given.settings) ?? {};
  const rooms = before.settings.breakout_room?.rooms ?? [];
  const movesStart = given.start_time !== undefined || given.start_offset !== undefined;
  return {
    ...(given.topic !== undefined && { topic: given.topic }),
    ...(given.agenda !== undefined && { agenda: agendaInstead(before.agenda, given.agenda) }),
    ...(movesStart && { start_time: zoomTime(startMsOf(context, given)), timezone: "UTC" }),
    ...(given.duration_minutes !== undefined && { duration: given.duration_minutes }),
    ...(given.passcode !== undefined && { password: given.passcode }),
    ...(Object.keys(settings).length > 0 && {
      // Switching the rooms on or off keeps who is assigned to them.
      settings: {
        ...settings,
        ...(settings.breakout_room && { breakout_room: { ...settings.breakout_room, rooms } }),
      },
    }),
  };
};

const isEmpty = ({ meeting_id: _id, occurrence_id: _occurrence, settings, ...fields }: Input): boolean =>
  Object.keys(fields).length === 0 && Object.keys(settings).length === 0;

/** What is kept of the meeting beside Zoom follows it: the store's record, and the incident's bridge. */
const carryOn = async (
  { store, request }: ActionContext,
  given: Input,
  after: Meeting,
): Promise<Effects | undefined> => {
  if (given.occurrence_id !== undefined) return undefined;
  const [row, incident] = await Promise.all([
    store.meetings.get(after.id),
    store.incidents.get(request.incidentId),
  ]);
  const now = { topic: after.topic, join_url: after.joinUrl, passcode: after.passcode };
  if (row) await store.meetings.save({ ...row.meeting, ...now });
  const bridge = incident?.bridge;
  if (given.passcode === undefined || bridge?.meeting_id !== after.id) return undefined;
  return { bridge: { ...bridge, join_url: after.joinUrl, passcode: after.passcode } };
};

const changedEvent = (changed: string[], after: Meeting): EventDraft => {
  const isNewLink = changed.includes("passcode");
  const details = [
    isNewLink ? `The passcode is now ${after.passcode}: earlier links ask for it.` : "",
    after.status === "started" ? "The call is live: Zoom applies most changes when it starts again." : "",
  ].filter(Boolean);
  return {
    kind: "meeting.updated",
    title: `Changed ${calledMeeting(after)}: ${changed.join(", ")}`,
    ...(details.length > 0 && { detail: details.join(" ") }),
    data: { meeting_id: after.id, changed },
    ...(isNewLink && { links: [{ title: "Join", url: after.joinUrl }] }),
  };
};

const unchangedEvent = (meetingId: string, why: string): EventDraft => ({
  kind: "step.completed",
  title: `Nothing to change on meeting ${meetingId}: ${why}`,
  data: { meeting_id: meetingId, changed: [] },
});

/** Changes a meeting and sees what Zoom made of it. */
export const updateMeeting = defineAction({
  key: "zoom.update_meeting",
  title: "Update meeting",
  description:
    "Changes a meeting's topic, agenda, times, passcode or settings, and says what Zoom kept otherwise.",
  category: "meetings",
  effect: "idempotent",
  scopes: [updateMeetingScopes, readMeetingScopes],
  input,
  output,
  example: {
    meeting_id: "85746065432",
    topic: "Checkout is down - Incident Bridge (SEV0)",
    settings: { mute_upon_entry: true },
  },
  advise: practices(keptPasscode, joinBeforeHostHolds),
  run: async (context, given) => {
    const { client } = context.zoom;
    const { meeting_id, occurrence_id: occurrenceId } = given;
    if (isEmpty(given)) {
      // Nothing is asked of Zoom, not even how the meeting stands.
      return {
        outputs: unasked(meeting_id),
        events: [unchangedEvent(meeting_id, "the step names no field")],
      };
    }
    requirePossible(given);
    const whole = await getMeeting(client, meeting_id);
    requireTimes(whole, given);
    if (occurrenceId !== undefined) requireOccurrence(whole, occurrenceId);
    const before =
      occurrenceId === undefined ? whole : await getMeeting(client, meeting_id, { occurrenceId });
    const asked = askedOf(context, given, before);
    const wished = unlike(asked, before).map(({ field }) => field);
    if (wished.length > 0) await inOurWords(updateZoomMeeting(client, meeting_id, asked, { occurrenceId }));
    const after = wished.length > 0 ? await getMeeting(client, meeting_id, { occurrenceId }) : before;
    const kept = keptOtherwise(asked, after).map(({ field }) => field);
    const changed = wished.filter((field) => !kept.includes(field));
    const effects = await carryOn(context, given, after);
    const event =
      changed.length > 0
        ? changedEvent(changed, after)
        : unchangedEvent(meeting_id, wished.length > 0 ? "Zoom kept it as it was" : "it is as asked already");
    return {
      outputs: { ...outputsOf(after), changed, kept_otherwise: kept },
      events: [event, ...differences(asked, after)],
      ...(effects && { effects }),
    };
  },
});

const outputsOf = (meeting: Meeting) => ({
  meeting_id: meeting.id,
  join_url: meeting.joinUrl,
  passcode: meeting.passcode,
  topic: meeting.topic,
  start_time: meeting.startTime,
  duration_minutes: meeting.durationMinutes,
  settings: settingsOf(meeting),
});

const unasked = (meeting_id: string): z.input<typeof output> => ({
  meeting_id,
  changed: [],
  kept_otherwise: [],
  join_url: "",
  passcode: "",
  topic: "",
  start_time: "",
  duration_minutes: 0,
  settings: {},
});
