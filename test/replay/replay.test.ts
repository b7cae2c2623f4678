import { describe, expect, test } from "@jest/globals";
import { Worker } from "@temporalio/worker";
import { workflowBundle } from "../support/temporal.ts";
import { histories } from "./histories.ts";

describe("a run in flight goes on under today's workflows", () => {
  test.each(histories())("%s replays", async (_file, history) => {
    await Worker.runReplayHistory({ workflowBundle }, history);
  });

  test("of every workflow there are histories", () => {
    const types = new Set(histories().map(([file]) => file.split("-")[0]));
    expect(types).toEqual(new Set(["followUp", "incident", "meeting", "runbook", "statusCall"]));
  });
});
