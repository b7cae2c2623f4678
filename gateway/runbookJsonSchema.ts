import type { ActionFacts, Catalogue } from "../domain/catalogue.ts";
import { jsonSchemaOf } from "../domain/problems.ts";
import { runbookSchema } from "../domain/runbook.ts";

type Schema = ReturnType<typeof jsonSchemaOf>;

/** A template may stand for any value of a step's input. */
const template = { type: "string", pattern: "\\{\\{" } as const;

const inputOf = (facts: ActionFacts): Schema => {
  const { properties = {}, $schema: _, ...rest } = jsonSchemaOf(facts.input);
  const loose = Object.entries(properties).map(([name, schema]) => [name, { anyOf: [schema, template] }]);
  return { ...rest, properties: Object.fromEntries(loose) };
};

const whenAction = (facts: ActionFacts): Schema => ({
  if: { properties: { action: { const: facts.key } }, required: ["action"] },
  // oxlint-disable-next-line unicorn/no-thenable -- JSON schema's own word
  then: { properties: { input: inputOf(facts) } },
});

const isActionStep = (schema: Schema): boolean => schema.properties?.["action"] !== undefined;

/** The schema with every step's `action` and `input` narrowed to the actions there are. */
const narrowed = (value: unknown, catalogue: Catalogue): unknown => {
  if (Array.isArray(value)) return value.map((each) => narrowed(each, catalogue));
  if (typeof value !== "object" || value === null) return value;
  const schema = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, narrowed(each, catalogue)]),
  ) as Schema;
  if (!isActionStep(schema)) return schema;
  const actions = [...catalogue.values()];
  const action = {
    description: "What the step does",
    oneOf: actions.map(({ key, title, description }) => ({ const: key, title, description })),
  };
  return { ...schema, properties: { ...schema.properties, action }, allOf: actions.map(whenAction) };
};

/** The JSON schema of runbooks for editors: with it they complete actions and their inputs. */
export const runbookJsonSchema = (catalogue: Catalogue): object => ({
  $id: "urn:zoom-runbooks:runbook",
  ...(narrowed(jsonSchemaOf(runbookSchema), catalogue) as object),
});
