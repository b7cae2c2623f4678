import { ApplicationFailure } from "@temporalio/common";
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { Failure } from "../domain/failures.ts";
import type { RunbookWorkflowInput } from "../domain/messages.ts";
import { runbookSignals } from "../domain/messages.ts";
import type { Execution, ExecutionState, Facts } from "../domain/plan.ts";
import { handleCommands } from "./commands.ts";
import { publishOutcome, record } from "./report.ts";
import type { Run } from "./run.ts";
import { executionOf, mark, newRun, note, show, StopRun } from "./run.ts";
import { runSteps } from "./steps/index.ts";

const factsSignal = defineSignal<[Facts]>(runbookSignals.facts);

/** Runs one plan. It never mentions an action by name: everything it must know stands in the plan. */
export async function runbook(input: RunbookWorkflowInput): Promise<Execution> {
  const run = newRun(input);
  const scope = new CancellationScope();
  setHandler(factsSignal, (facts) => {
    if (facts.version > run.facts.version) run.facts = withOwnNews(run, facts);
  });
  handleCommands(run, scope);

  try {
    await scope.run(() => runSteps(run, run.plan.steps));
    await end(run, "completed");
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => cancelled(run));
    else if (error instanceof StopRun) await failed(run, error.failure);
    else throw error;
    if (run.cancelledBy === null && isCancellation(error)) throw error;
  }
  return executionOf(run);
}

/** What this run did and the incident has not heard of yet must not be lost to older news. */
const withOwnNews = (run: Run, facts: Facts): Facts => {
  if (run.effects.length === 0) return facts;
  const ownBridge = run.effects.findLast(({ bridge }) => bridge)?.bridge;
  return {
    ...facts,
    bridge: ownBridge ?? facts.bridge,
    meetings: { ...run.facts.meetings, ...facts.meetings },
  };
};

const titles = { completed: "Completed", failed: "Stopped", cancelled: "Cancelled" } as const;

const end = async (run: Run, state: keyof typeof titles, detail?: string): Promise<void> => {
  const by = state === "cancelled" && run.cancelledBy !== null ? ` by ${run.cancelledBy}` : "";
  note(
    run,
    `runbook.${state}`,
    `${titles[state]}${by}: ${run.plan.title}`,
    detail === undefined ? {} : { detail },
  );
  finish(run, state);
  publishOutcome(run);
  await record(run);
  await condition(allHandlersFinished);
};

const finish = (run: Run, state: ExecutionState): void => {
  for (const step of run.steps.values()) {
    if (["running", "waiting", "parked"].includes(step.state)) mark(run, step.id, "cancelled");
  }
  run.waiting.clear();
  run.state = state;
  run.endedAt = new Date().toISOString();
  show(run);
};

const cancelled = async (run: Run): Promise<void> => {
  for (const undo of run.undo.toReversed()) await undo();
  await end(run, "cancelled", run.undo.length > 0 ? "What it made was taken back." : undefined);
};

const failed = async (run: Run, { code, message, advice }: Failure): Promise<never> => {
  await end(run, "failed", `${message} ${advice}`);
  const { workflowId } = workflowInfo();
  throw ApplicationFailure.create({
    type: code,
    message: `${workflowId}: ${message} ${advice}`,
    nonRetryable: true,
  });
};
