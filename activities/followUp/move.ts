import type { FollowUp } from "../../domain/followUp.ts";
import { unlessGone, ZoomError } from "../../zoom/errors.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import { isSameMinute, zoomTime } from "../../zoom/time.ts";
import type { ActionContext } from "../action.ts";
import { placed } from "../perform.ts";
import { zoomOf } from "../zoomAccounts.ts";
import { movedEvent, scheduledEvent } from "./events.ts";
import type { FollowUpInput } from "./input.ts";
import { remindBeforeMs } from "./input.ts";
import { plannedStart } from "./plan.ts";
import type { Scheduled } from "./schedule.ts";
import type { Subject } from "./subject.ts";
import { agendaOf } from "./subject.ts";

export const inviteesOf = ({ settings }: Meeting): string[] =>
  (settings.meeting_invitees ?? []).map(({ email }) => email.toLowerCase());

/** What has changed since it was scheduled: who was on the calls, and what the incident says of itself. */
export const requestFor = async (
  { store }: ActionContext,
  meeting: Meeting,
  given: FollowUpInput,
  subject: Subject,
) => {
  const tracked = await store.meetings.get(meeting.id);
  const emails = [...new Set([...inviteesOf(meeting), ...subject.invited.emails])];
  return {
    topic: given.topic,
    duration: given.duration_minutes,
    ...(tracked && { agenda: agendaOf(tracked.meeting.marker, given, subject) }),
    settings: { meeting_invitees: emails.map((email) => ({ email })) },
  };
};

/** Zoom answers nothing to an update, and passes over a start it does not like: so it is read back. */
const moveInZoom = async (
  context: ActionContext,
  meeting: Meeting,
  given: FollowUpInput,
  subject: Subject,
  startMs: number,
): Promise<Meeting> => {
  const { client } = zoomOf(context, meeting.id);
  await updateMeeting(client, meeting.id, {
    ...(await requestFor(context, meeting, given, subject)),
    start_time: zoomTime(startMs),
    timezone: "UTC",
  });
  const after = await getMeeting(client, meeting.id);
  if (!isSameMinute(after.startTime, zoomTime(startMs))) throw notMoved(after, startMs);
  return after;
};

const notMoved = ({ id, startTime }: Meeting, startMs: number): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Zoom took the request, but meeting ${id} still starts at ${startTime}, not at ${zoomTime(startMs)}.`,
    retryAfterMs: 5000,
    method: "PATCH",
    path: `/meetings/${id}`,
  });

/**
 * Brings a follow-up that is ahead in line with a resolution and a step's input. A repetition for what it is in line
 * with changes nothing. Undefined when somebody has deleted it in Zoom.
 */
export const moveFollowUp = async (
  context: ActionContext,
  before: FollowUp,
  given: FollowUpInput,
  subject: Subject,
): Promise<Scheduled | undefined> => {
  const { store, request, nowMs } = context;
  const zoom = zoomOf(context, before.meeting_id);
  const changed_at = new Date(nowMs).toISOString();
  const found = await unlessGone(getMeeting(zoom.client, before.meeting_id));
  if (!found) {
    await store.followUps.save({ ...before, state: "gone", changed_at });
    return undefined;
  }
  const resolved_at = subject.incident.resolved_at;
  const isRepeated = before.resolved_at === resolved_at && before.request.executionId === request.executionId;
  const { startMs, reason } = plannedStart(given, resolved_at, nowMs);
  if (isRepeated) {
    const events = [scheduledEvent(context, before, found, given, { reason, subject })];
    return { followUp: before, meeting: found, reason, events };
  }
  const start_time = new Date(startMs).toISOString();
  const isMoved = !isSameMinute(before.start_time, start_time);
  const meeting = isMoved ? await moveInZoom(context, found, given, subject, startMs) : found;
  const { notes = [], ...kept } = request;
  const followUp: FollowUp = {
    ...before,
    ...(isMoved && { start_time, calendar_sequence: before.calendar_sequence + 1, changed_at }),
    resolved_at,
    ...(isMoved && { invited: subject.invited.emails }),
    duration_minutes: given.duration_minutes,
    remind_before_ms: remindBeforeMs(given),
    request: kept,
  };
  const why = { reason, subject, before: before.start_time };
  const events = isMoved ? [movedEvent(context, followUp, meeting, given, why)] : [];
  await store.followUps.save(followUp, [...notes, ...placed(context, events)]);
  return { followUp, meeting, reason, events };
};
