import type { ActionFacts, Concern, Means } from "./catalogue.ts";
import { filledInput } from "./compile.ts";
import { allHold } from "./conditions.ts";
import { chosenFor, writtenConnector } from "./connectorChoice.ts";
import type { Mark } from "./lint.ts";
import { guardConditions } from "./lintSteps.ts";
import type { Json } from "./plan.ts";
import type { ActionStepDocument, Condition, Runbook } from "./runbook.ts";
import type { Severity } from "./severity.ts";
import { severities } from "./severity.ts";
import { isAction, placedSteps } from "./steps.ts";

/** Good practice, as each action has it, for each severity that the runbook may start for: what is told once is enough. */
export const lintAdvice = (runbook: Runbook, means: Means): Mark[] => {
  const marks = severities
    .filter((severity) => !runbook.trigger || mayHold(runbook.trigger, severity))
    .flatMap((severity) => adviceFor(runbook, means, severity));
  return [...new Map(marks.map((mark) => [JSON.stringify(mark), mark])).values()];
};

type Filled = {
  facts: ActionFacts;
  step: ActionStepDocument;
  keys: PropertyKey[];
  input: { [field: string]: Json };
};

const adviceFor = (runbook: Runbook, means: Means, severity: Severity): Mark[] => {
  const filled = filledSteps(runbook, means, severity);
  const seenTo = new Set(filled.flatMap(({ facts, input }) => facts.seesTo?.(input) ?? []));
  const known = runbook.trigger ? severity : undefined;
  const ofSteps = filled.flatMap(({ facts, step, keys, input }): Mark[] => {
    const written = step.input as Filled["input"];
    const advice = facts.advise?.(input, { written, severity: known, seenTo }) ?? [];
    return advice.map(({ message, keys: inner }) => ({
      level: "advice",
      keys: [...keys, "input", ...inner],
      message,
    }));
  });
  return [...ofSteps, ...unkeptPolicy(runbook, seenTo)];
};

/** A policy is carried out by the steps that heed it. */
const unkeptPolicy = ({ recordings }: Runbook, seenTo: ReadonlySet<Concern>): Mark[] => {
  if (!recordings || seenTo.has("retention")) return [];
  const message = `is kept to by no step, so recordings stay in Zoom for as long as the account keeps them: add zoom.delete_recordings, which then waits ${recordings.keep_for} after each call`;
  return [{ level: "advice", keys: ["recordings", "keep_for"], message }];
};

/** The steps that act for an incident of this severity, with what the defaults give them. */
const filledSteps = (runbook: Runbook, means: Means, severity: Severity): Filled[] => {
  const { catalogue } = means;
  const choose = chosenFor(means, severity);
  return placedSteps(runbook).flatMap(({ step, keys }): Filled[] => {
    const facts = isAction(step) && catalogue.get(step.action);
    const group = runbook.steps[Number(keys[1])];
    const guards = [group?.when, step.when].map(guardConditions);
    if (!facts || !guards.every((guard) => mayHold(guard, severity))) return [];
    const { defaults } = choose(writtenConnector(runbook, step));
    return [
      { facts, step, keys, input: filledInput(facts, step, { defaults, recordings: runbook.recordings }) },
    ];
  });
};

type Conditions = { match: "all" | "any"; conditions: readonly Condition[] };

/** Whether conditions may hold for a severity; of other fields, and of what came before, nothing is known. */
const mayHold = ({ match, conditions }: Conditions, severity: Severity): boolean => {
  const possible = (condition: Condition): boolean =>
    !/^((incident|Activity)\.)?severity(\.id)?$/.test(condition.field) ||
    condition.operator === "changed_from" ||
    allHold([condition], "all", () => ({ now: severity, changed: true }));
  return match === "all" || conditions.length === 0 ? conditions.every(possible) : conditions.some(possible);
};
