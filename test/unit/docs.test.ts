import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import { actionsPage } from "../../docs/generate.ts";
import { runbookJsonSchema } from "../../gateway/runbookJsonSchema.ts";

const page = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), "utf8");

test("the reference of actions is the catalogue's (npm run docs makes it)", () => {
  expect(page("actions.md")).toBe(actionsPage(catalogue));
});

test("the published schema of runbooks is the catalogue's (npm run docs makes it)", () => {
  expect(JSON.parse(page("runbook.schema.json"))).toEqual(runbookJsonSchema(catalogue));
});
