import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import { compile } from "../../domain/compile.ts";
import { lintRunbook } from "../../domain/lint.ts";
import type { Json } from "../../domain/plan.ts";
import type { Runbook, RunbookInput } from "../../domain/runbook.ts";
import { declaredIncident } from "../../domain/incident.ts";
import { isAction } from "../../domain/steps.ts";
import { renderText } from "../../domain/template.ts";
import { templateView } from "../../domain/variables.ts";

const folder = fileURLToPath(new URL("../../runbooks", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".yaml"),
);

const lint = (file: string) => lintRunbook(readFileSync(`${folder}/${file}`, "utf8"), { catalogue });

const values: Record<RunbookInput["type"], Json> = {
  string: "ana@example.com",
  integer: 1,
  number: 1,
  boolean: true,
  object: {},
  array: ["ana@example.com"],
};

/** As long as the API takes them, and longer than Zoom does. */
const longest = templateView({
  incident: declaredIncident(
    {
      severity: "1",
      title: "word ".repeat(60),
      short_id: "i".repeat(32),
      summary: "word ".repeat(1600),
    },
    "inc-1",
    "2026-01-01T00:00:00.000Z",
  ),
  bridge: null,
  inputs: {},
  outputs: {},
  actions: {},
  user: { name: "Dee" },
});

const stepsOf = ({ steps }: Runbook) =>
  steps.flatMap((step) => ("parallel" in step ? step.parallel : [step])).filter(isAction);

describe("every runbook in the repository", () => {
  test("is looked at, the examples too", () => {
    expect(files).toEqual(
      expect.arrayContaining(["incident-bridge.yaml", "examples/customer-briefing.yaml"]),
    );
  });

  test.each(files)(
    "%s lints without errors, warnings and advice, is named as its file, and compiles",
    (file) => {
      const { runbook, marks } = lint(file);
      expect(marks).toEqual([]);
      expect(runbook?.key).toBe(basename(file, ".yaml"));
      expect(runbook?.description).toMatch(/\.$/);
      const required = Object.entries(runbook!.inputs).filter(([, input]) => input.required);
      const inputs = Object.fromEntries(required.map(([name, { type }]) => [name, values[type]]));
      expect(compile(runbook!, catalogue, inputs).steps).toHaveLength(runbook!.steps.length);
    },
  );

  test("the README's lints clean as well", () => {
    const readme = readFileSync(`${folder}/../README.md`, "utf8");
    const text = /## A runbook[^]*?```yaml\n([^]*?)```/.exec(readme)?.[1] ?? "";
    expect(lintRunbook(text, { catalogue })).toMatchObject({
      runbook: { key: "incident-bridge" },
      marks: [],
    });
  });

  test.each(files)("%s schedules its calls however long the incident's texts are", (file) => {
    for (const { action, input } of stepsOf(lint(file).runbook!)) {
      const { topic, agenda } = catalogue.get(action)!.input.shape;
      for (const [schema, text] of [
        [topic, input["topic"]],
        [agenda, input["agenda"]],
      ])
        if (schema && typeof text === "string" && text.includes("incident."))
          expect(schema.safeParse(renderText(text, longest)).error).toBeUndefined();
    }
  });

  test("has a name of its own", () => {
    const keys = files.map((file) => lint(file).runbook?.key);
    expect(new Set(keys).size).toBe(files.length);
  });
});
