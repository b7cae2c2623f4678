import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { workflowBundle } from "../support/temporal.ts";

const bundle = (): string => readFileSync(workflowBundle.codePath, "utf8");

test("the workflow bundle holds neither zod nor yaml, which every workflow would have to load", () => {
  expect(bundle()).not.toMatch(/node_modules\/(zod|yaml)\//);
});

test("the workflow bundle stays small", () => {
  expect(bundle().length).toBeLessThan(2_500_000);
});
