import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import { failuresPage } from "../../docs/failuresPage.ts";
import { actionsPage } from "../../docs/generate.ts";
import { lintRunbook } from "../../domain/lint.ts";
import { runbookJsonSchema } from "../../gateway/runbookJsonSchema.ts";

const page = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), "utf8");

test("the reference of actions is the catalogue's (npm run docs makes it)", () => {
  expect(page("actions.md")).toBe(actionsPage(catalogue));
});

test("the page of failures is what steps say (npm run docs makes it)", () => {
  expect(page("failures.md")).toBe(failuresPage(catalogue));
});

test("the examples in the reference are steps as they stand", () => {
  const steps = [...page("actions.md").matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, step]) => step);
  expect(steps).toHaveLength(catalogue.size);
  const named = "- { id: briefing, action: zoom.create_webinar, input: { topic: A briefing } }\n";
  const text = `key: examples\ntitle: Examples\nsteps:\n${named}${steps.join("")}`;
  expect(lintRunbook(text, { catalogue }).marks).toEqual([]);
});

test("the published schema of runbooks is the catalogue's (npm run docs makes it)", () => {
  expect(JSON.parse(page("runbook.schema.json"))).toEqual(runbookJsonSchema(catalogue));
});
