import { describe, expect, test } from "@jest/globals";
import type { Condition, Trigger } from "../../domain/runbook.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { IncidentPatch } from "../../domain/incident.ts";
import { patchedIncident } from "../../domain/incidentChange.ts";
import { triggerMatches } from "../../domain/triggers.ts";
import { severityFrom } from "../../domain/severity.ts";

const incident = declaredIncident(
  {
    title: "Checkout is down",
    severity: "1",
    tags: ["payments"],
    custom_fields: { region: "EU", users: 1200 },
  },
  "inc-1",
  "2026-01-01T00:00:00.000Z",
);

const trigger = (on: Trigger["on"], conditions: Condition[], match: Trigger["match"] = "all"): Trigger => ({
  on,
  match,
  conditions,
  repeat: false,
});

const whenCreated = (...conditions: Condition[]) =>
  triggerMatches(trigger(["incident.created"], conditions), incident, { event: "created", before: {} });

const whenPatched = (patch: IncidentPatch, ...conditions: Condition[]) => {
  const changed = patchedIncident(incident, patch, "2026-01-01T01:00:00.000Z")!;
  return triggerMatches(trigger(["incident.updated"], conditions), changed.incident, changed.change);
};

describe("a trigger", () => {
  test.each<[string, Condition, boolean]>([
    ["equals ignores case", { field: "title", operator: "equals", value: "checkout IS down" }, true],
    ["a severity is known by its label", { field: "severity", operator: "equals", value: "SEV1" }, true],
    ["a severity is known by its number", { field: "severity", operator: "in", value: ["0", 1] }, true],
    [
      "a severity is known by another tool's name",
      { field: "severity", operator: "equals", value: "CUSTOMER-P1" },
      true,
    ],
    ["not_equals", { field: "severity", operator: "not_equals", value: "SEV2" }, true],
    ["in", { field: "severity", operator: "in", value: ["SEV2", "SEV3"] }, false],
    ["not_in", { field: "severity", operator: "not_in", value: ["SEV2", "SEV3"] }, true],
    ["contains looks into text", { field: "title", operator: "contains", value: "DOWN" }, true],
    ["contains looks into lists", { field: "tags", operator: "contains", value: "payments" }, true],
    ["not_contains", { field: "tags", operator: "not_contains", value: "search" }, true],
    [
      "greater_than compares numbers",
      { field: "custom_fields.users", operator: "greater_than", value: 1000 },
      true,
    ],
    ["less_than compares severities", { field: "severity", operator: "less_than", value: "SEV2" }, true],
    [
      "less_than compares instants",
      { field: "created_at", operator: "less_than", value: "2026-02-01T00:00:00Z" },
      true,
    ],
    ["custom fields need no prefix", { field: "region", operator: "equals", value: "eu" }, true],
    ["an unknown field equals nothing", { field: "nonsense", operator: "equals", value: "x" }, false],
    [
      "changed_to holds for what an incident is created with",
      { field: "severity", operator: "changed_to", value: "SEV1" },
      true,
    ],
    [
      "changed_from never holds at creation",
      { field: "severity", operator: "changed_from", value: "SEV1" },
      false,
    ],
  ])("%s", (_title, condition, expected) => {
    expect(whenCreated(condition)).toBe(expected);
  });

  test("with changed_to holds only for the change that got there", () => {
    const toSevere: Condition = { field: "severity", operator: "changed_to", value: "SEV0" };
    expect(whenPatched({ severity: "0" }, toSevere)).toBe(true);
    expect(whenPatched({ title: "Worse" }, { ...toSevere, value: "SEV1" })).toBe(false);
  });

  test("with changed_from looks at the value before", () => {
    expect(
      whenPatched({ severity: "0" }, { field: "severity", operator: "changed_from", value: "SEV1" }),
    ).toBe(true);
    expect(
      whenPatched({ severity: "0" }, { field: "severity", operator: "changed_from", value: "SEV2" }),
    ).toBe(false);
  });

  test("of one custom field is not set off by another one", () => {
    const toUs: Condition = { field: "custom_fields.region", operator: "changed_to", value: "EU" };
    expect(whenPatched({ custom_fields: { users: 5 } }, toUs)).toBe(false);
  });

  test("takes ALL or ANY of its conditions", () => {
    const conditions: Condition[] = [
      { field: "severity", operator: "equals", value: "SEV1" },
      { field: "service", operator: "equals", value: "search" },
    ];
    const created = { event: "created", before: {} } as const;
    expect(triggerMatches(trigger(["incident.created"], conditions, "all"), incident, created)).toBe(false);
    expect(triggerMatches(trigger(["incident.created"], conditions, "any"), incident, created)).toBe(true);
  });

  test("for updates hears of a resolution too, and one for resolutions of nothing else", () => {
    const changed = patchedIncident(incident, { status: "resolved" }, "2026-01-01T01:00:00.000Z")!;
    expect(changed.change.event).toBe("resolved");
    expect(triggerMatches(trigger(["incident.updated"], []), changed.incident, changed.change)).toBe(true);
    expect(triggerMatches(trigger(["incident.resolved"], []), changed.incident, changed.change)).toBe(true);
    expect(whenPatched({ title: "x" })).toBe(true);
    expect(
      triggerMatches(trigger(["incident.resolved"], []), incident, { event: "updated", before: {} }),
    ).toBe(false);
  });
});

describe("a severity", () => {
  test.each([
    ["SEV0", "0"],
    ["sev-3", "3"],
    [2, "2"],
    ["SEV1 Major", "1"],
    ["INTERNAL-NONPROD", "3"],
    ["P9", undefined],
    ["constructor", undefined],
  ])("written %s is %s", (given, expected) => {
    expect(severityFrom(given)).toBe(expected);
  });
});
