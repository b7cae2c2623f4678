import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  workflowInfo,
} from "@temporalio/workflow";
import { bridgeAgainEvent, changedEvent, declaredEvent } from "../domain/incidentEvents.ts";
import type { IncidentChange } from "../domain/incidentChange.ts";
import { isResolved, patchedIncident } from "../domain/incidentChange.ts";
import type {
  ChangeRequest,
  ExecuteRequest,
  ExecutionReport,
  IncidentInput,
  IncidentNews,
  IncidentSignal,
  PlannedExecution,
} from "../domain/messages.ts";
import { meetingSignals, meetingWorkflowId, runbookSignals } from "../domain/messages.ts";
import type { Effects, Facts, MeetingMade, StartedBy } from "../domain/plan.ts";
import { unheard } from "../domain/reports.ts";
import { trigger } from "../domain/starts.ts";
import { hasCome } from "../domain/waiting.ts";
import { followMeeting, startRunbooks, startStatusCall } from "./children.ts";
import { hearFollowUp, startFollowUp, tellFollowUps } from "./followUps.ts";
import { incidentSummary } from "./incidentSummary.ts";
import type { IncidentState } from "./incidentState.ts";
import { handleMessages, memoryOf, newState } from "./incidentState.ts";
import { records } from "./proxies.ts";
import { tell } from "./report.ts";

const dayMs = 86_400_000;

/** How long an incident's workflow stays after everything is over: what comes later starts it again. */
const quietMs = { resolved: 7 * dayMs, closed: dayMs / 24 };

/** History events after which the workflow continues as new; rare, because it stalls a steady sender. */
const historyLimit = 4000;

/** The life of one incident: its fields, its bridge, what runs for it. It decides what starts. */
export async function incident(input: IncidentInput): Promise<void> {
  const state = newState(input);
  handleMessages(state, { change, execute });
  await begin(state, input);

  for (;;) {
    for (let next = state.inbox.shift(); next; next = state.inbox.shift()) await next();
    for (let news = state.news.shift(); news; news = state.news.shift()) await hear(state, news);
    setCurrentDetails(incidentSummary(state));
    if (mustContinue() && allHandlersFinished()) {
      await continueAsNew<typeof incident>({ incident: state.facts.incident, resumed: memoryOf(state) });
    }
    if (await isOver(state)) return;
  }
}

const mustContinue = (): boolean => {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > historyLimit;
};

/** Waits for the next thing to do; true when nothing is left to do and it has been quiet for long enough. */
const isOver = async (state: IncidentState): Promise<boolean> => {
  const hasWork = () => state.inbox.length > 0 || state.news.length > 0;
  const isDone = isResolved(state.facts.incident) && state.open.size === 0 && state.followed.size === 0;
  if (!isDone) {
    await condition(hasWork);
    return false;
  }
  const waitMs = state.facts.incident.status === "closed" ? quietMs.closed : quietMs.resolved;
  return (
    !(await condition(hasWork, waitMs, { summary: "Until it has been quiet for long enough" })) &&
    allHandlersFinished()
  );
};

const begin = async (state: IncidentState, input: IncidentInput): Promise<void> => {
  if (input.resumed || input.planned) return;
  if (input.recall) {
    const recalled = await records.recallIncident({ incidentId: input.incident.id });
    const { isNew, bridge, starts, followUps, unbegun = [] } = recalled;
    state.facts = { ...state.facts, bridge };
    state.starts = starts;
    state.followUps = new Set(followUps);
    if (!isNew) return start(state, unbegun, trigger);
  }
  const { incident: declared } = state.facts;
  await plan(state, {
    change: { event: "created", before: {} },
    events: [declaredEvent(declared)],
    by: trigger,
  });
};

type Planning = Pick<Parameters<typeof records.planRunbooks>[0], "change" | "events" | "by"> & {
  execute?: ExecuteRequest;
};

/** Plans and starts what a change sets off, or what was asked for by hand. */
const plan = async (state: IncidentState, planning: Planning): Promise<PlannedExecution[]> => {
  const planned = await records.planRunbooks({
    execute: null,
    ...planning,
    incident: state.facts.incident,
    starts: state.starts,
    now: new Date().toISOString(),
  });
  for (const { plan: each } of planned) state.starts[each.runbook] = (state.starts[each.runbook] ?? 0) + 1;
  await start(state, planned, planning.execute ? planning.by : trigger);
  return planned;
};

const start = async (state: IncidentState, planned: PlannedExecution[], by: StartedBy): Promise<void> => {
  for (const { executionId } of planned) state.open.set(executionId, state.open.get(executionId) ?? []);
  await startRunbooks(planned, state.facts, by);
};

/** A change from outside. Every open run hears of it, for its templates and its waits. */
const change = async (state: IncidentState, { patch, by }: ChangeRequest): Promise<void> => {
  const { incident: earlier } = state.facts;
  const changed = patchedIncident(earlier, patch, new Date().toISOString());
  if (!changed) return;
  setFacts(state, { incident: changed.incident });
  const key = String(state.facts.version);
  const events = [
    changedEvent(changed.incident, changed.change, by.name, key),
    ...bridgeAgainEvent(changed.incident, changed.change, state.facts.bridge, key),
  ];
  const before = [...state.open.keys()];
  await plan(state, { change: changed.change, events, by });
  await tellMeetings(state, changed.change);
  await tellFollowUps(state, earlier);
  await Promise.all(before.map((executionId) => tell(executionId, runbookSignals.facts, state.facts)));
};

const execute = async (state: IncidentState, request: ExecuteRequest): Promise<string> => {
  const [started] = await plan(state, { change: null, events: [], by: request.by, execute: request });
  return started?.executionId ?? "";
};

const setFacts = (state: IncidentState, facts: Partial<Facts>): void => {
  state.facts = { ...state.facts, ...facts, version: state.facts.version + 1 };
};

const hear = (state: IncidentState, news: IncidentNews): Promise<void> => {
  switch (news.type) {
    case "execution":
      return hearRun(state, news.report);
    case "meeting":
      return hearMeeting(state, news);
    case "follow_up":
      return hearFollowUp(state, news);
  }
};

const hearRun = async (state: IncidentState, report: ExecutionReport): Promise<void> => {
  const { isLatest, effects, heard } = unheard(report, state.heard.get(report.executionId));
  state.heard.set(report.executionId, heard);
  if (isLatest) noteRun(state, report);
  for (const each of effects) await take(state, report.executionId, each);
  const isLate = report.factsVersion < state.facts.version;
  if (isLatest && isLate && report.waitingFor.some((waiting) => hasCome(waiting, state.facts))) {
    await tell(report.executionId, runbookSignals.facts, state.facts);
  }
};

const noteRun = (state: IncidentState, report: ExecutionReport): void => {
  const isEnded = ["completed", "failed", "cancelled"].includes(report.state);
  if (isEnded) state.open.delete(report.executionId);
  else state.open.set(report.executionId, report.waitingFor);
};

/** What a step made or changed becomes the incident's. */
const take = async (state: IncidentState, executionId: string, effects: Effects): Promise<void> => {
  const { bridge, followed = [], meetings = [], statusCalls = [], followUps = [], patch } = effects;
  if (bridge) setFacts(state, { bridge });
  for (const meeting of followed) noteFollowed(state, meeting);
  for (const meeting of meetings) {
    noteFollowed(state, meeting);
    await followMeeting(state.facts.incident, meeting);
  }
  // Among the open runs, so that it hears of the incident as they do.
  for (const call of statusCalls)
    state.open.set(await startStatusCall(call, state.facts), [{ event: "incident.resolved" }]);
  for (const made of followUps) await startFollowUp(state, made);
  if (patch) await changeByRun(state, { patch, by: { name: executionId } });
};

/** The step that changed the field has its own event; here only what the change sets off is new. */
const changeByRun = async (state: IncidentState, { patch, by }: ChangeRequest): Promise<void> => {
  const { incident: earlier } = state.facts;
  const changed = patchedIncident(earlier, patch, new Date().toISOString());
  if (!changed) return;
  setFacts(state, { incident: changed.incident });
  const tellsMore = changed.change.event === "resolved";
  const event = changedEvent(changed.incident, changed.change, by.name, String(state.facts.version));
  await plan(state, { change: changed.change, events: tellsMore ? [event] : [], by });
  await tellMeetings(state, changed.change);
  await tellFollowUps(state, earlier);
  await tellWaiting(state);
};

/** Calls end with their incident, or go on when it is opened again, and nobody more is called into them. */
const tellMeetings = async (state: IncidentState, { before }: IncidentChange): Promise<void> => {
  if (!("status" in before)) return;
  const { bridge, incident: now } = state.facts;
  const told = new Set(bridge?.ends_on_resolve ? [bridge.meeting_id] : []);
  const isNews = [...state.followed].some((meetingId) => !told.has(meetingId));
  if (isNews && patched("tells-every-meeting")) for (const meetingId of state.followed) told.add(meetingId);
  const signal: IncidentSignal = { isResolved: isResolved(now) };
  for (const meetingId of told) await tell(meetingWorkflowId(meetingId), meetingSignals.incident, signal);
};

const noteFollowed = (state: IncidentState, { meetingId }: MeetingMade): void => {
  state.followed.add(meetingId);
  const fresh = { state: "waiting" as const, endedSessions: 0, recordingReady: false };
  state.facts = { ...state.facts, meetings: { [meetingId]: fresh, ...state.facts.meetings } };
};

const hearMeeting = async (
  state: IncidentState,
  { meetingId, facts, headCount, over }: Extract<IncidentNews, { type: "meeting" }>,
): Promise<void> => {
  if (over) state.followed.delete(meetingId);
  else state.followed.add(meetingId);
  const { bridge, meetings } = state.facts;
  const isBridge = bridge?.meeting_id === meetingId;
  setFacts(state, {
    meetings: { ...meetings, [meetingId]: facts },
    bridge: isBridge ? { ...bridge, state: facts.state, head_count: headCount } : bridge,
  });
  await tellWaiting(state);
};

/** Only runs for which the news ends a wait are woken. */
const tellWaiting = async (state: IncidentState): Promise<void> => {
  const woken = [...state.open].filter(([, waits]) => waits.some((waiting) => hasCome(waiting, state.facts)));
  await Promise.all(woken.map(([executionId]) => tell(executionId, runbookSignals.facts, state.facts)));
};
