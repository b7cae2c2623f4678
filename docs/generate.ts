import { stringify } from "yaml";
import type { z } from "zod";
import type { ActionFacts, Catalogue } from "../domain/catalogue.ts";
import { jsonSchemaOf } from "../domain/problems.ts";
import { hasTemplate } from "../domain/template.ts";

type Schema = ReturnType<typeof jsonSchemaOf>;

const isSchema = (each: unknown): each is Schema => typeof each === "object" && each !== null;

/** A union's members, those of unions within it too. */
const optionsOf = (schema: Schema): Schema[] =>
  [schema.anyOf ?? schema.oneOf ?? []]
    .flat()
    .filter(isSchema)
    .flatMap((each) => (each.anyOf || each.oneOf ? optionsOf(each) : [each]));

const namesOf = ({ properties = {} }: Schema): string => `{${Object.keys(properties).join(", ")}}`;

/** What is in a list, unless rows of their own tell it. */
const listOf = ({ items }: Schema): string => {
  if (!isSchema(items) || items.properties || optionsOf(items).length > 0) return "list";
  return items.enum
    ? `list of ${typeOf(items)}`
    : `list of ${typeOf(items).replaceAll(/\b(?=$| or )/g, "s")}`;
};

const typeOf = (schema: Schema): string => {
  const options = optionsOf(schema);
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (options.length > 0) {
    const types = options.map((each) => (each.properties ? namesOf(each) : typeOf(each)));
    return [...new Set(types)].join(" or ");
  }
  if (schema.type === "array") return listOf(schema);
  return schema.type === undefined ? "any" : [schema.type].flat().join(" or ");
};

/** A default shows what is meant, too. */
const exampleOf = ({ examples: [first] = [], default: byDefault }: Schema): string =>
  first === undefined || byDefault !== undefined
    ? ""
    : `such as \`${typeof first === "string" ? first : JSON.stringify(first)}\``;

const limitsOf = ({ minimum, maximum, maxLength, maxItems, default: byDefault }: Schema): string =>
  [
    minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
      ? `${minimum} to ${maximum}`
      : "",
    maxLength === undefined ? "" : `at most ${maxLength} characters`,
    maxItems === undefined ? "" : `at most ${maxItems}`,
    byDefault === undefined || typeof byDefault === "object"
      ? ""
      : `default \`${JSON.stringify(byDefault)}\``,
  ]
    .filter(Boolean)
    .join(", ");

const row = (name: string, schema: Schema, isRequired: boolean): string => {
  const about = [schema.description ?? schema.title ?? "", limitsOf(schema), exampleOf(schema)]
    .filter(Boolean)
    .join("; ");
  return `| \`${name}\`${isRequired ? " (required)" : ""} | ${typeOf(schema)} | ${about.replaceAll("|", "\\|")} |`;
};

/** What is below a field; where a word such as `false` may stand instead of an object, the object's fields. */
const objectOf = (schema: Schema): Schema => {
  const options = (schema.anyOf ?? []).flatMap((each) => (typeof each === "object" ? [each] : []));
  const [only, ...others] = options.filter((each) => each.const === undefined);
  return only && others.length === 0 ? only : schema;
};

const rowsOf = (schema: Schema, prefix = "", marksRequired = true): string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    if (typeof each !== "object") return [];
    const isRequired =
      marksRequired && schema.required?.includes(name) === true && each.default === undefined;
    const path = `${prefix}${name}`;
    const items = [each, ...optionsOf(each)].map((option) => option.items).filter(isSchema);
    return [
      row(path, each, isRequired),
      ...rowsOf(objectOf(each), `${path}.`, marksRequired),
      ...items.flatMap((item) => rowsOf(item, `${path}[].`, marksRequired)),
    ];
  });

const table = (title: string, rows: string[]): string[] => [
  `| ${title} | type | meaning |`,
  "| --- | --- | --- |",
  ...rows,
  "",
];

const effects = {
  read: "changes nothing",
  idempotent: "may be repeated without harm",
  create: "makes something new, never twice whatever crashes",
} as const;

const examplesOf = (field: z.ZodType): unknown[] => {
  const own = field.meta()?.examples;
  if (Array.isArray(own)) return own;
  const { innerType } = field.def as { innerType?: z.ZodType };
  return innerType ? examplesOf(innerType) : [];
};

/** zod leaves out examples of fields that it transforms; ours show what is written, before that. */
const inputSchema = ({ input }: ActionFacts): Schema => {
  const schema = jsonSchemaOf(input);
  const properties = Object.entries(schema.properties ?? {}).map(([name, each]) => {
    const examples = examplesOf(input.shape[name] as z.ZodType);
    return [name, isSchema(each) && examples.length > 0 ? { ...each, examples } : each];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
};

/** As a runbook has it: which meeting it is, and of which incident, variables say. */
const stepOf = ({ key, input, example }: ActionFacts): string => {
  const given = Object.entries(example).map(([name, value]) => {
    const isNamed = name.endsWith("_id") || name === "topic";
    const [variable] = isNamed ? examplesOf(input.shape[name] as z.ZodType) : [];
    return [name, typeof variable === "string" && hasTemplate(variable) ? variable : value];
  });
  const step = { id: key.split(".")[1], action: key, input: Object.fromEntries(given) };
  return stringify([step], { lineWidth: 0 }).trimEnd();
};

const policyOf = ({ onFailure = "pause" }: ActionFacts): string => onFailure;

const anchorOf = ({ title, key }: ActionFacts): string =>
  `${title} ${key}`
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");

const overview = (catalogue: Catalogue): string[] => [
  "| action | what it does | effect | failed for good |",
  "| --- | --- | --- | --- |",
  ...[...catalogue.values()].map(
    (action) =>
      `| [\`${action.key}\`](#${anchorOf(action)}) | ${action.title} | ${action.effect} | ${policyOf(action)} |`,
  ),
  "",
];

const introduction = `Made from the catalogue by \`npm run docs\`; do not edit.

A later step takes an output as \`{{runbook.outputs.<step>.<field>}}\`, one of a list by its number
(\`{{runbook.outputs.series.occurrences.0.start_time}}\`), all of them with a section
(\`{{#runbook.outputs.who.attendees}}{{name}} {{/runbook.outputs.who.attendees}}\`). Durations are written as \`90s\`,
\`15m\`, \`1h30m\` or \`7d\`. Effects: \`read\` changes nothing, \`idempotent\` may be repeated without harm, \`create\` makes
something new, never twice whatever crashes. Failed for good, a step does what the last column says, unless its
\`on_failure\` says otherwise.
`;

const scopeLines = (title: string, scopes: ActionFacts["scopes"]): string[] =>
  scopes.length > 0
    ? [title, "", ...scopes.map((anyOf) => `- ${anyOf.map((scope) => `\`${scope}\``).join(", ")}`), ""]
    : [];

/** The reference of all actions, from the catalogue. */
export const actionsPage = (catalogue: Catalogue): string => {
  const actions = [...catalogue.values()].flatMap((action) => [
    `## ${action.title}: \`${action.key}\``,
    "",
    `${action.description} It ${effects[action.effect]}; when it fails for good the run will **${policyOf(action)}** unless the step says otherwise.`,
    "",
    ...table("input", rowsOf(inputSchema(action))),
    ...table("output", rowsOf(jsonSchemaOf(action.output), "", false)),
    ...scopeLines("Scopes in Zoom, of each line any one:", action.scopes),
    ...Object.entries(action.optionScopes ?? {}).flatMap(([option, scopes]) =>
      scopeLines(`With \`${option}\` also:`, scopes),
    ),
    "```yaml",
    stepOf(action),
    "```",
    "",
  ]);
  return ["# Actions", "", introduction, ...overview(catalogue), ...actions].join("\n");
};
