import type { Catalogue } from "../domain/catalogue.ts";
import { jsonSchemaOf } from "../domain/problems.ts";

type Schema = ReturnType<typeof jsonSchemaOf>;

const typeOf = (schema: Schema): string => {
  const options = schema.anyOf ?? schema.oneOf;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (Array.isArray(options)) {
    const types = options.map((each) => (typeof each === "object" ? typeOf(each) : "any"));
    return [...new Set(types)].join(" or ");
  }
  if (schema.type === "array") return "list";
  return typeof schema.type === "string" ? schema.type : "any";
};

const limitsOf = ({ minimum, maximum, maxLength, default: byDefault }: Schema): string =>
  [
    minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
      ? `${minimum} to ${maximum}`
      : "",
    maxLength === undefined ? "" : `at most ${maxLength} characters`,
    byDefault === undefined || typeof byDefault === "object"
      ? ""
      : `default \`${JSON.stringify(byDefault)}\``,
  ]
    .filter(Boolean)
    .join(", ");

const row = (name: string, schema: Schema, isRequired: boolean): string => {
  const about = [schema.description ?? schema.title ?? "", limitsOf(schema)].filter(Boolean).join("; ");
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
    return [
      row(`${prefix}${name}`, each, isRequired),
      ...rowsOf(objectOf(each), `${prefix}${name}.`, marksRequired),
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

/** The reference of all actions, from the catalogue. */
export const actionsPage = (catalogue: Catalogue): string => {
  const actions = [...catalogue.values()].flatMap((action) => [
    `## ${action.title}: \`${action.key}\``,
    "",
    `${action.description} It ${effects[action.effect]}; when it fails for good the run will **${action.onFailure ?? "pause"}** unless the step says otherwise.`,
    "",
    ...table("input", rowsOf(jsonSchemaOf(action.input))),
    ...table("output", rowsOf(jsonSchemaOf(action.output), "", false)),
    ...(action.scopes.length > 0
      ? [
          "Scopes in Zoom, of each line any one:",
          "",
          ...action.scopes.map((anyOf) => `- ${anyOf.map((scope) => `\`${scope}\``).join(", ")}`),
          "",
        ]
      : []),
    "```yaml",
    `- id: ${action.key.split(".")[1]}`,
    `  action: ${action.key}`,
    `  input: ${JSON.stringify(action.example)}`,
    "```",
    "",
  ]);
  return ["# Actions", "", "Made from the catalogue by `npm run docs`; do not edit.", "", ...actions].join(
    "\n",
  );
};
