import type { FollowUp, FollowUpActivities, Reminder, Revision } from "../../domain/followUp.ts";
import type { FollowUpMade } from "../../domain/plan.ts";
import { durationText } from "../../domain/duration.ts";
import { ZoomError, unlessGone } from "../../zoom/errors.ts";
import { deleteMeeting, getMeeting } from "../../zoom/meetings.ts";
import type { ActionContext } from "../action.ts";
import { scheduleFollowUp as action } from "../actions/scheduleFollowUp.ts";
import { whileBeating } from "../heartbeat.ts";
import type { PerformDeps } from "../perform.ts";
import { contextFor, placed } from "../perform.ts";
import { stepFailure } from "../stepFailure.ts";
import { movedInZoomEvent, withdrawnEvent } from "./events.ts";
import type { FollowUpInput } from "./input.ts";
import { followUpInput } from "./input.ts";
import { moveFollowUp } from "./move.ts";
import { latestOf, madeOf, scheduleFollowUp } from "./schedule.ts";
import { subjectOf } from "./subject.ts";
import { isSameMinute } from "../../zoom/time.ts";
import { zoomOf } from "../zoomAccounts.ts";

/** A follow-up with what it is worked on by. */
type Work = { context: ActionContext; followUp: FollowUp; given: FollowUpInput };

/** What the workflow of a follow-up asks for. */
export const createFollowUpActivities = (deps: PerformDeps): FollowUpActivities => {
  const on = async <T>(meetingId: string, gone: T, work: (on: Work) => Promise<T>): Promise<T> => {
    try {
      const followUp = await deps.store.followUps.get(meetingId);
      if (!followUp || followUp.state === "gone") return gone;
      const context = contextFor(deps, followUp.request);
      const given = followUpInput.parse(followUp.request.input);
      return await whileBeating(() => work({ context, followUp, given }));
    } catch (error) {
      throw stepFailure(error, action);
    }
  };
  return {
    reviseFollowUp: ({ meetingId, resolvedAt }) =>
      on<Revision>(meetingId, { outcome: "gone" }, (work) => revise(work, resolvedAt)),
    remindFollowUp: ({ meetingId, startsAtMs, isStart = false }) =>
      on<Reminder>(meetingId, { outcome: "gone" }, (work) => remind(work, startsAtMs, isStart)),
  };
};

const revise = async (work: Work, resolvedAt: string | null): Promise<Revision> => {
  const { context, followUp, given } = work;
  if (followUp.state === "withdrawn") {
    if (resolvedAt === null) return { outcome: "withdrawn" };
    return { outcome: "anew", made: await successorOf(work, resolvedAt) };
  }
  // What was begun is ended first, also when the incident was resolved again meanwhile.
  if (followUp.state === "withdrawing") return withdraw(work);
  if (followUp.resolved_at === resolvedAt) return { outcome: "kept", made: madeOf(followUp, given) };
  if (resolvedAt === null) return withdraw(work);
  const subject = await subjectOf(context, given, resolvedAt);
  const moved = await moveFollowUp(context, followUp, given, subject);
  return moved ? { outcome: "moved", made: madeOf(moved.followUp, given) } : { outcome: "gone" };
};

/** A runbook that starts with each resolution may have scheduled another one already. */
const successorOf = async ({ context, followUp, given }: Work, resolvedAt: string): Promise<FollowUpMade> => {
  const latest = await latestOf(context);
  if (latest && latest.n > followUp.n) return madeOf(latest, followUpInput.parse(latest.request.input));
  const { followUp: made } = await scheduleFollowUp(context, given, resolvedAt);
  return madeOf(made, given);
};

/** Gone already: an earlier try may have deleted it. A call that people are in is left to them. */
const withdraw = async ({ context, followUp, given }: Work): Promise<Revision> => {
  const { store, nowMs } = context;
  const zoom = zoomOf(context, followUp.meeting_id);
  const meeting = await unlessGone(getMeeting(zoom.client, followUp.meeting_id));
  if (meeting?.status === "started") {
    await store.followUps.save({ ...followUp, state: "ahead" });
    return { outcome: "live" };
  }
  // Said before it is done, so that nobody takes Zoom's news of the deletion for somebody else's deed.
  await store.followUps.save({ ...followUp, state: "withdrawing" });
  if (meeting) await unlessGone(deleteMeeting(zoom.client, followUp.meeting_id));
  const withdrawn: FollowUp = {
    ...followUp,
    state: "withdrawn",
    calendar_sequence: followUp.calendar_sequence + 1,
    changed_at: new Date(nowMs).toISOString(),
  };
  await store.followUps.save(withdrawn, placed(context, [withdrawnEvent(followUp, given)]));
  return { outcome: "withdrawn" };
};

/** A reminder matters more than the look at Zoom before it, so it comes even when Zoom does not answer. */
const lookAt = async ({ context, followUp }: Work) => {
  try {
    const { client } = zoomOf(context, followUp.meeting_id);
    return { meeting: await unlessGone(getMeeting(client, followUp.meeting_id)) };
  } catch (error) {
    if (error instanceof ZoomError) return undefined;
    throw error;
  }
};

const remind = async (work: Work, startsAtMs: number, isStart: boolean): Promise<Reminder> => {
  const { context, followUp, given } = work;
  const { store, nowMs } = context;
  if (followUp.state !== "ahead") return { outcome: "gone" };
  const look = await lookAt(work);
  const changed_at = new Date(nowMs).toISOString();
  if (look && !look.meeting) {
    await store.followUps.save({ ...followUp, state: "gone", changed_at });
    return { outcome: "gone" };
  }
  const start = look?.meeting?.startTime;
  if (look?.meeting && start && !isSameMinute(start, new Date(startsAtMs).toISOString())) {
    const calendar_sequence = followUp.calendar_sequence + 1;
    const moved: FollowUp = { ...followUp, start_time: start, calendar_sequence, changed_at };
    const event = movedInZoomEvent(context, moved, look.meeting, given);
    await store.followUps.save(moved, placed(context, [event]));
    return { outcome: "moved", startsAtMs: Date.parse(start) };
  }
  if (isStart) return { outcome: "reminded" };
  await store.timeline.append(followUp.incident_id, placed(context, [await reminder(work, startsAtMs)]));
  return { outcome: "reminded" };
};

const reminder = async ({ context, followUp, given }: Work, startsAtMs: number) => {
  const { store, nowMs } = context;
  const tracked = await store.meetings.get(followUp.meeting_id);
  const minutes = Math.max(1, Math.round((startsAtMs - nowMs) / 60_000));
  return {
    id: `followup-${followUp.meeting_id}/meeting.reminder/${startsAtMs}/${minutes}`,
    kind: "meeting.reminder" as const,
    title: `Starts in ${durationText(minutes * 60_000)}: ${given.topic}`,
    data: { meeting_id: followUp.meeting_id, start_time: followUp.start_time },
    ...(tracked && { links: [{ title: "Join", url: tracked.meeting.join_url }] }),
  };
};
