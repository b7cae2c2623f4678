import { CancellationScope, setCurrentDetails, workflowInfo } from "@temporalio/workflow";
import { allHold, valueAt } from "../domain/conditions.ts";
import type { Failure } from "../domain/failures.ts";
import type { RunbookWorkflowInput, WaitingFor } from "../domain/messages.ts";
import type {
  Effects,
  Execution,
  ExecutionState,
  Facts,
  Json,
  PlanStep,
  StepProgress,
} from "../domain/plan.ts";
import type { TimelineEvent, TimelineKind } from "../domain/timeline.ts";
import type { View } from "../domain/variables.ts";
import { templateView } from "../domain/variables.ts";
import { checklist } from "./checklist.ts";

export type Command = "retry" | "skip" | "approve";

/** What was decided about a step; `why`: by what has happened, not by a person. */
export type Decision = { command: Command; by: string; why?: string };

/** All that a run knows while it goes on. */
export type Run = RunbookWorkflowInput & {
  state: ExecutionState;
  endedAt: string | null;
  steps: Map<string, StepProgress>;
  outputs: { [step: string]: { [field: string]: Json } | null };
  facts: Facts;
  /** The incident as it was when the run was started. */
  declared: Facts["incident"];
  /** Effects that the incident has not been told of. */
  effects: Effects[];
  /** How many it has been told of. */
  effectsTold: number;
  reports: number;
  /** Events that are not on the timeline yet: they go with the next record. */
  events: TimelineEvent[];
  commands: Map<string, Decision>;
  /** By step, what ends the step early when an operator skips it. */
  scopes: Map<string, CancellationScope>;
  waiting: Map<string, WaitingFor>;
  /** How often each step was parked: each time has events of its own. */
  parks: Map<string, number>;
  undo: (() => Promise<void>)[];
  cancelledBy: string | null;
};

const leaves = (steps: PlanStep[], group?: string): StepProgress[] =>
  steps.flatMap((step) => {
    if (step.kind === "parallel") return leaves(step.steps, step.id);
    return [
      { id: step.id, title: step.title, state: "pending" as const, ...(group !== undefined && { group }) },
    ];
  });

export const newRun = (input: RunbookWorkflowInput): Run => ({
  ...input,
  state: "running",
  endedAt: null,
  steps: new Map(leaves(input.plan.steps).map((step) => [step.id, step])),
  outputs: {},
  declared: input.facts.incident,
  effects: [],
  effectsTold: 0,
  reports: 0,
  events: [],
  commands: new Map(),
  scopes: new Map(),
  waiting: new Map(),
  parks: new Map(),
  undo: [],
  cancelledBy: null,
});

/** The execution as the API shows it. */
export const executionOf = (run: Run): Execution => ({
  id: run.executionId,
  incident_id: run.facts.incident.id,
  runbook: run.plan.runbook,
  title: run.plan.title,
  state: run.state,
  started_by: run.startedBy.name,
  started_at: workflowInfo().startTime.toISOString(),
  ended_at: run.endedAt,
  steps: [...run.steps.values()],
});

/** A step's state changed: kept for queries, and shown to operators as a checklist. */
export const mark = (
  run: Run,
  step: string,
  state: StepProgress["state"],
  more: Partial<StepProgress> = {},
): void => {
  const { note: _note, failure: _failure, ...kept } = run.steps.get(step) ?? { id: step, title: step };
  run.steps.set(step, { ...kept, ...more, state });
  run.state = stateOf(run);
  show(run);
};

/** Shows operators how the run stands. */
export const show = (run: Run): void => setCurrentDetails(checklist(executionOf(run)));

const stateOf = (run: Run): ExecutionState => {
  const states = [...run.steps.values()].map(({ state }) => state);
  if (states.includes("running")) return "running";
  if (states.includes("parked")) return "parked";
  return states.includes("waiting") ? "waiting" : "running";
};

const actionsOf = (steps: PlanStep[]): [string, string][] =>
  steps.flatMap((step) => {
    if (step.kind === "parallel") return actionsOf(step.steps);
    return step.kind === "action" ? [[step.id, step.activity]] : [];
  });

/** What the run's templates and guards can name right now. */
export const viewOf = (run: Run): View =>
  templateView({
    incident: run.facts.incident,
    bridge: run.facts.bridge,
    inputs: run.plan.inputs,
    outputs: run.outputs,
    actions: Object.fromEntries(actionsOf(run.plan.steps)),
    user: run.startedBy,
  });

export const guardHolds = (run: Run, step: PlanStep): boolean => {
  if (!step.when) return true;
  const view = viewOf(run);
  return allHold(step.when.conditions, step.when.match, (path) => ({
    now: valueAt(view, path),
    changed: false,
  }));
};

/** An event of this run, to be recorded with the next batch. */
export const note = (
  run: Run,
  kind: TimelineKind,
  title: string,
  more: { step?: string; key?: string; detail?: string; data?: Record<string, unknown> } = {},
): void => {
  const { step, key, ...rest } = more;
  run.events.push({
    id: [run.executionId, step, kind, key].filter(Boolean).join("/"),
    kind,
    at: new Date().toISOString(),
    title,
    ...rest,
    source: {
      type: "execution",
      execution_id: run.executionId,
      runbook: run.plan.runbook,
      ...(step !== undefined && { step }),
    },
  });
};

/** What a step's result means for the rest of this run, at once; the incident hears of it with the next report. */
export const apply = (run: Run, effects: Effects | undefined): void => {
  if (!effects) return;
  run.effects.push(effects);
  const meetings = Object.fromEntries(
    (effects.meetings ?? []).map(({ meetingId }) => [
      meetingId,
      run.facts.meetings[meetingId] ?? { state: "waiting" as const, endedSessions: 0, recordingReady: false },
    ]),
  );
  run.facts = {
    ...run.facts,
    bridge: effects.bridge ?? run.facts.bridge,
    incident: { ...run.facts.incident, ...(effects.patch as Partial<Facts["incident"]>) },
    meetings: { ...run.facts.meetings, ...meetings },
  };
};

/** Ends the run because a step failed and its policy is to stop. */
export class StopRun extends Error {
  override readonly name = "StopRun";
  readonly failure: Failure;
  constructor(step: string, failure: Failure) {
    super(`step ${step}: ${failure.message}`);
    this.failure = failure;
  }
}
