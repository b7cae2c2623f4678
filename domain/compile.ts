import type { ActionFacts, Catalogue } from "./catalogue.ts";
import type { Choice } from "./connectorChoice.ts";
import { writtenConnector } from "./connectorChoice.ts";
import { durationMs } from "./duration.ts";
import { guardConditions } from "./lintSteps.ts";
import { withDefaults } from "./meetingDefaults.ts";
import type { ActionStep, Json, ParallelStep, Plan, PlanStep, StepPolicy, WaitStep } from "./plan.ts";
import type { ActionStepDocument, Runbook, RunbookInput, Step, WaitStepDocument } from "./runbook.ts";
import { isParallel, isWait } from "./steps.ts";

/** A runbook that cannot be compiled for this execution: an input is missing or of the wrong type. */
export class CompileError extends Error {
  override readonly name = "CompileError";
  readonly field: string;
  constructor(message: string, field: string) {
    super(message);
    this.field = field;
  }
}

/** Where a step works that writes this connector, or none, and what its meetings have there. */
type Choose = (written: string | undefined) => Choice;

/** What steps are compiled with. */
type Parts = { catalogue: Catalogue; runbook: Runbook; choose: Choose };

const nothingKnown: Choose = (connector) => ({ connector, defaults: {} });

/** The plan of one execution: policy pinned, inputs and defaults filled in, nothing left to look up. */
export const compile = (
  runbook: Runbook,
  catalogue: Catalogue,
  inputs: { [name: string]: Json },
  choose: Choose = nothingKnown,
): Plan => ({
  version: 1,
  runbook: runbook.key,
  title: runbook.title,
  inputs: filledInputs(runbook, inputs),
  steps: runbook.steps.map((step) => compileStep(step, { catalogue, runbook, choose })),
});

const compileStep = (step: Step, parts: Parts): PlanStep => {
  if (isParallel(step)) return compileParallel(step, parts);
  return compileLeaf(step, parts);
};

const compileLeaf = (step: ActionStepDocument | WaitStepDocument, parts: Parts): ActionStep | WaitStep =>
  isWait(step) ? compileWait(step) : compileAction(step, parts);

const compileParallel = (step: Extract<Step, { parallel: unknown }>, parts: Parts): ParallelStep => ({
  ...common(step, step.title ?? "Side by side"),
  kind: "parallel",
  steps: step.parallel.map((member) => compileLeaf(member, parts)),
});

const common = (step: Step, title: string) => {
  const guard = guardConditions(step.when);
  return { id: step.id, title, ...(guard.conditions.length > 0 && { when: guard }) };
};

const compileAction = (step: ActionStepDocument, { catalogue, runbook, choose }: Parts): ActionStep => {
  const facts = catalogue.get(step.action);
  if (!facts) throw new CompileError(`there is no action "${step.action}"`, `steps.${step.id}.action`);
  const { connector, defaults } = choose(writtenConnector(runbook, step));
  const input = filledInput(facts, step, { defaults, recordings: runbook.recordings });
  return {
    ...common(step, step.title ?? facts.title),
    kind: "action",
    activity: facts.key,
    input,
    ...(connector !== undefined && { connector }),
    policy: policyOf(facts, step, facts.waitsMs?.(input)),
    onFailure: step.on_failure ?? facts.onFailure ?? "pause",
    ...(step.fallback && { fallback: step.fallback as { [key: string]: Json } }),
    ...(facts.undo && !step.keep && { undo: compileUndo(facts.undo, step.id, catalogue) }),
  };
};

/** A step's input as it is asked of the action, for the plan and for whoever advises on it. */
export const filledInput = (
  facts: ActionFacts,
  step: ActionStepDocument,
  { defaults, recordings }: Pick<Choice, "defaults"> & Pick<Runbook, "recordings">,
): ActionStep["input"] => {
  const input = step.input as ActionStep["input"];
  const meeting = withDefaults(input, facts.meetingDefaults?.(input) ?? [], defaults);
  return withDefaults(meeting, facts.recordingPolicy?.(input) ?? [], recordings ?? {});
};

const compileUndo = (
  undo: NonNullable<ActionFacts["undo"]>,
  step: string,
  catalogue: Catalogue,
): NonNullable<ActionStep["undo"]> => {
  const facts = catalogue.get(undo.action);
  if (!facts) throw new Error(`the catalogue has no action ${undo.action}, which takes back a step`);
  const input = JSON.parse(JSON.stringify(undo.input).replaceAll("$step", step)) as { [key: string]: Json };
  return { activity: facts.key, input, policy: policyOf(facts, {}) };
};

const hourMs = 3_600_000;

/**
 * Tries go on for a day by default: an outage of Zoom lasts hours, and a run that goes on by itself is worth more
 * than one that asks. A try is bounded well above the client's own time-out; a lost worker is noticed by its
 * missing heartbeat.
 */
const policyOf = (facts: ActionFacts, step: Partial<ActionStepDocument>, waitsMs = 0): StepPolicy => {
  const { patience = {} } = facts;
  const givenMs = step.timeout === undefined ? undefined : durationMs(step.timeout);
  return {
    startToCloseMs: patience.oneTryMs ?? 120_000,
    scheduleToCloseMs: givenMs ?? (patience.tryForMs ?? 24 * hourMs) + waitsMs,
    heartbeatMs: 15_000,
    initialRetryMs: patience.firstRetryMs ?? 1000,
    backoff: 2,
    maximumRetryMs: patience.lastRetryMs ?? 60_000,
    maximumAttempts: step.max_attempts ?? 0,
  };
};

const waitTitles = {
  "incident.resolved": "Wait until the incident is resolved",
  "meeting.started": "Wait until the meeting starts",
  "meeting.ended": "Wait until the meeting ends",
  "recording.ready": "Wait until the recording is ready",
  approval: "Wait for approval",
} as const;

const compileWait = (step: WaitStepDocument): WaitStep => {
  const { wait } = step;
  const timeoutMs = wait.timeout === undefined ? undefined : durationMs(wait.timeout);
  const title = wait.for ? waitTitles[wait.for] : `Wait ${wait.duration ?? `until ${wait.until}`}`;
  return {
    ...common(step, step.title ?? title),
    kind: "wait",
    wait: compiledWait(wait),
    ...(timeoutMs !== undefined && { timeoutMs }),
    onTimeout: wait.on_timeout,
  };
};

const compiledWait = (wait: WaitStepDocument["wait"]): WaitStep["wait"] => {
  if (wait.duration !== undefined) return { durationMs: durationMs(wait.duration) ?? 0 };
  if (wait.until !== undefined) return { until: wait.until };
  if (wait.for === "approval") return { for: "approval" };
  if (wait.for === undefined)
    throw new Error("a wait step names nothing to wait for, which its schema forbids");
  return { for: wait.for, ...(wait.meeting_id !== undefined && { meetingId: wait.meeting_id }) };
};

const typeChecks: Record<RunbookInput["type"], (value: Json) => boolean> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  array: (value) => Array.isArray(value),
};

const filledInputs = (runbook: Runbook, given: { [name: string]: Json }): { [name: string]: Json } => {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(runbook.inputs, name));
  if (unknown !== undefined) {
    const names = Object.keys(runbook.inputs).join(", ") || "none";
    throw new CompileError(
      `runbook ${runbook.key} has no input "${unknown}"; it has: ${names}`,
      `inputs.${unknown}`,
    );
  }
  const filled = Object.entries(runbook.inputs).map(([name, declared]) => {
    const value = (given[name] ?? declared.default ?? null) as Json;
    if (value === null && declared.required) {
      throw new CompileError(`runbook ${runbook.key} needs the input "${name}"`, `inputs.${name}`);
    }
    if (value !== null && !typeChecks[declared.type](value)) {
      throw new CompileError(
        `the input "${name}" of runbook ${runbook.key} must be of type ${declared.type}`,
        `inputs.${name}`,
      );
    }
    return [name, value];
  });
  return Object.fromEntries(filled) as { [name: string]: Json };
};
