import type { ActionStepDocument, ParallelStepDocument, Runbook, Step, WaitStepDocument } from "./runbook.ts";

export const isAction = (step: Step): step is ActionStepDocument => "action" in step;
export const isWait = (step: Step): step is WaitStepDocument => "wait" in step;
export const isParallel = (step: Step): step is ParallelStepDocument => "parallel" in step;

/** A step with where it stands in its document, and the steps whose outputs it may use. */
export type PlacedStep = { step: Step; keys: PropertyKey[]; earlier: Step[] };

/** Every step of a runbook, groups before their members. Members of a group cannot see one another's outputs. */
export const placedSteps = (runbook: Runbook): PlacedStep[] => {
  const earlier: Step[] = [];
  return runbook.steps.flatMap((step, index) => {
    const keys = ["steps", index];
    const known = [...earlier];
    const members = isParallel(step) ? step.parallel : [];
    earlier.push(step, ...members);
    return [
      { step, keys, earlier: known },
      ...members.map((member, place) => ({
        step: member,
        keys: [...keys, "parallel", place],
        earlier: known,
      })),
    ];
  });
};
