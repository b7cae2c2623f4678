import { randomBytes } from "node:crypto";
import { calendarUid } from "../../domain/calendar.ts";
import type { FollowUp } from "../../domain/followUp.ts";
import { isWithdrawn } from "../../domain/followUp.ts";
import type { FollowUpMade } from "../../domain/plan.ts";
import type { Meeting, MeetingRequest } from "../../zoom/meetings.ts";
import { zoomTime } from "../../zoom/time.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { createOn, outcomesOf } from "../makeMeeting.ts";
import { makeOnce, markerOf, meetings, whereBegun } from "../makeOnce.ts";
import { hostsFor, zoomSettings } from "../meetingInput.ts";
import { differences } from "../meetingOutcome.ts";
import { withPasscode } from "../passcode.ts";
import { placed } from "../perform.ts";
import { scheduledEvent } from "./events.ts";
import type { FollowUpInput } from "./input.ts";
import { remindBeforeMs } from "./input.ts";
import { moveFollowUp } from "./move.ts";
import type { Subject } from "./subject.ts";
import { agendaOf, subjectOf } from "./subject.ts";
import { plannedStart } from "./plan.ts";

export type Scheduled = {
  followUp: FollowUp;
  meeting: Meeting;
  /** Why it is not at the time wished for. */
  reason: string | null;
  events: EventDraft[];
};

/** The step's follow-up that is still to come; an incident has no second one of it. */
const isAhead = ({ state, start_time, duration_minutes }: FollowUp, nowMs: number): boolean =>
  state === "ahead" && Date.parse(start_time) + duration_minutes * 60_000 > nowMs;

/** The latest follow-up of the request's step. */
export const latestOf = async ({ store, request }: ActionContext): Promise<FollowUp | undefined> => {
  const ofIncident = await store.followUps.latest(request.incidentId);
  return ofIncident.find(({ runbook, step }) => runbook === request.runbook && step === request.step);
};

/**
 * Schedules the step's follow-up for a resolution. One that is ahead already, from an earlier run of the runbook or an
 * earlier try, is brought in line instead.
 */
export const scheduleFollowUp = async (
  context: ActionContext,
  given: FollowUpInput,
  resolvedAt: string | null,
): Promise<Scheduled> => {
  const { store, request, nowMs } = context;
  const ofIncident = await store.followUps.latest(request.incidentId);
  const latest = ofIncident.find(({ runbook, step }) => runbook === request.runbook && step === request.step);
  const subject = await subjectOf(context, given, resolvedAt);
  const moved =
    latest && isAhead(latest, nowMs) ? await moveFollowUp(context, latest, given, subject) : undefined;
  return moved ?? makeFollowUp(context, given, subject, latest);
};

export const madeOf = (followUp: FollowUp, { topic }: FollowUpInput): FollowUpMade => ({
  meetingId: followUp.meeting_id,
  topic,
  startsAtMs: Date.parse(followUp.start_time),
  resolvedAt: followUp.resolved_at,
  remindBeforeMs: followUp.remind_before_ms,
});

/** A scheduled meeting (type 2): an instant one could not be found again by its marker. */
const zoomRequest = (given: FollowUpInput, { invited }: Subject, startMs: number): MeetingRequest => ({
  type: 2,
  topic: given.topic,
  start_time: zoomTime(startMs),
  timezone: "UTC",
  duration: given.duration_minutes,
  ...(given.passcode !== undefined && { password: given.passcode }),
  settings: {
    ...zoomSettings(given.settings),
    jbh_time: 0,
    alternative_hosts: given.alternative_hosts.flatMap(({ email }) => email ?? []),
    alternative_hosts_email_notification: false,
    meeting_invitees: invited.emails.map((email) => ({ email })),
  },
});

/** What calendars show of it: a meeting that replaces a withdrawn one takes over its entry and its link. */
const calendarOf = (meetingId: string, before: FollowUp | undefined) =>
  before && isWithdrawn(before)
    ? {
        calendar_uid: before.calendar_uid,
        calendar_token: before.calendar_token,
        calendar_sequence: before.calendar_sequence + 1,
      }
    : {
        calendar_uid: calendarUid(meetingId),
        calendar_token: randomBytes(24).toString("base64url"),
        calendar_sequence: 0,
      };

type InZoom = { key: string; wanted: MeetingRequest; subject: Subject };

const makeInZoom = async (
  context: ActionContext,
  given: FollowUpInput,
  { key, wanted, subject }: InZoom,
): Promise<Meeting> => {
  const { store, zoom, request, nowMs } = context;
  const {
    meeting: made,
    host,
    lost,
  } = await makeOnce({
    store,
    zoom,
    key,
    action: "zoom.schedule_follow_up",
    hosts: await hostsFor(context, given),
    create: (user, marker) =>
      createOn(context, user, { ...wanted, agenda: agendaOf(marker, given, subject) }, given),
  });
  const meeting = await withPasscode(meetings, context.zoom.client, made);
  await store.meetings.save({
    meeting_id: meeting.id,
    incident_id: request.incidentId,
    execution_id: request.executionId,
    step: request.step,
    purpose: "follow_up",
    topic: meeting.topic || given.topic,
    join_url: meeting.joinUrl,
    passcode: meeting.passcode,
    host: meeting.hostEmail || host,
    marker: markerOf(key),
    ...lost,
    created_at: new Date(nowMs).toISOString(),
    made_in: await zoom.madeIn(),
  });
  return meeting;
};

/** The number tells meetings of one step apart: each is made once, whoever asks for it how often. */
const makeFollowUp = async (
  asked: ActionContext,
  given: FollowUpInput,
  subject: Subject,
  before: FollowUp | undefined,
): Promise<Scheduled> => {
  const { store, request, nowMs } = asked;
  const { notes = [], ...kept } = request;
  const { incidentId, runbook, step } = request;
  const n = (before?.n ?? 0) + 1;
  const key = `followup/${incidentId}/${runbook}/${step}/${n}`;
  const context = await whereBegun(asked, key);
  const { startMs, reason } = plannedStart(given, subject.incident.resolved_at, nowMs);
  const wanted = zoomRequest(given, subject, startMs);
  const meeting = await makeInZoom(context, given, { key, wanted, subject });
  const { alternative_hosts } = given;
  const people = await outcomesOf(context, { alternative_hosts, invitees: [] }, meeting);
  const followUp: FollowUp = {
    meeting_id: meeting.id,
    incident_id: incidentId,
    runbook,
    step,
    n,
    state: "ahead",
    resolved_at: subject.incident.resolved_at,
    start_time: meeting.startTime || new Date(startMs).toISOString(),
    duration_minutes: given.duration_minutes,
    remind_before_ms: remindBeforeMs(given),
    invited: subject.invited.emails,
    ...calendarOf(meeting.id, before),
    changed_at: new Date(nowMs).toISOString(),
    request: kept,
  };
  const events = [
    scheduledEvent(context, followUp, meeting, given, { reason, subject, people }),
    ...differences(wanted, meeting).map((draft) => ({
      ...draft,
      id: `followup-${meeting.id}/${draft.kind}`,
    })),
  ];
  await store.followUps.save(followUp, [...notes, ...placed(context, events)]);
  return { followUp, meeting, reason, events };
};
