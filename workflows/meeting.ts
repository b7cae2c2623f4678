import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { durationText } from "../domain/duration.ts";
import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import { endedSessions, headCount, lifeAfter, newLife } from "../domain/meetingLife.ts";
import type { IncidentNews, MeetingWorkflowInput } from "../domain/messages.ts";
import { incidentSignals, incidentWorkflowId, meetingQueries, meetingSignals } from "../domain/messages.ts";
import { milestonesBetween } from "../domain/milestones.ts";
import type { MeetingFacts } from "../domain/plan.ts";
import { records, zoomLooks } from "./proxies.ts";
import { tell } from "./report.ts";

const zoomSignal = defineSignal<[MeetingEvent]>(meetingSignals.zoom);
const lifeQuery = defineQuery<MeetingLife>(meetingQueries.life);

const minuteMs = 60_000;

/** How long webhooks may be silent before we look ourselves; doubles with each look that finds nothing new. */
const silence = { firstMs: 2 * minuteMs, mostMs: 30 * minuteMs };

/** Looks in a row without news after which a meeting that nobody joins is given up: about two days. */
const mostIdleLooks = 96;

/** How long a meeting that ended is followed for its recording, and for people who come back. */
const afterEndMs = 24 * 60 * minuteMs;

const historyLimit = 4000;

type Following = { input: MeetingWorkflowInput; life: MeetingLife; inbox: MeetingEvent[]; idleLooks: number };

/** The life of one Zoom meeting, from webhooks, and from looking when they stay silent. */
export async function meeting(input: MeetingWorkflowInput): Promise<void> {
  const following: Following = { input, life: input.life ?? newLife(), inbox: [], idleLooks: 0 };
  setHandler(zoomSignal, (event) => void following.inbox.push(event));
  setHandler(lifeQuery, () => following.life);

  while (!isOver(following)) {
    setCurrentDetails(summary(following));
    await hearOrLook(following);
    await takeIn(following, following.inbox.splice(0));
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if ((continueAsNewSuggested || historyLength > historyLimit) && following.inbox.length === 0) {
      await continueAsNew<typeof meeting>({ ...input, life: following.life });
    }
  }
  await tellIncident(following, true);
}

const lastEndMs = ({ life }: Following): number =>
  Math.max(0, ...life.sessions.map(({ endedAtMs }) => endedAtMs ?? 0));

const isOver = (following: Following): boolean => {
  const { life, idleLooks } = following;
  if (life.state === "deleted") return true;
  if (life.state === "ended") return Date.now() - lastEndMs(following) >= afterEndMs;
  return life.state === "waiting" && idleLooks >= mostIdleLooks;
};

/** After the recording is there, only people who come back are of interest; before the start, nothing is. */
const silenceMs = ({ input, life, idleLooks }: Following): number => {
  if (life.state === "ended" && life.recordingReady) return afterEndMs;
  const untilStartMs = life.state === "waiting" ? (input.startsAtMs ?? 0) - Date.now() : 0;
  const lookMs = Math.min(silence.mostMs, silence.firstMs * 2 ** Math.min(idleLooks, 10));
  return Math.max(untilStartMs, lookMs);
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

/** Applies what came, all at once; writes what is new and tells the incident what it may act on. */
const takeIn = async (following: Following, events: MeetingEvent[]): Promise<void> => {
  const { input, life: before } = following;
  const after = events.reduce((life, event) => lifeAfter(life, event, input.expected), before);
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  following.life = after;
  const atMs = Math.max(...events.map((event) => event.atMs));
  const milestones = milestonesBetween(before, after, input, atMs);
  const { incidentId, meetingId } = input;
  await records.recordMeeting({ incidentId, meetingId, life: after, events: milestones });
  const isNews = JSON.stringify(factsOf(after)) !== JSON.stringify(factsOf(before));
  if (isNews) await tellIncident(following, after.state === "deleted");
};

const factsOf = (life: MeetingLife): MeetingFacts => ({
  state: life.state,
  endedSessions: endedSessions(life),
  recordingReady: life.recordingReady,
});

const tellIncident = ({ input, life }: Following, over: boolean): Promise<void> => {
  const { incidentId, meetingId } = input;
  const news: IncidentNews = {
    type: "meeting",
    meetingId,
    facts: factsOf(life),
    headCount: headCount(life),
    over,
  };
  return tell(incidentWorkflowId(incidentId), incidentSignals.news, news);
};

const summary = ({ input, life, idleLooks }: Following): string => {
  const sessions = life.sessions.map(({ startedAtMs, endedAtMs, people }) => {
    const lasted = endedAtMs === undefined ? "live" : durationText(endedAtMs - startedAtMs);
    return `- ${new Date(startedAtMs).toISOString()}: ${lasted}, ${Object.keys(people).length} connections`;
  });
  const recording = life.recordingReady ? "Recording ready." : "";
  const looks = idleLooks > 0 ? `Webhooks are silent: looked ${idleLooks} times.` : "";
  return [
    `### ${input.topic}`,
    `Zoom meeting ${input.meetingId}: ${life.state}, ${headCount(life)} on the call. ${recording} ${looks}`.trim(),
    ...sessions,
  ].join("\n");
};
