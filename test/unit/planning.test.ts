import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import { declaredIncident } from "../../domain/incident.ts";
import { lintRunbook } from "../../domain/lint.ts";
import type { Execution } from "../../domain/plan.ts";
import { declaration, planning, unbegun } from "../../domain/planning.ts";

const runbook = (key: string) => {
  const { runbook: parsed } = lintRunbook(
    `key: ${key}
title: Runbook ${key}
trigger: { on: [incident.created] }
steps:
  - { id: a, action: timeline.add_event, input: { title: "a" } }
  - { id: b, parallel: [{ id: c, action: timeline.add_event, input: { title: "c" } }] }`,
    { catalogue },
  );
  if (!parsed) throw new Error("the runbook is wrong");
  return parsed;
};

const declaredAt = "2026-03-01T10:00:00.000Z";
const incident = declaredIncident({ title: "Down", severity: "1" }, "i1", declaredAt);
const { planned, started } = planning(declaration(incident), [runbook("one")], { catalogue });

const hourMs = 3_600_000;
const later = (hours: number): number => Date.parse(declaredAt) + hours * hourMs;

describe("What was noted at a declaration and may never have started", () => {
  const leftOver = (change: Partial<Execution>, nowMs = later(1)) =>
    unbegun(
      incident,
      started.map((execution) => ({ ...execution, ...change })),
      [runbook("one")],
      { catalogue },
      nowMs,
    );

  test("is planned again as it was", () => {
    expect(planned).toHaveLength(1);
    expect(leftOver({})).toEqual(planned);
  });

  test.each<[string, Partial<Execution>]>([
    ["has ended", { ended_at: declaredAt }],
    ["was started by hand, with inputs of its own", { started_by: "Ada" }],
    ["has begun", { steps: [{ id: "a", title: "a", state: "completed" }] }],
    ["is of a runbook that is gone", { runbook: "two" }],
  ])("is not what %s", (_what, change) => {
    expect(leftOver(change)).toEqual([]);
  });

  test("is not what is so old that Temporal would run it a second time", () => {
    expect(leftOver({}, later(23))).toHaveLength(1);
    expect(leftOver({}, later(25))).toEqual([]);
  });
});
