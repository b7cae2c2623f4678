import type { Catalogue } from "./catalogue.ts";
import { nearestName } from "./problems.ts";
import type { Runbook, Step } from "./runbook.ts";
import { isAction, placedSteps } from "./steps.ts";
import { templateVariables, TemplateError } from "./template.ts";
import { actionVariable, incidentVariables, userVariables } from "./variables.ts";

export type Finding = { level: "error" | "warning"; message: string; nearest?: string };

/** What the variables of one step may name. */
export type Scope = { runbook: Runbook; catalogue: Catalogue; earlier: readonly Step[]; self: string };

const namespaces = ["incident", "Activity", "runbook.inputs", "runbook.outputs", "user"] as const;

const error = (message: string, nearest?: string): Finding => ({
  level: "error",
  message,
  ...(nearest !== undefined && { nearest }),
});

const unknownName = (what: string, path: string, names: readonly string[]): Finding => {
  const nearest = nearestName(path, names);
  return error(`{{${path}}}: ${what}${nearest ? `; did you mean {{${nearest}}}?` : ""}`, nearest);
};

/** Fields beyond the known ones may be custom fields of some incident, so only a near miss is an error. */
const checkIncidentField = (namespace: string, path: string, field: string): Finding | undefined => {
  const known: readonly string[] = incidentVariables;
  if (known.includes(field) || field.startsWith("custom_fields.") || /^responders\.\d+/.test(field))
    return undefined;
  const nearest = nearestName(field, known);
  if (nearest)
    return unknownName(
      "no such field",
      path,
      known.map((name) => `${namespace}.${name}`),
    );
  return {
    level: "warning",
    message: `{{${path}}}: only an incident with a custom field "${field}" has this; the step fails for others`,
  };
};

const outputsOf = (scope: Scope, step: Step): string[] => {
  if (!isAction(step)) return [];
  const facts = scope.catalogue.get(step.action);
  return [...Object.keys(facts?.output.shape ?? {}), ...Object.keys(step.fallback ?? {})];
};

const checkOutput = (
  scope: Scope,
  path: string,
  name: string,
  field: string | undefined,
): Finding | undefined => {
  const named = ({ id, ...step }: Step): boolean =>
    id === name || ("action" in step && actionVariable(step.action) === name);
  const step = scope.earlier.find(named);
  if (!step) {
    const all = placedSteps(scope.runbook).map((placed) => placed.step);
    if (all.some(named)) return error(`{{${path}}}: step "${name}" does not run before step "${scope.self}"`);
    const ids = scope.earlier.filter(isAction).map(({ id }) => `runbook.outputs.${id}`);
    return unknownName(`no earlier step "${name}"`, `runbook.outputs.${name}`, ids);
  }
  if (field === undefined || !isAction(step) || !scope.catalogue.has(step.action)) return undefined;
  const fields = outputsOf(scope, step);
  if (fields.includes(field)) return undefined;
  const full = fields.map((each) => `runbook.outputs.${name}.${each}`);
  const finding = unknownName(`step "${name}" has no output "${field}"`, path, full);
  return finding.nearest ? finding : error(`${finding.message}; it has ${fields.join(", ")}`);
};

const checkUser = (path: string, field: string): Finding | undefined => {
  const names: readonly string[] = userVariables;
  return names.includes(field)
    ? undefined
    : unknownName(
        "no such field",
        path,
        names.map((each) => `user.${each}`),
      );
};

const checkInput = (scope: Scope, path: string, name: string): Finding | undefined => {
  const inputs = Object.keys(scope.runbook.inputs);
  if (inputs.includes(name)) return undefined;
  return unknownName(
    `the runbook has no input "${name}"`,
    path,
    inputs.map((each) => `runbook.inputs.${each}`),
  );
};

const checkRunbook = (scope: Scope, path: string, [kind, name, field]: string[]): Finding | undefined => {
  if (kind === "inputs") return name === undefined ? undefined : checkInput(scope, path, name);
  if (kind === "outputs" && name !== undefined) return checkOutput(scope, path, name, field);
  return error(
    `{{${path}}}: unknown variable; there are runbook.inputs.… and runbook.outputs.<step>.<field>`,
  );
};

/** What is wrong with one variable's path, if anything. */
export const checkVariable = (path: string, scope: Scope): Finding | undefined => {
  if (path.includes("|")) {
    return error(`{{${path}}}: filters belong to Liquid and are not known here; give the plain variable`);
  }
  const [head = "", ...rest] = path.split(".");
  switch (head) {
    case "incident":
    case "Activity":
      return rest.length === 0 ? undefined : checkIncidentField(head, path, rest.join("."));
    case "user":
      return checkUser(path, rest.join("."));
    case "runbook":
      return checkRunbook(scope, path, rest);
    default: {
      const nearest = nearestName(head, ["incident", "Activity", "runbook", "user"]);
      const hint = nearest ? `did you mean "${nearest}"?` : `variables start with ${namespaces.join(", ")}`;
      return error(`{{${path}}}: unknown variable; ${hint}`, nearest);
    }
  }
};

const celOrLiquid = (text: string): Finding | undefined => {
  if (/\$\{\{/.test(text)) {
    return error(
      "${{ … }} is a CEL expression, which is not known here; write {{incident.title}} or use when:",
    );
  }
  if (/\{%/.test(text))
    return error("{% … %} is Liquid, which is not known here; use when: or {{#…}}…{{/…}}");
  return undefined;
};

/** Everything wrong with the templates of one text. */
export const checkTemplate = (text: string, scope: Scope): Finding[] => {
  const foreign = celOrLiquid(text);
  if (foreign) return [foreign];
  try {
    return templateVariables(text).flatMap(({ path, inSection }) => {
      const finding =
        inSection && !/^(incident|Activity|runbook|user)\./.test(path)
          ? undefined
          : checkVariable(path, scope);
      return finding ? [finding] : [];
    });
  } catch (caught) {
    if (caught instanceof TemplateError) return [error(caught.message)];
    throw caught;
  }
};
