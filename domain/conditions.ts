import type { Condition } from "./runbook.ts";
import { isSeverity, severityFrom } from "./severity.ts";

/** A value as conditions and templates see it: what is known at a path, and what it was before a change. */
export type FieldValue = { now: unknown; before?: unknown; changed: boolean };

/** `custom_fields.region` in `{custom_fields: {region: "eu"}}`; undefined when there is nothing. */
export const valueAt = (root: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, root);

/** Text compares without regard to case; a severity compares as its number, however it was written. */
const comparable = (value: unknown, isSeverityField: boolean): unknown => {
  const plain = severityId(value) ?? value;
  if (isSeverityField) return severityFrom(plain) ?? plain;
  return typeof plain === "string" ? plain.toLowerCase() : plain;
};

/** In a template's view a severity is `{id, label}`. */
const severityId = (value: unknown): string | undefined => {
  const id =
    typeof value === "object" && value !== null && "label" in value && "id" in value ? value.id : undefined;
  return isSeverity(id) ? id : undefined;
};

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const asNumber = (value: unknown): number => {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return Number.NaN;
  const number = Number(value);
  return Number.isNaN(number) ? Date.parse(value) : number;
};

/** Does the condition hold? Missing values equal nothing, and `not_…` holds for them. */
export const holds = (condition: Condition, field: FieldValue): boolean => {
  const isSeverityField = /(^|\.)severity(\.id)?$/.test(condition.field);
  const compare = (value: unknown) => comparable(value, isSeverityField);
  const wanted = listOf(condition.value).map(compare);
  const now = compare(field.now);
  const before = compare(field.before);
  const contains = () =>
    Array.isArray(field.now)
      ? field.now.map(compare).some((item) => wanted.includes(item))
      : typeof now === "string" && wanted.some((item) => now.includes(String(item)));

  switch (condition.operator) {
    case "equals":
    case "in":
      return wanted.includes(now);
    case "not_equals":
    case "not_in":
      return !wanted.includes(now);
    case "contains":
      return contains();
    case "not_contains":
      return !contains();
    case "greater_than":
      return asNumber(now) > asNumber(wanted[0]);
    case "less_than":
      return asNumber(now) < asNumber(wanted[0]);
    case "changed_to":
      return field.changed && wanted.includes(now);
    case "changed_from":
      return field.changed && wanted.includes(before);
  }
};

/** Whether a list of conditions holds, taking ALL or ANY; an empty list holds. */
export const allHold = (
  conditions: readonly Condition[],
  match: "all" | "any",
  fieldOf: (path: string) => FieldValue,
): boolean => {
  if (conditions.length === 0) return true;
  const outcomes = conditions.map((condition) => holds(condition, fieldOf(condition.field)));
  return match === "all" ? outcomes.every(Boolean) : outcomes.some(Boolean);
};
