import { ApplicationFailure } from "@temporalio/activity";
import type { Catalogue } from "../domain/catalogue.ts";
import { compile, CompileError } from "../domain/compile.ts";
import { failure } from "../domain/failures.ts";
import type { CoreActivities, PlannedExecution, PlanRequest } from "../domain/messages.ts";
import { executionId } from "../domain/messages.ts";
import type { Execution, Plan, StepProgress } from "../domain/plan.ts";
import type { Runbook } from "../domain/runbook.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import { triggeredRunbooks } from "../domain/triggers.ts";
import type { Store } from "../store/index.ts";

export type CoreDeps = { store: Store; catalogue: Catalogue };

/** Activities that every workflow may ask for, beside the actions. */
export const createCoreActivities = ({ store, catalogue }: CoreDeps): CoreActivities => ({
  planRunbooks: (request) => planRunbooks(store, catalogue, request),

  recallIncident: async ({ incidentId }) => {
    const row = await store.incidents.get(incidentId);
    const executions = await store.executions.listByIncident(incidentId);
    const starts: { [runbook: string]: number } = {};
    for (const { runbook } of executions) starts[runbook] = (starts[runbook] ?? 0) + 1;
    const followUps = (await store.followUps.latest(incidentId)).map(({ meeting_id }) => meeting_id);
    return { isNew: (row?.lastSeq ?? 0) === 0, bridge: row?.bridge ?? null, starts, followUps };
  },

  recordEvents: async ({ incidentId, events, execution }) => {
    if (execution) await store.executions.save(execution, events);
    else await store.timeline.append(incidentId, events);
  },
});

const planRunbooks = async (
  store: Store,
  catalogue: Catalogue,
  request: PlanRequest,
): Promise<PlannedExecution[]> => {
  const { incident, execute, starts } = request;
  const chosen = execute ? [await namedRunbook(store, execute.runbook)] : await triggered(store, request);
  const events = [...request.events];
  const planned: PlannedExecution[] = [];
  for (const runbook of chosen) {
    const plan = compiled(runbook, catalogue, request);
    if ("refusal" in plan) {
      events.push(notStarted(request, runbook, plan.refusal));
      continue;
    }
    const id = executionId(incident.id, runbook.key, (starts[runbook.key] ?? 0) + 1);
    planned.push({ executionId: id, plan });
    events.push(startedEvent(request, id, plan));
  }
  const started = planned.map((each) => executionRow(request, each));
  await store.incidents.save(incident, events, started);
  return planned;
};

const triggered = async (store: Store, { incident, change, starts }: PlanRequest): Promise<Runbook[]> => {
  if (!change) return [];
  const rows = await store.runbooks.list();
  return triggeredRunbooks(
    rows.map(({ runbook }) => runbook),
    incident,
    change,
    starts,
  );
};

const namedRunbook = async (store: Store, key: string): Promise<Runbook> => {
  const row = await store.runbooks.get(key);
  if (row) return row.runbook;
  throw refused(`There is no runbook "${key}".`, "runbook", "not_found");
};

const refused = (message: string, field: string, code: "invalid_input" | "not_found"): ApplicationFailure =>
  ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: true,
    details: [failure(code, message, { field, advice: "Correct it and ask again." })],
  });

/** Asked for by hand, a runbook that cannot start is refused; a trigger's is put on the timeline. */
const compiled = (
  runbook: Runbook,
  catalogue: Catalogue,
  { execute }: PlanRequest,
): Plan | { refusal: string } => {
  try {
    return compile(runbook, catalogue, execute?.inputs ?? {});
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (execute) throw refused(error.message, error.field, "invalid_input");
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
  started_by: execute ? by.name : "its trigger",
  started_at: now,
  ended_at: null,
  steps: plan.steps.flatMap((step): StepProgress[] =>
    step.kind === "parallel"
      ? step.steps.map(({ id: member, title }) => ({ id: member, title, state: "pending", group: step.id }))
      : [{ id: step.id, title: step.title, state: "pending" }],
  ),
});
