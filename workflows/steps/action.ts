import { CancellationScope, isCancellation } from "@temporalio/workflow";
import type { Failure } from "../../domain/failures.ts";
import type { ActionStep, Json, StepRequest, StepResult } from "../../domain/plan.ts";
import { renderJson } from "../../domain/template.ts";
import { failureOf } from "../failure.ts";
import { parked } from "../park.ts";
import { actionActivity } from "../proxies.ts";
import type { Run } from "../run.ts";
import { apply, mark, note, StopRun, viewOf } from "../run.ts";

type Outcome = { result: StepResult } | { failure: Failure } | { skippedBy: string };
type Fields = { [field: string]: Json };

/** Runs an action's activity; when it fails for good, does what the step's policy says. */
export const runAction = async (run: Run, step: ActionStep): Promise<void> => {
  for (let round = 1; ; round += 1) {
    mark(run, step.id, "running");
    const outcome = await attempt(run, step, round);
    if ("result" in outcome) return complete(run, step, outcome.result);
    if ("skippedBy" in outcome) return skip(run, step, outcome.skippedBy);
    const fallback = fallbackOf(run, step);
    if (fallback) return fallBack(run, step, outcome.failure, fallback);
    if (step.onFailure === "stop") return stop(run, step, outcome.failure);
    if (step.onFailure === "continue") return carryOn(run, step, outcome.failure);
    const decision = await parked(run, step, outcome.failure);
    if (decision.command === "skip") return skip(run, step, decision.by);
  }
};

const requestFor = (run: Run, step: ActionStep, round: number): StepRequest => {
  const fallback = fallbackOf(run, step);
  return {
    incidentId: run.facts.incident.id,
    executionId: run.executionId,
    runbook: run.plan.runbook,
    step: step.id,
    title: step.title,
    round,
    input: renderJson(step.input, viewOf(run)) as Fields,
    ...(step.connector !== undefined && { connector: step.connector }),
    ...(fallback && { fallback }),
    ...(run.events.length > 0 && { notes: [...run.events] }),
  };
};

const attempt = async (run: Run, step: ActionStep, round: number): Promise<Outcome> => {
  const scope = new CancellationScope();
  run.scopes.set(step.id, scope);
  try {
    const request = requestFor(run, step, round);
    const activityId = round === 1 ? step.id : `${step.id}-${round}`;
    const activity = actionActivity(step.activity, step.policy, { activityId, summary: step.title });
    const result = await scope.run(() => activity(request));
    run.events = run.events.filter(({ id }) => !request.notes?.some((written) => written.id === id));
    return { result };
  } catch (error) {
    const command = run.commands.get(step.id);
    if (isCancellation(error) && command?.command === "skip") return { skippedBy: command.by };
    if (isCancellation(error)) throw error;
    return { failure: failureOf(error) };
  } finally {
    run.scopes.delete(step.id);
    run.commands.delete(step.id);
  }
};

const complete = (run: Run, step: ActionStep, { outputs, effects }: StepResult): void => {
  run.outputs[step.id] = outputs;
  apply(run, effects);
  const { undo } = step;
  if (undo) {
    const input = renderJson(undo.input, viewOf(run)) as Fields;
    run.undo.push(() => takeBack(run, step, { ...undo, input }));
  }
  mark(run, step.id, "completed", { outputs });
};

const takeBack = async (run: Run, step: ActionStep, undo: NonNullable<ActionStep["undo"]>): Promise<void> => {
  const show = { activityId: `${step.id}-undo`, summary: `Undo: ${step.title}` };
  const request = {
    ...requestFor(run, { ...step, input: undo.input }, 1),
    title: show.summary,
    step: show.activityId,
  };
  try {
    await actionActivity(undo.activity, undo.policy, show)(request);
  } catch (error) {
    const { message, advice } = failureOf(error);
    note(run, "step.failed", `Could not undo "${step.title}"`, {
      step: show.activityId,
      detail: `${message} ${advice}`,
    });
  }
};

const skip = (run: Run, step: ActionStep, by: string): void => {
  run.outputs[step.id] = null;
  mark(run, step.id, "skipped", { note: `skipped by ${by}` });
  note(run, "step.skipped", `Skipped by ${by}: ${step.title}`, { step: step.id });
};

const noteFailure = (
  run: Run,
  step: ActionStep,
  { code, message, advice, ...more }: Failure,
  then: string,
): void =>
  note(run, "step.failed", `Failed: ${step.title}`, {
    step: step.id,
    detail: `${message} ${advice} ${then}`,
    data: { code, ...more },
  });

const stop = (run: Run, step: ActionStep, failure: Failure): never => {
  noteFailure(run, step, failure, "The run stops here.");
  mark(run, step.id, "failed", { failure });
  throw new StopRun(step.id, failure);
};

const carryOn = (run: Run, step: ActionStep, failure: Failure): void => {
  noteFailure(run, step, failure, "The run goes on without it.");
  run.outputs[step.id] = null;
  mark(run, step.id, "failed", { failure });
};

/** A fallback of empty texts is none: the incident has no static bridge. */
const fallbackOf = (run: Run, step: ActionStep): Fields | undefined => {
  if (!step.fallback) return undefined;
  const fallback = renderJson(step.fallback, viewOf(run)) as Fields;
  return Object.values(fallback).every((value) => value === "" || value === null) ? undefined : fallback;
};

const fallBack = (run: Run, step: ActionStep, failure: Failure, fallback: Fields): void => {
  noteFailure(run, step, failure, "The run goes on with the fallback.");
  run.outputs[step.id] = fallback;
  mark(run, step.id, "failed", { failure, note: "went on with the fallback", outputs: fallback });
};
