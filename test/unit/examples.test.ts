import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import { compile } from "../../domain/compile.ts";
import { lintRunbook } from "../../domain/lint.ts";
import type { Json } from "../../domain/plan.ts";
import type { RunbookInput } from "../../domain/runbook.ts";

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

  test("has a name of its own", () => {
    const keys = files.map((file) => lint(file).runbook?.key);
    expect(new Set(keys).size).toBe(files.length);
  });
});
