import { CancellationScope, patched } from "@temporalio/workflow";
import { failure } from "../../domain/failures.ts";
import type { ParallelStep, PlanStep } from "../../domain/plan.ts";
import { TemplateError } from "../../domain/template.ts";
import { record } from "../report.ts";
import type { Run } from "../run.ts";
import { guardHolds, mark, note, StopRun } from "../run.ts";
import { runAction } from "./action.ts";
import { runWait } from "./wait.ts";

/** Runs steps in order. */
export const runSteps = async (run: Run, steps: PlanStep[]): Promise<void> => {
  for (const step of steps) await runStep(run, step);
};

const runStep = async (run: Run, step: PlanStep): Promise<void> => {
  if (!guardHolds(run, step)) return skipGuarded(run, step);
  try {
    await runKind(run, step);
  } catch (error) {
    // A wait whose template has no value cannot start; actions deal with theirs as with any failure.
    if (!(error instanceof TemplateError)) throw error;
    throw new StopRun(step.id, failure("invalid_input", `${error.message}.`));
  }
};

const runKind = (run: Run, step: PlanStep): Promise<void> => {
  switch (step.kind) {
    case "action":
      return runAction(run, step);
    case "wait":
      return runWait(run, step);
    case "parallel":
      return runParallel(run, step);
    default:
      return unknownKind(step);
  }
};

const unknownKind = (step: never): never => {
  throw new StopRun("?", failure("internal", `unknown kind of step: ${JSON.stringify(step)}`));
};

/** Members run side by side; when one stops the run, the others are cancelled and waited for. */
const runParallel = async (run: Run, group: ParallelStep): Promise<void> => {
  const scope = new CancellationScope();
  await scope.run(async () => {
    const members = group.steps.map((step) =>
      runMember(run, group, step).catch((error: unknown) => {
        scope.cancel();
        throw error;
      }),
    );
    const endings = await Promise.allSettled(members);
    const stopped = endings.find(
      (ending) => ending.status === "rejected" && ending.reason instanceof StopRun,
    );
    const failed = stopped ?? endings.find((ending) => ending.status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  });
};

/** What one has made need not wait for the others: they may take hours. */
const runMember = async (run: Run, group: ParallelStep, step: PlanStep): Promise<void> => {
  await runStep(run, step);
  const isOver = ({ id }: PlanStep) => ["completed", "skipped", "failed"].includes(stateOf(run, id));
  if (run.effects.length === 0 || group.steps.every(isOver)) return;
  if (patched("tells-from-within-a-group")) await record(run);
};

const stateOf = (run: Run, id: string): string => run.steps.get(id)?.state ?? "pending";

const skipGuarded = (run: Run, step: PlanStep): void => {
  const members = step.kind === "parallel" ? step.steps : [step];
  for (const member of members) {
    run.outputs[member.id] = null;
    mark(run, member.id, "skipped", { note: "its condition does not hold" });
  }
  note(run, "step.skipped", `Skipped: ${step.title}`, {
    step: step.id,
    detail: "Its condition does not hold.",
  });
};
