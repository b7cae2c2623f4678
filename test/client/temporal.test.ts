import { Client, Connection } from "@temporalio/client";
import { describe, expect, test } from "@jest/globals";
import { createRunbooksClient } from "../../client/temporal.ts";
import { anIncident } from "../gateway/startGateway.ts";

describe("Without Temporal", () => {
  // Not closed: the SDK retries in the background and throws out of a timer on a channel that was closed meanwhile.
  const connection = Connection.lazy({ address: "127.0.0.1:1" });

  const by = { name: "test" };
  const start = () =>
    createRunbooksClient(new Client({ connection }), {
      taskQueue: "none",
      updateTimeoutMs: 300,
      declareTimeoutMs: 300,
      callTimeoutMs: 300,
    });

  test.each([
    ["declaring", () => start().declareIncident(anIncident())],
    ["changing", () => start().changeIncident(anIncident(), { patch: { title: "x" }, by })],
    ["executing", () => start().executeRunbook(anIncident(), { runbook: "x", inputs: {}, by })],
    ["a query", () => start().execution("runbook-x-1")],
    ["a command", () => start().retryStep("runbook-x-1", { by })],
    [
      "a signal",
      () =>
        start().signalMeeting(
          { meetingId: "1", incidentId: "inc-1", topic: "x", expected: [] },
          { type: "deleted", atMs: 1 },
        ),
    ],
  ])("%s fails in time, and says that it is away", async (_what, call) => {
    const startedMs = Date.now();
    await expect(call()).rejects.toMatchObject({ name: "RunbooksError", code: "temporal_unreachable" });
    expect(Date.now() - startedMs).toBeLessThan(1500);
  });
});
