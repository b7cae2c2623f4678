import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Json } from "./plan.ts";

/** What is wrong with a document: where, what, and the nearest right name if there is one. */
export type Problem = { path: string; message: string; nearest?: string; keys: PropertyKey[] };

/** `["steps", 2, "input"]` as people write it: `steps[2].input`. */
export const pathText = (keys: readonly PropertyKey[]): string =>
  keys.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");

/** The right name that somebody probably meant, if one is near enough. */
export const nearestName = (given: string, names: readonly string[]): string | undefined => {
  if (names.length === 0) return undefined;
  const best = closest(given, names);
  return distance(given.toLowerCase(), best.toLowerCase()) <= Math.max(2, Math.floor(best.length / 3))
    ? best
    : undefined;
};

type Schema = z.core.JSONSchema.BaseSchema;

/** The sub-schemas that a key leads to: a union may lead to several. */
const below = (schema: Schema, key: PropertyKey): Schema[] => {
  const own = [
    typeof key === "number" ? schema.items : schema.properties?.[String(key)],
    schema.properties?.[String(key)] === undefined ? schema.additionalProperties : undefined,
  ].flat();
  const found = own.filter((each): each is Schema => typeof each === "object" && each !== null);
  return [...found, ...alternatives(schema).flatMap((each) => below(each, key))];
};

const alternatives = (schema: Schema): Schema[] =>
  [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].filter(
    (each): each is Schema => typeof each === "object",
  );

const namesOf = (schema: Schema): string[] => [
  ...Object.keys(schema.properties ?? {}),
  ...alternatives(schema).flatMap(namesOf),
];

const jsonSchemas = new WeakMap<z.ZodType, Schema>();

/** The JSON schema of a zod schema as documents are written, made once. */
export const jsonSchemaOf = (schema: z.ZodType): Schema => {
  const made =
    jsonSchemas.get(schema) ??
    z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  jsonSchemas.set(schema, made);
  return made;
};

/** Names allowed at a place of a document. */
const namesAt = (schema: z.ZodType, keys: readonly PropertyKey[]): string[] => {
  const schemas = keys.reduce<Schema[]>(
    (found, key) => found.flatMap((each) => below(each, key)),
    [jsonSchemaOf(schema)],
  );
  return [...new Set(schemas.flatMap(namesOf))];
};

type Issue = z.core.$ZodIssue;

const weight = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);

/** The issues of a union are those of the alternative that fits best: what somebody most likely meant to write. */
const flattened = (issues: readonly Issue[], at: PropertyKey[] = []): Issue[] =>
  issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ ...issue, path }];
    const best = issue.errors
      .map((errors) => flattened(errors, path))
      .toSorted((a, b) => weight(a) - weight(b))
      .at(0);
    const deeper = best?.some(({ path: inner }) => inner.length > path.length) || best?.some(isUnknownName);
    return best && deeper ? best : [{ ...issue, path }];
  });

const isUnknownName = (issue: Issue): boolean => issue.code === "unrecognized_keys";

const quoted = (values: readonly unknown[]): string =>
  values.map((value) => JSON.stringify(value)).join(", ");

const tooBig = ({ maximum, origin }: z.core.$ZodIssueTooBig): string => {
  if (origin === "string") return `is too long: at most ${maximum} characters`;
  return origin === "array" ? `has too many entries: at most ${maximum}` : `is too large: at most ${maximum}`;
};

const tooSmall = ({ minimum, origin }: z.core.$ZodIssueTooSmall): string => {
  if (origin !== "string" && origin !== "array") return `is too small: at least ${minimum}`;
  if (minimum === 1) return "must not be empty";
  return origin === "string"
    ? `is too short: at least ${minimum} characters`
    : `has too few entries: at least ${minimum}`;
};

const wrongType = ({ expected, input, message }: z.core.$ZodIssueInvalidType): string =>
  input === undefined && message.includes("undefined")
    ? `is missing: needs ${expected}`
    : `needs ${expected}`;

const messageOf = (issue: Issue): string => {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue);
    case "invalid_value":
      return `must be one of ${quoted(issue.values)}`;
    case "too_big":
      return tooBig(issue);
    case "too_small":
      return tooSmall(issue);
    case "invalid_format":
      return issue.message.startsWith("Invalid ")
        ? `is no valid ${issue.format}`
        : `must be ${issue.message}`;
    case "invalid_union":
      return "has none of the allowed forms";
    default:
      return issue.message;
  }
};

/** A zod error in words, one problem per place, unknown names with the nearest right one. */
export const problemsOf = (error: z.ZodError, schema: z.ZodType): Problem[] =>
  flattened(error.issues).flatMap((issue): Problem[] => {
    if (issue.code !== "unrecognized_keys") {
      return [{ path: pathText(issue.path), message: messageOf(issue), keys: issue.path }];
    }
    const names = namesAt(schema, issue.path);
    return issue.keys.map((key) => {
      const nearest = nearestName(key, names);
      const keys = [...issue.path, key];
      const hint = nearest ? `did you mean "${nearest}"?` : `allowed: ${names.join(", ")}`;
      return {
        path: pathText(keys),
        message: `is no known field; ${hint}`,
        ...(nearest && { nearest }),
        keys,
      };
    });
  });

/** What stands at a place of a document. */
export const documentAt = (document: Json | undefined, keys: readonly PropertyKey[]): unknown =>
  keys.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], document);
