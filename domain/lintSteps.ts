import type { Catalogue } from "./catalogue.ts";
import type { Mark } from "./lint.ts";
import type { Scope } from "./lintVariables.ts";
import { checkTemplate, checkVariable } from "./lintVariables.ts";
import type { Json } from "./plan.ts";
import { documentAt, nearestName, problemsOf } from "./problems.ts";
import type { ActionStepDocument, Condition, Guard, Runbook, Step, WaitStepDocument } from "./runbook.ts";
import { isAction, isWait, placedSteps } from "./steps.ts";
import { hasTemplate } from "./template.ts";

/** What a schema cannot say: names that must exist, and templates. */
export const lintSteps = (runbook: Runbook, catalogue: Catalogue): Mark[] => [
  ...lintTrigger(runbook),
  ...repeatedIds(runbook),
  ...placedSteps(runbook).flatMap(({ step, keys, earlier }) =>
    lintStep(step, keys, { runbook, catalogue, earlier, self: step.id }),
  ),
];

/** Before an incident was created there is nothing it could have changed from. */
const lintTrigger = ({ trigger }: Runbook): Mark[] => {
  if (!trigger || trigger.on.some((event) => event !== "incident.created")) return [];
  return trigger.conditions.flatMap(({ operator }, index): Mark[] =>
    operator === "changed_from"
      ? [
          {
            level: "warning",
            keys: ["trigger", "conditions", index, "operator"],
            message: "changed_from never holds for incident.created: add incident.updated to trigger.on",
          },
        ]
      : [],
  );
};

const repeatedIds = (runbook: Runbook): Mark[] => {
  const seen = new Set<string>();
  return placedSteps(runbook).flatMap(({ step, keys }): Mark[] => {
    if (!seen.has(step.id)) {
      seen.add(step.id);
      return [];
    }
    return [{ level: "error", keys: [...keys, "id"], message: `"${step.id}" names another step already` }];
  });
};

const lintStep = (step: Step, keys: PropertyKey[], scope: Scope): Mark[] => [
  ...lintGuard(step.when, [...keys, "when"], scope),
  ...(isAction(step) ? lintAction(step, keys, scope) : []),
  ...(isWait(step) ? lintWait(step, [...keys, "wait"], scope) : []),
];

export const guardConditions = (
  guard: Guard | undefined,
): { match: "all" | "any"; conditions: Condition[] } => {
  if (guard === undefined) return { match: "all", conditions: [] };
  if ("all" in guard) return { match: "all", conditions: guard.all };
  if ("any" in guard) return { match: "any", conditions: guard.any };
  return { match: "all", conditions: [guard] };
};

const lintGuard = (guard: Guard | undefined, keys: PropertyKey[], scope: Scope): Mark[] =>
  guardConditions(guard).conditions.flatMap(({ field, operator }): Mark[] => {
    if (operator.startsWith("changed_")) {
      return [
        {
          level: "error",
          keys,
          message: `${operator} belongs to a trigger: a step has nothing to compare with`,
        },
      ];
    }
    const finding = checkVariable(field, scope);
    return finding ? [{ ...finding, keys }] : [];
  });

const lintAction = (step: ActionStepDocument, keys: PropertyKey[], scope: Scope): Mark[] => {
  const facts = scope.catalogue.get(step.action);
  if (!facts) return [unknownAction(step.action, [...keys, "action"], scope.catalogue)];
  const inputKeys = [...keys, "input"];
  return [
    ...lintInput(facts.input, step.input as Json, inputKeys),
    ...lintTexts(step.input as Json, inputKeys, scope),
    ...lintTexts((step.fallback ?? null) as Json, [...keys, "fallback"], scope),
  ];
};

const unknownAction = (action: string, keys: PropertyKey[], catalogue: Catalogue): Mark => {
  const names = [...catalogue.keys()];
  const nearest = nearestName(action, names);
  const hint = nearest ? `did you mean ${nearest}?` : `there are ${names.join(", ")}`;
  return {
    level: "error",
    keys,
    message: `there is no action "${action}"; ${hint}`,
    ...(nearest && { nearest }),
  };
};

/** Where a template stands, any value may come of it: only the run can tell. */
const lintInput = (schema: Parameters<typeof problemsOf>[1], input: Json, at: PropertyKey[]): Mark[] => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return [];
  return problemsOf(parsed.error, schema)
    .filter(({ keys }) => !isTemplated(documentAt(input, keys)))
    .map(({ message, nearest, keys }) => ({
      level: "error",
      keys: [...at, ...keys],
      message,
      ...(nearest && { nearest }),
    }));
};

const isTemplated = (value: unknown): boolean => typeof value === "string" && hasTemplate(value);

/** Every string of a document with the keys that lead to it. */
const textsIn = (document: Json, keys: PropertyKey[]): [PropertyKey[], string][] => {
  if (typeof document === "string") return [[keys, document]];
  if (typeof document !== "object" || document === null) return [];
  const entries: [PropertyKey, Json][] = Array.isArray(document)
    ? document.map((item, index) => [index, item])
    : Object.entries(document);
  return entries.flatMap(([key, value]) => textsIn(value, [...keys, key]));
};

const lintTexts = (document: Json, at: PropertyKey[], scope: Scope): Mark[] =>
  textsIn(document, at).flatMap(([keys, text]) =>
    checkTemplate(text, scope).map((finding) => ({ ...finding, keys })),
  );

const lintWait = ({ wait }: WaitStepDocument, keys: PropertyKey[], scope: Scope): Mark[] => {
  const marks = lintTexts({ meeting_id: wait.meeting_id ?? "", until: wait.until ?? "" }, keys, scope);
  const { until } = wait;
  if (until !== undefined && !hasTemplate(until) && Number.isNaN(Date.parse(until))) {
    marks.push({
      level: "error",
      keys: [...keys, "until"],
      message: "must be an instant such as 2026-01-31T09:00:00Z",
    });
  }
  if (wait.for !== undefined && wait.timeout === undefined && wait.for !== "approval") {
    marks.push({
      level: "warning",
      keys,
      message: `waits for ${wait.for} without end: add timeout: 12h and on_timeout: continue`,
    });
  }
  return marks;
};
