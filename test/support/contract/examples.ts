import type { Schema } from "./documents.ts";

type Described = {
  type?: string;
  example?: unknown;
  enum?: unknown[];
  default?: unknown;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
};

/** A value made of the examples that a schema gives for its parts, complete. */
export function exampleOf(schema: Schema): unknown {
  const { example, enum: values, default: usual, anyOf, allOf, properties, items, type }: Described = schema;
  if (allOf) return Object.assign({}, ...allOf.map(exampleOf)) as object;
  if (anyOf?.[0]) return exampleOf(anyOf[0]);
  if (properties) return Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, exampleOf(v)]));
  if (items) return [exampleOf(items)];
  return example ?? values?.[0] ?? usual ?? plain[type ?? "object"];
}

const plain: Record<string, unknown> = { string: "text", integer: 1, number: 1, boolean: true, object: {} };
