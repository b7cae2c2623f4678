import type { Condition, Operator } from "./runbook.ts";
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

type Sides = {
  now: unknown;
  before: unknown;
  wanted: readonly unknown[];
  /** When the value is a list. */
  items: readonly unknown[] | undefined;
  changed: boolean;
};

const contains = ({ now, wanted, items }: Sides): boolean =>
  items
    ? items.some((item) => wanted.includes(item))
    : typeof now === "string" && wanted.some((part) => now.includes(String(part)));

const comparisons: Record<Operator, (sides: Sides) => boolean> = {
  equals: ({ now, wanted }) => wanted.includes(now),
  in: ({ now, wanted }) => wanted.includes(now),
  not_equals: ({ now, wanted }) => !wanted.includes(now),
  not_in: ({ now, wanted }) => !wanted.includes(now),
  contains,
  not_contains: (sides) => !contains(sides),
  greater_than: ({ now, wanted }) => asNumber(now) > asNumber(wanted[0]),
  less_than: ({ now, wanted }) => asNumber(now) < asNumber(wanted[0]),
  changed_to: ({ now, wanted, changed }) => changed && wanted.includes(now),
  changed_from: ({ before, wanted, changed }) => changed && wanted.includes(before),
};

/** Does the condition hold? Missing values equal nothing, and `not_…` holds for them. */
const holds = ({ field: name, operator, value }: Condition, field: FieldValue): boolean => {
  const isSeverityField = /(^|\.)severity(\.id)?$/.test(name);
  const compare = (each: unknown) => comparable(each, isSeverityField);
  return comparisons[operator]({
    now: compare(field.now),
    before: compare(field.before),
    wanted: listOf(value).map(compare),
    items: Array.isArray(field.now) ? field.now.map(compare) : undefined,
    changed: field.changed,
  });
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
