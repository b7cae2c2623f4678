import type { CancellationScope } from "@temporalio/workflow";
import { condition, defineQuery, defineUpdate, setHandler } from "@temporalio/workflow";
import { ApplicationFailure } from "@temporalio/common";
import type { CommandAnswer, StepCommand } from "../domain/messages.ts";
import { runbookQueries, runbookUpdates } from "../domain/messages.ts";
import type { Execution, StepState } from "../domain/plan.ts";
import type { Command, Run } from "./run.ts";
import { executionOf } from "./run.ts";

const progress = defineQuery<Execution>(runbookQueries.progress);

type StepUpdate = [CommandAnswer, [StepCommand]];

const updates = {
  retry: defineUpdate<StepUpdate[0], StepUpdate[1]>(runbookUpdates.retryStep),
  skip: defineUpdate<StepUpdate[0], StepUpdate[1]>(runbookUpdates.skipStep),
  approve: defineUpdate<StepUpdate[0], StepUpdate[1]>(runbookUpdates.approve),
} as const;

const cancelUpdate = defineUpdate<CommandAnswer, [StepCommand]>(runbookUpdates.cancel);

/** In which states of a step a command makes sense. */
const allowed: Record<Command, StepState[]> = {
  retry: ["parked"],
  skip: ["parked", "waiting", "running"],
  approve: ["waiting"],
};

/** What operators may do with a live run, from the API, the CLI or Temporal's UI. */
export const handleCommands = (run: Run, scope: CancellationScope): void => {
  setHandler(progress, () => executionOf(run));
  for (const command of ["retry", "skip", "approve"] as const) {
    setHandler(updates[command], (request) => obey(run, command, request), {
      validator: (request) => void stepFor(run, command, request),
      description: `${command} a step; without "step", the one step that this makes sense for`,
    });
  }
  setHandler(cancelUpdate, async ({ by }) => {
    run.cancelledBy ??= by.name;
    scope.cancel();
    await condition(() => run.endedAt !== null);
    return { execution: executionOf(run) };
  });
};

/** The step a command is for. Throws when there is none, or when it is not clear which. */
const stepFor = (run: Run, command: Command, { step }: StepCommand): string => {
  const fitting = [...run.steps.values()]
    .filter(({ state }) => allowed[command].includes(state))
    .map(({ id }) => id);
  if (step !== undefined && !run.steps.has(step))
    refuse(`There is no step "${step}": ${[...run.steps.keys()].join(", ")}.`);
  if (step !== undefined && fitting.includes(step)) return step;
  if (step !== undefined) {
    refuse(
      `Step "${step}" is ${run.steps.get(step)?.state}: ${command} is for steps that are ${allowed[command].join(" or ")}.`,
      "rejected",
    );
  }
  if (fitting.length > 1) refuse(`Which step? Name one of ${fitting.join(", ")}.`);
  return (
    fitting[0] ??
    refuse(`No step is ${allowed[command].join(" or ")}: there is nothing to ${command}.`, "rejected")
  );
};

/** What was asked for is wrong in itself, or not possible as things stand. */
const refuse = (message: string, type: "invalid_input" | "rejected" = "invalid_input"): never => {
  throw ApplicationFailure.create({ type, message, nonRetryable: true });
};

const obey = async (run: Run, command: Command, request: StepCommand): Promise<CommandAnswer> => {
  const step = stepFor(run, command, request);
  const before = run.steps.get(step)?.state;
  const { by, why } = request;
  run.commands.set(step, { command, by: by.name, ...(why !== undefined && { why }) });
  if (command === "skip") run.scopes.get(step)?.cancel();
  await condition(() => run.steps.get(step)?.state !== before || run.endedAt !== null);
  return { execution: executionOf(run) };
};
