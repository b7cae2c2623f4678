import type { Means } from "./catalogue.ts";
import { compile, CompileError } from "./compile.ts";
import { chosenFor } from "./connectorChoice.ts";
import type { Incident } from "./incident.ts";
import { declaredEvent } from "./incidentEvents.ts";
import type { PlannedExecution, PlanRequest } from "./messages.ts";
import { executionId } from "./messages.ts";
import type { Execution, Plan, StepProgress } from "./plan.ts";
import type { Runbook } from "./runbook.ts";
import { trigger } from "./starts.ts";
import type { TimelineEvent } from "./timeline.ts";
import { triggeredRunbooks } from "./triggers.ts";

/** What starts, and what the timeline and the store are to say of it. */
export type Planning = { planned: PlannedExecution[]; events: TimelineEvent[]; started: Execution[] };

/** An incident was declared just now. */
export const declaration = (incident: Incident): PlanRequest => ({
  incident,
  change: { event: "created", before: {} },
  events: [declaredEvent(incident)],
  starts: {},
  execute: null,
  by: trigger,
  now: incident.created_at,
});

/**
 * What a change sets off, or what was asked for by hand: then a runbook that cannot be compiled is a CompileError, while a
 * trigger's is put on the timeline.
 */
export const planning = (request: PlanRequest, runbooks: readonly Runbook[], means: Means): Planning => {
  const events = [...request.events];
  const planned: PlannedExecution[] = [];
  for (const runbook of chosen(request, runbooks)) {
    const plan = compiled(runbook, means, request);
    if ("refusal" in plan) {
      events.push(notStarted(request, runbook, plan.refusal));
      continue;
    }
    const id = executionId(request.incident.id, runbook.key, (request.starts[runbook.key] ?? 0) + 1);
    planned.push({ executionId: id, plan });
    events.push(startedEvent(request, id, plan));
  }
  return { planned, events, started: planned.map((each) => executionRow(request, each)) };
};

const chosen = (
  { incident, change, starts, execute }: PlanRequest,
  runbooks: readonly Runbook[],
): readonly Runbook[] => {
  if (execute) return runbooks.filter(({ key }) => key === execute.runbook);
  return change ? triggeredRunbooks(runbooks, incident, change, starts) : [];
};

const compiled = (
  runbook: Runbook,
  means: Means,
  { incident, execute }: Pick<PlanRequest, "incident" | "execute">,
): Plan | { refusal: string } => {
  try {
    return compile(runbook, means.catalogue, execute?.inputs ?? {}, chosenFor(means, incident.severity));
  } catch (error) {
    if (execute || !(error instanceof CompileError)) throw error;
    return { refusal: error.message };
  }
};

const startedEvent = (
  { incident, by, now, execute }: PlanRequest,
  id: string,
  plan: Plan,
): TimelineEvent => ({
  id: `${id}/runbook.started`,
  kind: "runbook.started",
  at: now,
  title: execute ? `${by.name} started: ${plan.title}` : `Started: ${plan.title}`,
  data: { execution_id: id, severity: incident.severity },
  source: { type: "execution", execution_id: id, runbook: plan.runbook },
});

const notStarted = ({ incident, now }: PlanRequest, runbook: Runbook, why: string): TimelineEvent => ({
  id: `incident-${incident.id}/runbook.not_started/${runbook.key}/${now}`,
  kind: "runbook.not_started",
  at: now,
  title: `Did not start: ${runbook.title}`,
  detail: `${why}. Start it by hand with its inputs, or correct the runbook.`,
  source: { type: "api" },
});

const executionRow = (
  { incident, by, now, execute }: PlanRequest,
  { executionId: id, plan }: PlannedExecution,
): Execution => ({
  id,
  incident_id: incident.id,
  runbook: plan.runbook,
  title: plan.title,
  state: "running",
  started_by: execute ? by.name : trigger.name,
  started_at: now,
  ended_at: null,
  steps: plan.steps.flatMap((step): StepProgress[] =>
    step.kind === "parallel"
      ? step.steps.map(({ id: member, title }) => ({ id: member, title, state: "pending", group: step.id }))
      : [{ id: step.id, title: step.title, state: "pending" }],
  ),
});

/** Temporal refuses a second run with the same id for at least so long, however the first ended. */
const rememberedMs = 24 * 3_600_000;

/**
 * Executions that were noted when their incident was declared and may never have started, since the gateway died in
 * between: planned again, from the runbooks as they are now. Starting one that did start changes nothing.
 */
export const unbegun = (
  incident: Incident,
  executions: readonly Execution[],
  runbooks: readonly Runbook[],
  means: Means,
  nowMs: number,
): PlannedExecution[] =>
  executions
    .filter((execution) => mayBeUnbegun(execution, nowMs))
    .flatMap((execution) => {
      const runbook = runbooks.find(({ key }) => key === execution.runbook);
      const plan = runbook && compiled(runbook, means, { incident, execute: null });
      return plan && !("refusal" in plan) ? [{ executionId: execution.id, plan }] : [];
    });

const mayBeUnbegun = (execution: Execution, nowMs: number): boolean =>
  execution.ended_at === null &&
  execution.started_by === trigger.name &&
  execution.steps.every(({ state }) => state === "pending") &&
  nowMs - Date.parse(execution.started_at) < rememberedMs;
