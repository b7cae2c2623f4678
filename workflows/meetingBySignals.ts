import { condition, continueAsNew, setHandler, workflowInfo } from "@temporalio/workflow";
import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import { lastEndMs, lifeAfter, newLife } from "../domain/meetingLife.ts";
import { followedAfterEndMs } from "../domain/meetingWatch.ts";
import type { MeetingWorkflowInput } from "../domain/messages.ts";
import { milestonesBetween } from "../domain/milestones.ts";
import type { meeting } from "./meeting.ts";
import { factsOf, tellIncident, zoomSignal } from "./meetingNews.ts";
import { meetingRecords, zoomLooks } from "./proxies.ts";

const minuteMs = 60_000;
const silence = { firstMs: 2 * minuteMs, mostMs: 30 * minuteMs };
const mostIdleLooks = 96;
const historyLimit = 4000;

type Following = { input: MeetingWorkflowInput; life: MeetingLife; inbox: MeetingEvent[]; idleLooks: number };

/**
 * How a meeting was followed before the store kept its life: every event was a signal, and looks were timers. Runs that
 * began so go on so; this file goes when none of them is left.
 */
export async function meetingBySignals(input: MeetingWorkflowInput): Promise<void> {
  const following: Following = { input, life: input.life ?? newLife(), inbox: [], idleLooks: 0 };
  setHandler(zoomSignal, (event) => void following.inbox.push(event));
  while (!isOver(following)) {
    await hearOrLook(following);
    await takeIn(following, following.inbox.splice(0));
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if ((continueAsNewSuggested || historyLength > historyLimit) && following.inbox.length === 0) {
      await continueAsNew<typeof meeting>({ ...input, life: following.life });
    }
  }
  await tellIncident(input, following.life, 0, true);
}

const isOver = ({ life, idleLooks }: Following): boolean => {
  if (life.state === "deleted") return true;
  if (life.state === "ended") return Date.now() - (lastEndMs(life) ?? 0) >= followedAfterEndMs;
  return life.state === "waiting" && idleLooks >= mostIdleLooks;
};

const silenceMs = ({ input, life, idleLooks }: Following): number => {
  if (life.state === "ended" && life.recordingReady) return followedAfterEndMs;
  const untilStartMs = life.state === "waiting" ? (input.startsAtMs ?? 0) - Date.now() : 0;
  return Math.max(untilStartMs, Math.min(silence.mostMs, silence.firstMs * 2 ** Math.min(idleLooks, 10)));
};

const hearOrLook = async (following: Following): Promise<void> => {
  const { inbox, input, life } = following;
  if (await condition(() => inbox.length > 0, silenceMs(following))) {
    following.idleLooks = 0;
    return;
  }
  following.idleLooks += 1;
  try {
    inbox.push(...(await zoomLooks.observeMeeting({ meetingId: input.meetingId, life })));
  } catch {
    // Zoom cannot be asked right now; the next look comes, and a webhook may come before it.
  }
};

const takeIn = async (following: Following, events: MeetingEvent[]): Promise<void> => {
  const { input, life: before } = following;
  const { incidentId, meetingId, expected = [] } = input;
  const after = events.reduce((life, event) => lifeAfter(life, event, expected), before);
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  following.life = after;
  const atMs = Math.max(...events.map((event) => event.atMs));
  const milestones = milestonesBetween(before, after, { ...input, expected }, atMs);
  await meetingRecords.recordMeeting({ incidentId, meetingId, life: after, events: milestones });
  const isNews = JSON.stringify(factsOf(after)) !== JSON.stringify(factsOf(before));
  if (isNews) await tellIncident(input, after, 0, after.state === "deleted");
};
