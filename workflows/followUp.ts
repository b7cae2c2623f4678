import {
  allHandlersFinished,
  condition,
  defineSignal,
  patched,
  setCurrentDetails,
  setHandler,
} from "@temporalio/workflow";
import { durationText } from "../domain/duration.ts";
import type { FollowUpWorkflowInput } from "../domain/followUp.ts";
import { followUpSignals, remindersAhead } from "../domain/followUp.ts";
import { instantText } from "../domain/instant.ts";
import { incidentSignals, incidentWorkflowId } from "../domain/messages.ts";
import type { IncidentNews } from "../domain/messages.ts";
import type { Facts, FollowUpMade } from "../domain/plan.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import { followMeeting } from "./children.ts";
import { failureOf } from "./failure.ts";
import { followFollowUp } from "./followUps.ts";
import { followUpCalls, records } from "./proxies.ts";
import { tell } from "./report.ts";

const factsSignal = defineSignal<[Facts]>(followUpSignals.facts);
const madeSignal = defineSignal<[FollowUpMade]>(followUpSignals.made);

/** Somebody may move it in Zoom to a time before its next reminder: so it is looked at on the way. */
const lookEveryMs = 6 * 3_600_000;

/** How long a change that Zoom refuses is left alone before it is tried again; people may have helped by then. */
const tryAgainMs = 3_600_000;

type Following = {
  facts: Facts;
  made: FollowUpMade;
  /** When reminders are due, the next one first. */
  dueMs: number[];
  state: "ahead" | "withdrawn" | "over";
  /** The meeting that took this one's place. */
  successor: FollowUpMade | null;
};

/** One follow-up meeting until it starts: it moves with its incident's resolution, and people are reminded of it. */
export async function followUp({ made, facts }: FollowUpWorkflowInput): Promise<void> {
  const following: Following = { facts, made, dueMs: [], state: "ahead", successor: null };
  schedule(following, made);
  setHandler(factsSignal, (told) => {
    // An incident whose workflow began anew counts its facts from 1 again, so their time tells which are newer.
    if (told.incident.updated_at >= following.facts.incident.updated_at) following.facts = told;
  });
  setHandler(madeSignal, (told) => schedule(following, told));

  while (following.state !== "over") {
    setCurrentDetails(summary(following));
    if (following.state === "ahead" && Date.now() >= following.made.startsAtMs) {
      if (!patched("looks-at-its-start") || (await hasBegun(following))) break;
    } else if (isBehind(following)) await revise(following);
    else await waitAndRemind(following);
  }
  if (following.state === "ahead") await followMeeting(following.facts.incident, meetingOf(following.made));
  await condition(allHandlersFinished);
  setCurrentDetails(summary({ ...following, state: "over" }));
  await tellIncident(following);
}

/** A time that became known now: reminders that would have been due before are not made up for. */
const schedule = (following: Following, made: FollowUpMade): void => {
  following.made = made;
  following.dueMs = remindersAhead(made, Date.now());
};

/** Whether the meeting stands for another resolution than the incident has. */
const isBehind = ({ state, made, facts }: Following): boolean => {
  const { resolved_at } = facts.incident;
  return state === "withdrawn" ? resolved_at !== null : resolved_at !== made.resolvedAt;
};

const meetingOf = ({ meetingId, topic, startsAtMs }: FollowUpMade) => ({
  meetingId,
  topic,
  startsAtMs,
  purpose: "follow_up" as const,
});

const revise = async (following: Following): Promise<void> => {
  const { meetingId } = following.made;
  const resolvedAt = following.facts.incident.resolved_at;
  try {
    const revision = await followUpCalls.reviseFollowUp({ meetingId, resolvedAt });
    if (revision.outcome === "withdrawn") following.state = "withdrawn";
    else if (revision.outcome === "anew") await succeed(following, revision.made);
    else if (revision.outcome === "moved" || revision.outcome === "kept") schedule(following, revision.made);
    else following.state = "over";
  } catch (error) {
    await sayFailed(following, error);
    const { facts } = following;
    await condition(() => following.facts !== facts, tryAgainMs, { summary: "Until it is tried again" });
  }
};

/** Another meeting takes this one's place, with a workflow of its own. */
const succeed = async (following: Following, made: FollowUpMade): Promise<void> => {
  following.successor = made;
  following.state = "over";
  await followMeeting(following.facts.incident, meetingOf(made));
  await followFollowUp(following.facts, made);
};

/** What was to be done, and how people can do it themselves. */
const intentOf = ({ made, facts, state }: Following): { title: string; byHand: string } => {
  const { meetingId, topic } = made;
  if (facts.incident.resolved_at === null)
    return { title: `cancel ${topic}`, byHand: `delete meeting ${meetingId} in Zoom` };
  if (state === "withdrawn") return { title: `schedule ${topic} again`, byHand: "schedule it in Zoom" };
  return { title: `move ${topic}`, byHand: `move meeting ${meetingId} in Zoom` };
};

const sayFailed = async (following: Following, error: unknown): Promise<void> => {
  const { meetingId } = following.made;
  const { id, resolved_at } = following.facts.incident;
  const { code, message, advice } = failureOf(error);
  const { title, byHand } = intentOf(following);
  const failed: TimelineEvent = {
    id: `followup-${meetingId}/step.failed/${resolved_at ?? "reopened"}`,
    kind: "step.failed",
    at: new Date().toISOString(),
    title: `Could not ${title}`,
    detail: `${message} ${advice} It is tried again every ${durationText(tryAgainMs)}; if that does not help, ${byHand}.`,
    data: { code, meeting_id: meetingId },
    source: { type: "meeting", meeting_id: meetingId },
  };
  await records.recordEvents({ incidentId: id, events: [failed] });
};

/** Waits for the next reminder, the start, or news that ask for something. */
const waitAndRemind = async (following: Following): Promise<void> => {
  const { made } = following;
  const isNews = () => isBehind(following) || following.made !== made;
  if (following.state === "withdrawn") return condition(isNews);
  const [nextMs = made.startsAtMs] = following.dueMs;
  const restMs = Math.max(1, nextMs - Date.now());
  if (restMs > lookEveryMs && patched("looks-on-the-way")) {
    const isNewsFirst = await condition(isNews, lookEveryMs, { summary: "Until it is looked at" });
    if (!isNewsFirst) await look(following, { isStart: true });
    return;
  }
  const what = nextMs === made.startsAtMs ? "Until it starts" : "Until its reminder";
  const isNewsFirst = await condition(isNews, restMs, { summary: what });
  if (isNewsFirst || nextMs === made.startsAtMs) return;
  await remind(following);
};

/** A worker that was away may have slept over more than one: they become one. */
const remind = async (following: Following): Promise<void> => {
  const { made } = following;
  const nowMs = Date.now();
  following.dueMs = following.dueMs.filter((dueMs) => dueMs > nowMs);
  if (nowMs >= made.startsAtMs) return;
  await look(following);
};

/** Somebody may have moved it in Zoom since the last look, or deleted it. */
const hasBegun = async (following: Following): Promise<boolean> => {
  const { made } = following;
  await look(following, { isStart: true });
  return following.state === "ahead" && following.made === made;
};

const look = async (following: Following, more: { isStart?: boolean } = {}): Promise<void> => {
  const { made } = following;
  const { meetingId, startsAtMs } = made;
  const reminder = await followUpCalls.remindFollowUp({ meetingId, startsAtMs, ...more });
  if (reminder.outcome === "gone") following.state = "over";
  if (reminder.outcome === "moved" && following.made === made)
    schedule(following, { ...made, startsAtMs: reminder.startsAtMs });
};

const tellIncident = ({ made, facts, successor }: Following): Promise<void> => {
  const news: IncidentNews = { type: "follow_up", ended: made.meetingId, successor };
  return tell(incidentWorkflowId(facts.incident.id), incidentSignals.news, news);
};

const summary = ({ made, state, dueMs, successor }: Following): string => {
  const { meetingId, topic, startsAtMs, resolvedAt } = made;
  const stands = {
    ahead: `starts at ${instantText(startsAtMs)}`,
    withdrawn: "cancelled until the incident is resolved again",
    over: successor ? `replaced by meeting ${successor.meetingId}` : "started, or deleted in Zoom",
  };
  return [
    `### ${topic}`,
    "",
    `Zoom meeting ${meetingId}: ${stands[state]}.`,
    resolvedAt ? `Scheduled for the resolution at ${instantText(Date.parse(resolvedAt))}.` : "",
    "",
    ...(state === "ahead" ? dueMs.map((each) => `- Reminder at ${instantText(each)}`) : []),
  ].join("\n");
};
