import {
  condition,
  defineQuery,
  defineSignal,
  patched,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { MeetingLife, MeetingSession } from "../domain/meetingLife.ts";
import {
  isSettled,
  lastEndMs,
  withNewRecordings,
  withoutAttendance,
  openSessions,
} from "../domain/meetingLife.ts";
import { firstLookMs, followedAfterEndMs, followedUnusedMs } from "../domain/meetingWatch.ts";
import type { IncidentSignal, MeetingNow, MeetingWorkflowInput } from "../domain/messages.ts";
import { meetingQueries, meetingSignals } from "../domain/messages.ts";
import type { MeetingFollow } from "../domain/plan.ts";
import { endAfterResolve } from "./endAfterResolve.ts";
import type { Following } from "./following.ts";
import { beside, newFollowing, sleepUntil } from "./following.ts";
import { meetingBySignals } from "./meetingBySignals.ts";
import { factsOf, tellIncident, zoomSignal } from "./meetingNews.ts";
import { meetingSummary } from "./meetingSummary.ts";
import { meetingCalls, meetingRecords, meetingWork } from "./proxies.ts";

const lifeQuery = defineQuery<MeetingLife | null>(meetingQueries.life);
const incidentSignal = defineSignal<[IncidentSignal]>(meetingSignals.incident);

/**
 * Follows one meeting to its end and beyond: what its webhooks wrote into the store, and what a look at Zoom adds while
 * they are silent. Says who is missing, who was there and where the recordings are.
 */
export async function meeting(input: MeetingWorkflowInput): Promise<void> {
  if (input.expected) return meetingBySignals(input);
  const following = newFollowing(input);
  setHandler(zoomSignal, () => void (following.hasNews = true));
  setHandler(lifeQuery, () => following.now?.life ?? null);
  setHandler(incidentSignal, ({ isResolved }) => {
    noteIncident(following, isResolved);
    following.hasNews = true;
  });
  beside(following, "watch", () => watch(following));

  while (await hearNews(following)) {
    const now = await meetingRecords.meetingNow({ meetingId: input.meetingId });
    following.now = now;
    noteIncident(following, now.isResolved ?? following.isResolved);
    setCurrentDetails(meetingSummary(input, now));
    await tellWhatIsNew(following, now);
    beginWhatIsDue(following, now);
    if (isGone(now.life)) break;
  }
  await tellIncident(input, following.now?.life, 0, true);
}

/** Deleted, with nothing left to tell of the calls before. */
const isGone = (life: MeetingLife): boolean =>
  life.state === "deleted" && (isSettled(life) || !patched("tells-of-what-was-deleted"));

const noteIncident = (following: Following, isResolved: boolean): void => {
  following.isResolved = isResolved;
  if (!isResolved) following.ending?.cancel();
};

/** Waits for news; false when it is over. What went wrong beside it ends the workflow here. */
const hearNews = async (following: Following): Promise<boolean> => {
  await condition(() => following.hasNews || following.isOver || following.failure !== undefined);
  if (following.failure !== undefined) throw following.failure;
  const { hasNews } = following;
  following.hasNews = false;
  return hasNews;
};

const tellWhatIsNew = async (following: Following, { life, headCount }: MeetingNow): Promise<void> => {
  const facts = JSON.stringify(factsOf(life));
  if (facts === following.told) return;
  following.told = facts;
  await tellIncident(following.input, life, headCount, false);
};

const beginWhatIsDue = (following: Following, now: MeetingNow): void => {
  const { meetingId } = following.input;
  const { life, follow } = now;
  for (const { uuid } of withoutAttendance(life)) {
    beside(following, `attendance of ${uuid}`, () => meetingWork.tellAttendance({ meetingId, uuid }));
  }
  if (withNewRecordings(life).length > 0) {
    beside(following, "recordings", () => meetingWork.tellRecordings({ meetingId }));
  }
  for (const session of openSessions(life)) beginDuringCall(following, session, follow);
};

const beginDuringCall = (
  following: Following,
  { uuid, startedAtMs, told }: MeetingSession,
  { missingAfterMs, callMissing, endOnResolve }: MeetingFollow,
): void => {
  const { meetingId } = following.input;
  if (missingAfterMs !== undefined && !told?.missing) {
    beside(following, `missing of ${uuid}`, async () => {
      await sleepUntil(startedAtMs + missingAfterMs, "Until it is told who is missing");
      await meetingRecords.tellMissing({ meetingId, uuid });
    });
  }
  if (callMissing && told?.missing && !told.called && !following.isResolved) {
    beside(following, `calls of ${uuid}`, () => meetingCalls.callMissing({ meetingId, uuid }));
  }
  if (endOnResolve && following.isResolved && !following.ended.has(uuid)) {
    beside(following, "ending", () => endAfterResolve(following, uuid, endOnResolve));
  }
};

/** One whose start was delayed until its first look need not wait for that. */
const firstLookDue = async (
  { startsAtMs, firstLookAfterMs }: MeetingWorkflowInput,
  beganMs: number,
): Promise<void> => {
  const dueAtMs = beganMs + (firstLookAfterMs ?? firstLookMs(startsAtMs, beganMs));
  const isDue = firstLookAfterMs !== undefined && Date.now() >= dueAtMs;
  if (!isDue || !patched("starts-with-its-first-look"))
    await sleepUntil(dueAtMs, "Until Zoom is asked, should webhooks be silent");
};

/**
 * Looks at Zoom while webhooks are silent, through an activity that is tried again until there is something new. Once
 * all is told only people who come back are of interest, for a day; then it looks once more.
 */
const watch = async (following: Following): Promise<void> => {
  const { meetingId, startsAtMs } = following.input;
  const beganMs = workflowInfo().startTime.getTime();
  const unusedAtMs = Math.max(beganMs, startsAtMs ?? 0) + followedUnusedMs;
  await firstLookDue(following.input, beganMs);
  for (;;) {
    const seen = await meetingWork.watchMeeting({ meetingId, unusedAtMs });
    following.hasNews = true;
    if (seen.isOver) break;
    if (!seen.isSettled) continue;
    const { life } = await meetingRecords.meetingNow({ meetingId });
    const restMs = (lastEndMs(life) ?? 0) + followedAfterEndMs - Date.now();
    const isBack = () => following.now !== undefined && !isSettled(following.now.life);
    if (await condition(isBack, Math.max(1, restMs), { summary: "Until nobody is expected back" })) continue;
    if (!patched("looks-once-more")) break;
    // Who came back meanwhile without a webhook that told it?
    const last = await meetingWork.watchMeeting({ meetingId, unusedAtMs, isLast: true });
    following.hasNews = true;
    if (last.isOver) break;
  }
  following.isOver = true;
};
