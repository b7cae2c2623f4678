import { condition } from "@temporalio/workflow";
import type { Failure } from "../domain/failures.ts";
import type { PlanStep } from "../domain/plan.ts";
import { publishOutcome, record } from "./report.ts";
import type { Decision, Run } from "./run.ts";
import { mark, note } from "./run.ts";

/** Parks a step: the run waits, for weeks if need be, until somebody says retry or skip. */
export const parked = async (run: Run, step: PlanStep, failure: Failure): Promise<Decision> => {
  const time = (run.parks.get(step.id) ?? 0) + 1;
  run.parks.set(step.id, time);
  mark(run, step.id, "parked", { failure });
  note(run, "runbook.parked", `Needs a decision: ${step.title}`, {
    step: step.id,
    key: String(time),
    detail: `${failure.message} ${failure.advice}`,
    data: {
      code: failure.code,
      ...(failure.field && { field: failure.field }),
      ...(failure.scopes && { scopes: failure.scopes }),
    },
  });
  publishOutcome(run);
  await record(run);

  await condition(() => run.commands.has(step.id));
  const decision: Decision = run.commands.get(step.id) ?? { command: "skip", by: "nobody" };
  run.commands.delete(step.id);
  mark(run, step.id, "running");
  note(run, "runbook.resumed", resumedTitle(decision, step), {
    step: step.id,
    key: String(time),
  });
  publishOutcome(run);
  return decision;
};

const resumedTitle = ({ command, by, why }: Decision, { title }: PlanStep): string =>
  why === undefined ? `${by} chose to ${command}: ${title}` : `Goes on by itself, since ${why}: ${title}`;
