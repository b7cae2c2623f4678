import type { FormatDefinition, ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { Schema } from "./documents.ts";

type Text = FormatDefinition<string>;
const { email, date, "date-time": dateTime, uri, uuid } = fullFormats as unknown as Record<string, Text>;
const texts = { email, date, "date-time": dateTime, uri, uuid };

/** Zoom writes "" where it has nothing: the e-mail of outsiders, the end of what still runs. */
const orEmpty = ({ validate }: Text): Text => ({
  type: "string",
  validate: (text) => text === "" || accepts(validate, text),
});

function accepts(validate: Text["validate"], text: string): boolean {
  if (typeof validate === "function") return validate(text) as boolean;
  return new RegExp(validate as RegExp).test(text);
}

const common = { strict: false, allErrors: true, logger: false, formats: { int64: true } } as const;
const said = new Ajv2019({ ...common, formats: { ...common.formats, ...texts } });
const heard = new Ajv2019({
  ...common,
  formats: {
    ...common.formats,
    ...Object.fromEntries(Object.entries(texts).map(([name, format]) => [name, orEmpty(format!)])),
  },
});
const inUrls = new Ajv2019({ ...common, coerceTypes: true, formats: { ...common.formats, ...texts } });

/** By who wrote it: a request's body, an answer or a webhook, a parameter (text, read as the type it has). */
const judges = { said, heard, inUrls };

const compiled = new WeakMap<Schema, ValidateFunction>();

/** What is wrong with a value, one sentence each; what the schema does not name is wrong too. */
export function faultsOf(writer: keyof typeof judges, schema: Schema, value: unknown): string[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = judges[writer].compile(closed(schema));
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== "anyOf")
    .map(({ instancePath, message, params }) => {
      const more = params["unevaluatedProperty"] ?? params["additionalProperty"] ?? params["allowedValues"];
      return `${instancePath.replace(/\/\d+(?=\/|$)/g, "/*")} ${message}${more ? ` (${more})` : ""}`;
    });
}

/** The same schema, allowing no property that it does not name. The parts of an `allOf` are closed as one. */
function closed(schema: Schema): Schema {
  return close(schema, true) as Schema;
}

function close(node: unknown, isWhole: boolean): unknown {
  if (Array.isArray(node)) return node.map((each) => close(each, isWhole));
  if (typeof node !== "object" || node === null) return node;
  const schema = Object.fromEntries(
    Object.entries(node)
      .filter(([keyword]) => keyword !== "example" && keyword !== "examples")
      .map(([keyword, value]) => [keyword, closeKeyword(keyword, value)]),
  );
  const describesObject = "properties" in schema || "allOf" in schema;
  if (isWhole && describesObject && !("additionalProperties" in schema))
    schema["unevaluatedProperties"] = false;
  return schema;
}

function closeKeyword(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case "properties":
      return Object.fromEntries(
        Object.entries(value as Schema).map(([name, each]) => [name, close(each, true)]),
      );
    case "items":
    case "anyOf":
      return close(value, true);
    case "allOf":
      return close(value, false);
    default:
      return value;
  }
}
