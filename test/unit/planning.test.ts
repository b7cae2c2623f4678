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

describe("The account that a step works in", () => {
  const text = `key: calls
title: Calls
connector: Operations
steps:
  - { id: one, action: zoom.create_meeting, input: { topic: "{{incident.short_id}}" } }
  - { id: two, connector: crisis, action: zoom.create_meeting, input: { topic: "{{incident.short_id}}" } }
  - { id: three, connector: Added later, action: timeline.add_event, input: { title: "x" } }`;
  const own = { severities: { "1": { duration_minutes: 90 } }, settings: { mute_upon_entry: true } } as const;
  const connectors = [
    { id: "zoom-1", name: "Default", is_default: true, meeting_defaults: null },
    { id: "zoom-2", name: "Operations", is_default: false, meeting_defaults: own },
    { id: "zoom-3", name: "Crisis", is_default: false, meeting_defaults: null },
  ];
  const means = { catalogue, connectors, meetingDefaults: { severities: {}, settings: { watermark: true } } };
  const planOf = (written: string) => {
    const { runbook: parsed } = lintRunbook(written, { catalogue });
    const execute = { runbook: "calls", inputs: {}, by: { name: "Ada" } };
    return planning({ ...declaration(incident), execute }, [parsed!], means).planned[0]?.plan;
  };

  test("is pinned by its id, the step's before the runbook's, and what is not there yet as it is written", () => {
    expect(planOf(text)?.steps).toMatchObject([
      { connector: "zoom-2" },
      { connector: "zoom-3" },
      { connector: "Added later" },
    ]);
    expect(planOf(text.replace("connector: Operations", ""))?.steps[0]).not.toHaveProperty("connector");
  });

  test("gives meetings its defaults by severity, before those of all accounts", () => {
    expect(planOf(text)?.steps).toMatchObject([
      { input: { duration_minutes: 90, settings: { mute_upon_entry: true, watermark: true } } },
      { input: { settings: { watermark: true } } },
      {},
    ]);
  });
});
