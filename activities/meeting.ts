import { ApplicationFailure, Context } from "@temporalio/activity";
import { ApplicationFailureCategory } from "@temporalio/common";
import { durationText } from "../domain/duration.ts";
import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import {
  headCountOf,
  isBehind,
  isSettled,
  lifeAfter,
  newLife,
  sessionOf,
  withNewRecordings,
  withoutRecordings,
  withTold,
} from "../domain/meetingLife.ts";
import { isOver, pauseMs, trustMs, untilDateMs } from "../domain/meetingWatch.ts";
import type { MeetingActivities, MeetingNow } from "../domain/messages.ts";
import { lifeChange, milestonesBetween, scopeOf } from "../domain/milestones.ts";
import { presenceOf } from "../domain/movements.ts";
import { recordingEvents } from "../domain/recordingEvents.ts";
import type { SessionRecording } from "../domain/recordings.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { MeetingRow } from "../store/index.ts";
import { ZoomError } from "../zoom/errors.ts";
import { attendanceEvent, takeAttendance } from "./attendance.ts";
import { endForGood } from "./endCall.ts";
import { failingAsSteps } from "./failingAsSteps.ts";
import { inviteWhoAttended } from "./followUp/invite.ts";
import { callMissing, tellMissing } from "./missing.ts";
import { observe } from "./observe.ts";
import { absenteesOf } from "./pastCalls.ts";
import type { PerformDeps } from "./perform.ts";
import { lookWhoIsThere } from "./presence.ts";
import { plannedDateMs } from "./plannedDates.ts";
import { lookForRecordings } from "./recordings.ts";
import { removeTwin } from "./twin.ts";
import { tellUnused } from "./unused.ts";
import { accountOfMeeting } from "./zoomAccounts.ts";

/** Activities of the workflow that follows a meeting. What they find is written where the webhooks write theirs. */
export const createMeetingActivities = (deps: PerformDeps): MeetingActivities => ({
  meetingNow: ({ meetingId, looks }) => meetingNow(deps, meetingId, looks),
  tellMissing: async ({ meetingId, uuid }) => tellMissing(deps, await rowLooked(deps, meetingId), uuid),
  callMissing: ({ meetingId, uuid }) =>
    failingAsSteps(deps, meetingId, async () => callMissing(deps, await rowLooked(deps, meetingId), uuid)),
  watchMeeting: (request) =>
    failingAsSteps(deps, request.meetingId, () => watchWhileReachable(deps, request)),
  tellAttendance: ({ meetingId, uuid }) =>
    failingAsSteps(deps, meetingId, async () => {
      await tellAttendance(deps, meetingId, uuid);
      const { meeting } = await rowOf(deps, meetingId);
      if (meeting.purpose !== "follow_up") await inviteWhoAttended(deps, meeting.incident_id);
    }),
  tellRecordings: ({ meetingId }) =>
    failingAsSteps(deps, meetingId, () => tellNewRecordings(deps, meetingId)),
  endCall: ({ meetingId, why }) =>
    failingAsSteps(deps, meetingId, async () => endForGood(deps, await rowOf(deps, meetingId), why)),

  recordMeeting: async ({ meetingId, life, events }) => {
    await deps.store.meetings.changeLife(meetingId, () => ({ life, events }));
  },
  observeMeeting: async ({ meetingId, life }) => {
    const { meeting } = await rowOf(deps, meetingId);
    return observe(accountOfMeeting(deps, meeting).client, meeting, life, deps.nowMs());
  },
});

const rowOf = async ({ store }: PerformDeps, meetingId: string): Promise<MeetingRow> => {
  const row = await store.meetings.get(meetingId);
  if (row) return row;
  const message = `Meeting ${meetingId} is not in the store: nobody knows which incident it is of.`;
  throw ApplicationFailure.create({ type: "not_found", message, nonRetryable: true });
};

/** What hangs on who is there asks Zoom, if webhooks do not tell. */
const rowLooked = async (deps: PerformDeps, meetingId: string): Promise<MeetingRow> => {
  const row = await rowOf(deps, meetingId);
  return { ...row, life: await lookWhoIsThere(inAccountOf(deps, row), row) };
};

const meetingNow = async (deps: PerformDeps, meetingId: string, looks = false): Promise<MeetingNow> => {
  const { meeting, life: known, isResolved } = await (looks ? rowLooked : rowOf)(deps, meetingId);
  const life = known ?? newLife();
  const movements = await deps.store.meetings.movementsNow(meetingId, life);
  return {
    life,
    headCount: headCountOf(life, presenceOf(movements).present.length),
    follow: meeting.follow ?? {},
    isResolved,
  };
};

/** The failure that makes Temporal try again after a while; benign, since nothing is wrong. */
const lookLater = (pause: number, why: string): ApplicationFailure =>
  ApplicationFailure.create({
    type: "not_ready",
    message: `${why}; looking again in ${durationText(pause)}.`,
    nextRetryDelay: pause,
    category: ApplicationFailureCategory.BENIGN,
  });

type Watch = Parameters<MeetingActivities["watchMeeting"]>[0];
type Seen = Awaited<ReturnType<MeetingActivities["watchMeeting"]>>;

/** What makes a look needless; undefined when one is due. Fails while webhooks tell by themselves. */
const needNoLook = async (
  { store, nowMs }: PerformDeps,
  life: MeetingLife,
  { meetingId }: Watch,
  pause: number,
): Promise<Seen | undefined> => {
  const heardAtMs = await store.meetings.heardAtMs(meetingId);
  if (heardAtMs === null) return undefined;
  if (isSettled(life)) return { isSettled: true };
  if (nowMs() - heardAtMs < trustMs && !isBehind(life))
    throw lookLater(Math.max(pause, trustMs), "Zoom tells by itself");
  return undefined;
};

/** When its account is connected no more, nobody can look: then it is followed for no longer than it would be anyway. */
const watchWhileReachable = async (deps: PerformDeps, watch: Watch): Promise<Seen> => {
  try {
    return await watchMeeting(deps, watch);
  } catch (error) {
    if (!(error instanceof ZoomError) || error.code !== "not_configured") throw error;
    const { life } = await rowOf(deps, watch.meetingId);
    if (watch.isLast || isOverBy(life ?? newLife(), watch, deps.nowMs())) return { isOver: true };
    throw error;
  }
};

const isOverBy = (life: MeetingLife, { unusedAtMs }: Watch, nowMs: number): boolean =>
  life.state === "waiting" ? nowMs >= unusedAtMs : isOver(life, nowMs);

const watchMeeting = async (deps: PerformDeps, watch: Watch): Promise<Seen> => {
  const { meetingId, unusedAtMs, isLast = false } = watch;
  const row = await rowOf(deps, meetingId);
  await removeTwin(deps, row);
  const life = row.life ?? newLife();
  const pause = pauseMs(life, Context.current().info.attempt - 1);
  const isDone = isOverBy(life, watch, deps.nowMs());
  const needless = isLast || isDone ? undefined : await needNoLook(deps, life, watch, pause);
  if (needless) return needless;

  const isNew = await looked(deps, row, life);
  const { isNew: isTold } = await tellRecordings(deps, meetingId, withoutRecordings);
  if (isNew || isTold) return {};
  if (isDone) await failUntilItsDate(deps, row, life, pause);
  const dueInMs = life.state === "waiting" ? await tellUnused(deps, row, unusedAtMs) : pause;
  if (isDone) return { isOver: true };
  throw lookLater(Math.min(pause, dueInMs), `Nothing new of the meeting, which is ${life.state}`);
};

const inAccountOf = (deps: PerformDeps, { meeting }: MeetingRow) => ({
  ...deps,
  zoom: accountOfMeeting(deps, meeting),
});

/** Whether a look at Zoom found something new of its life. Who comes and goes in between is no news to act on. */
const looked = async (deps: PerformDeps, row: MeetingRow, life: MeetingLife): Promise<boolean> => {
  const { client } = accountOfMeeting(deps, row.meeting);
  const isNew = await apply(deps, row, await observe(client, row.meeting, life, deps.nowMs()));
  const now = await rowOf(deps, row.meeting.meeting_id);
  return !isSame(now.life, await lookWhoIsThere(inAccountOf(deps, now), now)) || isNew;
};

/** It would be over, were there not another date on which people may come. */
const failUntilItsDate = async (
  deps: PerformDeps,
  { meeting }: MeetingRow,
  life: MeetingLife,
  pause: number,
): Promise<void> => {
  const { nowMs } = deps;
  const dateMs = await plannedDateMs(accountOfMeeting(deps, meeting).client, meeting, life, nowMs());
  if (dateMs !== undefined) throw lookLater(untilDateMs(dateMs, nowMs(), pause), "It has a date ahead");
};

const apply = async (deps: PerformDeps, row: MeetingRow, events: MeetingEvent[]): Promise<boolean> => {
  if (events.length === 0) return false;
  const { before, life } = await deps.store.meetings.changeLife(row.meeting.meeting_id, (known) =>
    lifeChange(known, events, scopeOf(row), deps.nowMs()),
  );
  return !isSame(before, life);
};

const isSame = (before: MeetingLife | null, after: MeetingLife | null): boolean =>
  JSON.stringify(before) === JSON.stringify(after);

/** Zoom's list is the truth of who came: milestones that lost webhooks would have told are told with it. */
const tellAttendance = async (deps: PerformDeps, meetingId: string, uuid: string): Promise<void> => {
  const { store, nowMs } = deps;
  const row = await rowOf(deps, meetingId);
  const zoom = accountOfMeeting(deps, row.meeting);
  const session = row.life && sessionOf(row.life, uuid);
  if (session?.endedAtMs === undefined || session.told?.attendance) return;
  const { expected } = row;
  const attendance = await takeAttendance({
    zoom: zoom.client,
    store,
    meetingId,
    kind: row.meeting.kind,
    sessions: [session],
    expected,
    nowMs: nowMs(),
  });
  await store.meetings.saveAttendance(meetingId, uuid, attendance);
  const isWebinar = row.meeting.kind === "webinar";
  const absentees = isWebinar ? await absenteesOf(zoom.client, meetingId, uuid) : null;
  const joins = attendance.attendees.map(({ name, email, first_join }): MeetingEvent => ({
    type: "joined",
    uuid,
    atMs: Date.parse(first_join),
    person: { key: email ?? name, name, ...(email !== null && { email }) },
  }));
  await store.meetings.changeLife(meetingId, (before) => {
    const seen = joins.reduce((life, joined) => lifeAfter(life, joined, expected), before);
    const milestones = milestonesBetween(before, seen, scopeOf(row), nowMs());
    const event = attendanceEvent(meetingId, uuid, attendance, { expected, absentees, atMs: nowMs() });
    return { life: withTold(seen, uuid, { attendance: true }), events: [...milestones, event] };
  });
};

/** Zoom said that files are ready, though its list may lag behind its webhook. */
const tellNewRecordings = async (deps: PerformDeps, meetingId: string): Promise<void> => {
  const { isComplete } = await tellRecordings(deps, meetingId, withNewRecordings);
  if (isComplete) return;
  throw new ZoomError({
    code: "not_ready",
    message: `Zoom said that recordings of meeting ${meetingId} are ready, but does not list them yet.`,
    method: "GET",
    path: `/meetings/${meetingId}/recordings`,
  });
};

const tellRecordings = async (
  deps: PerformDeps,
  meetingId: string,
  which: (life: MeetingLife) => MeetingLife["sessions"],
): Promise<{ isNew: boolean; isComplete: boolean }> => {
  const { store, nowMs } = deps;
  const { life, meeting } = await rowOf(deps, meetingId);
  const zoom = accountOfMeeting(deps, meeting);
  const sessions = which(life ?? newLife());
  if (sessions.length === 0) return { isNew: false, isComplete: true };
  const found = await lookForRecordings(zoom.client, meetingId, sessions, nowMs());
  const drafts = found.flatMap((each) => recordingEvents(meetingId, each));
  const events = drafts.map((draft): TimelineEvent => ({
    ...draft,
    at: new Date(nowMs()).toISOString(),
    source: { type: "meeting", meeting_id: meetingId },
  }));
  const { before, life: after } = await store.meetings.changeLife(meetingId, (known) => ({
    life: found.reduce((sofar, each) => withFound(sofar, each, nowMs()), known),
    events,
  }));
  return {
    isNew: !isSame(before, after),
    isComplete: found.every(({ state }) => state !== "awaited" && state !== "processing"),
  };
};

/** What a look found counts as heard of, too: a run may wait for it. */
const withFound = (
  life: MeetingLife,
  { uuid, state, isSettled: settled }: SessionRecording,
  atMs: number,
) => {
  if (state === "awaited" || state === "processing") return life;
  const isUnheard = state === "ready" && (sessionOf(life, uuid)?.recordings ?? []).length === 0;
  const heard = isUnheard ? lifeAfter(life, { type: "recording_completed", uuid, atMs }, []) : life;
  const recordings = sessionOf(heard, uuid)?.recordings?.length ?? 0;
  return withTold(heard, uuid, { recordings, ...(settled && { settled: true }) });
};
