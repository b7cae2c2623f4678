import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import type { ActionFacts, Catalogue } from "../../domain/catalogue.ts";
import { compile, CompileError } from "../../domain/compile.ts";
import type { LintMark } from "../../domain/lint.ts";
import { lintRunbook } from "../../domain/lint.ts";
import { catalogue as shippedCatalogue } from "../../activities/actions/index.ts";

const createMeeting: ActionFacts = {
  key: "zoom.create_meeting",
  title: "Create Zoom meeting",
  description: "Creates a meeting",
  category: "meetings",
  effect: "create",
  scopes: [],
  input: z.strictObject({
    topic: z.string().max(200),
    duration_minutes: z.number().int().max(1440).optional(),
    settings: z
      .strictObject({ waiting_room: z.boolean(), auto_recording: z.enum(["none", "cloud"]) })
      .partial()
      .optional(),
  }),
  output: z.object({ join_url: z.string(), meeting_id: z.string() }),
  example: {},
};

const catalogue: Catalogue = new Map([[createMeeting.key, createMeeting]]);

const document = (steps: string): string => `key: test
title: Test
inputs:
  minutes: { type: integer, default: 60 }
steps:
${steps}
`;

const lint = (steps: string): LintMark[] => lintRunbook(document(steps), { catalogue }).marks;

const step = (input: string): string => `  - id: bridge
    action: zoom.create_meeting
    input:
      ${input}`;

describe("lint", () => {
  test("finds nothing in a good runbook, and gives it back", () => {
    const good = document(
      step('topic: "{{incident.title}}"\n      duration_minutes: "{{runbook.inputs.minutes}}"'),
    );
    const { runbook, marks } = lintRunbook(good, { catalogue });
    expect(marks).toEqual([]);
    expect(runbook?.steps).toHaveLength(1);
  });

  test.each<[string, string, Partial<LintMark>]>([
    ["an unknown field", step("topc: x"), { path: "steps[0].input.topc", nearest: "topic", line: 9 }],
    [
      "a field of the wrong type",
      step("topic: x\n      duration_minutes: long"),
      { path: "steps[0].input.duration_minutes" },
    ],
    [
      "a value that is none of the allowed ones",
      step("topic: x\n      settings: { auto_recording: always }"),
      { path: "steps[0].input.settings.auto_recording", message: 'must be one of "none", "cloud"' },
    ],
    [
      "an unknown action",
      "  - { id: a, action: zoom.create_meting }",
      { path: "steps[0].action", nearest: "zoom.create_meeting" },
    ],
    [
      "a misspelt key of a step",
      "  - { id: a, action: zoom.create_meeting, inputs: {} }",
      { path: "steps[0].inputs", nearest: "input" },
    ],
    [
      "a key that stands twice",
      step("topic: x\n      topic: y"),
      { message: "is no valid YAML: Map keys must be unique", line: 10, column: 7 },
    ],
    [
      "what is nested deeper than anybody writes",
      step(`topic: ${"[".repeat(200)}`),
      { message: "is nested more than 100 levels deep" },
    ],
    [
      "a misspelt variable",
      step('topic: "{{incident.titel}}"'),
      { path: "steps[0].input.topic", nearest: "incident.title" },
    ],
    [
      "an unknown namespace",
      step('topic: "{{incidnt.title}}"'),
      { path: "steps[0].input.topic", nearest: "incident" },
    ],
    ["an unknown input", step('topic: "{{runbook.inputs.minuts}}"'), { nearest: "runbook.inputs.minutes" }],
    [
      "CEL",
      step('topic: "${{ incident.title }}"'),
      { message: expect.stringContaining("CEL") as unknown as string },
    ],
    [
      "a Liquid filter",
      step('topic: "{{incident.owner | default: x}}"'),
      { message: expect.stringContaining("Liquid") as unknown as string },
    ],
    ["tags that do not pair up", step('topic: "{{#incident.owner}}"'), { path: "steps[0].input.topic" }],
    [
      "a reference to the step's own outputs",
      step('topic: "{{runbook.outputs.bridge.join_url}}"'),
      { message: '{{runbook.outputs.bridge.join_url}}: step "bridge" does not run before step "bridge"' },
    ],
    [
      "a misspelt output",
      `${step("topic: x")}\n  - { id: b, action: zoom.create_meeting, input: { topic: "{{runbook.outputs.bridge.join_ur}}" } }`,
      { path: "steps[1].input.topic", nearest: "runbook.outputs.bridge.join_url" },
    ],
    [
      "a step id used twice",
      `${step("topic: x")}\n  - { id: bridge, wait: { duration: 1m } }`,
      { path: "steps[1].id", message: '"bridge" names another step already' },
    ],
    ["a wait for nothing", "  - { id: w, wait: { timeout: 1m } }", { path: "steps[0].wait" }],
    [
      "a duration that is none",
      "  - { id: w, wait: { duration: soon } }",
      { path: "steps[0].wait.duration" },
    ],
    ["an instant that is none", "  - { id: w, wait: { until: tomorrow } }", { path: "steps[0].wait.until" }],
    [
      "a comparison with the past in a step",
      "  - { id: w, wait: { duration: 1m }, when: { field: incident.severity, operator: changed_to, value: SEV1 } }",
      { path: "steps[0].when" },
    ],
  ])("finds %s", (_title, steps, expected) => {
    expect(lint(steps)).toContainEqual(expect.objectContaining({ level: "error", ...expected }));
  });

  test("finds a cycle of references to later outputs", () => {
    const marks =
      lint(`  - { id: a, action: zoom.create_meeting, input: { topic: "{{runbook.outputs.b.join_url}}" } }
  - { id: b, action: zoom.create_meeting, input: { topic: "{{runbook.outputs.a.join_url}}" } }`);
    expect(marks.map(({ message }) => message)).toEqual([
      '{{runbook.outputs.b.join_url}}: step "b" does not run before step "a"',
    ]);
  });

  test("says where YAML is broken", () => {
    const { marks } = lintRunbook("key: a\ntitle: [", { catalogue });
    expect(marks[0]).toMatchObject({
      level: "error",
      line: 2,
      message: expect.stringContaining("no valid YAML"),
    });
  });

  test("takes JSON as well", () => {
    const json = JSON.stringify({ key: "a", title: "A", steps: [{ id: "w", wait: { duration: "1m" } }] });
    expect(lintRunbook(json, { catalogue }).marks).toEqual([]);
  });

  test("refuses a document that grows without end", () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh".replace(/./g, (c) => `${c}: &${c} [*${String.fromCharCode(c.charCodeAt(0) - 1)},*${String.fromCharCode(c.charCodeAt(0) - 1)},*${String.fromCharCode(c.charCodeAt(0) - 1)},*${String.fromCharCode(c.charCodeAt(0) - 1)},*${String.fromCharCode(c.charCodeAt(0) - 1)}]\n`)}`;
    expect(lintRunbook(bomb, { catalogue }).marks[0]?.level).toBe("error");
  });

  test("warns of a custom field that not every incident has, and of a wait without end", () => {
    const marks = lint(
      `${step('topic: "{{Activity.slack_channel}}"')}\n  - { id: w, wait: { for: meeting.ended } }`,
    );
    expect(marks.map(({ level, path }) => [level, path])).toEqual([
      ["warning", "steps[0].input.topic"],
      ["warning", "steps[1].wait"],
    ]);
  });
});

describe("the runbooks that ship", () => {
  const folder = fileURLToPath(new URL("../../runbooks", import.meta.url));
  test.each(readdirSync(folder).filter((name) => name.endsWith(".yaml")))(
    "%s lints clean and compiles",
    (file) => {
      const { runbook, marks } = lintRunbook(readFileSync(`${folder}/${file}`, "utf8"), {
        catalogue: shippedCatalogue,
      });
      expect(marks).toEqual([]);
      expect(compile(runbook!, shippedCatalogue, {}).steps).toHaveLength(runbook!.steps.length);
    },
  );
});

describe("compile", () => {
  const { runbook } = lintRunbook(document(step("topic: x")), { catalogue });

  test("pins policy and fills in inputs", () => {
    const plan = compile(runbook!, catalogue, {});
    expect(plan.inputs).toEqual({ minutes: 60 });
    expect(plan.steps[0]).toMatchObject({
      kind: "action",
      activity: "zoom.create_meeting",
      onFailure: "pause",
    });
  });

  test.each([
    [{ minutes: "long" }, 'the input "minutes" of runbook test must be of type integer'],
    [{ hours: 1 }, 'runbook test has no input "hours"; it has: minutes'],
  ])("refuses inputs %j", (inputs, message) => {
    expect(() => compile(runbook!, catalogue, inputs)).toThrow(new CompileError(message, ""));
  });
});
