import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { RunbooksError } from "../../client/errors.ts";
import type { Runbook } from "../../domain/runbook.ts";
import { runbookSchema } from "../../domain/runbook.ts";
import type { TestGateway } from "./startGateway.ts";
import { anExecution, anIncident, bearer, startGateway } from "./startGateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.store.incidents.declare(anIncident());
  await gateway.store.executions.save(anExecution());
  const runbook: Runbook = runbookSchema.parse({
    key: "bridge",
    title: "Open the bridge",
    steps: [{ id: "hold", wait: { duration: "1m" } }],
  });
  await gateway.store.runbooks.put(runbook, "source", "test");
});
afterAll(() => gateway.close());

const post = (url: string, payload?: object, headers = {}) =>
  gateway.inject({ method: "POST", url, headers: { ...bearer("responder"), ...headers }, payload });

const id = "runbook-inc-1-bridge-1";

describe("Executing a runbook", () => {
  const url = "/api/incidents/inc-1/runbooks/bridge/executions";

  test("asks the incident's workflow, with the inputs, as the key's owner", async () => {
    const answer = await post(url, { inputs: { minutes: 30, who: ["a"] } }, { "idempotency-key": "once" });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({
      execution_id: id,
      links: {
        self: `http://gateway.test/api/executions/${id}`,
        workflow: `http://temporal.test/namespaces/default/workflows/${id}`,
      },
    });
    expect(gateway.calls.at(-1)).toMatchObject([
      "executeRunbook",
      { id: "inc-1" },
      { runbook: "bridge", inputs: { minutes: 30, who: ["a"] }, by: { name: "a responder" } },
      { key: "once" },
    ]);
  });

  test("needs no body", async () => {
    expect((await post(url)).statusCode).toBe(201);
    expect(gateway.calls.at(-1)).toEqual([
      "executeRunbook",
      anIncident(),
      expect.objectContaining({ inputs: {} }),
      {},
    ]);
  });

  test("names an unknown runbook or incident", async () => {
    expect((await post("/api/incidents/inc-1/runbooks/none/executions", {})).json().detail).toBe(
      'There is no runbook "none".',
    );
    expect((await post("/api/incidents/none/runbooks/bridge/executions", {})).json().detail).toBe(
      'There is no incident "none".',
    );
  });

  test("tells what the workflow has against the inputs", async () => {
    gateway.answers.executeRunbook = new RunbooksError("invalid_input", 'input "minutes" must be a number', {
      advice: "",
      field: "inputs.minutes",
    });
    const answer = await post(url, { inputs: { minutes: "x" } });
    delete gateway.answers.executeRunbook;
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      detail: 'Input "minutes" must be a number.',
      errors: [{ path: "inputs.minutes" }],
    });
  });
});

describe("Looking at an execution", () => {
  const get = (execution: string) =>
    gateway.inject({ url: `/api/executions/${execution}`, headers: bearer("viewer") });

  test("asks its workflow", async () => {
    gateway.answers.execution = anExecution({ state: "parked" });
    expect((await get(id)).json()).toMatchObject({ live: true, execution: { state: "parked" } });
    delete gateway.answers.execution;
  });

  test("falls back to what was written down when the workflow does not answer", async () => {
    gateway.answers.execution = new RunbooksError("temporal_unreachable", "away", { advice: "" });
    expect((await get(id)).json()).toMatchObject({ live: false, execution: { state: "running" } });
    delete gateway.answers.execution;
  });

  test("reads one that has ended without asking anybody", async () => {
    const ended = anExecution({
      id: "runbook-inc-1-bridge-9",
      state: "completed",
      ended_at: "2026-11-23T11:00:00.000Z",
    });
    await gateway.store.executions.save(ended);
    const before = gateway.calls.length;
    expect((await get(ended.id)).json()).toMatchObject({ live: false, execution: ended });
    expect(gateway.calls.length).toBe(before);
  });

  test("names one that is not there, and what is no id of one", async () => {
    expect((await get("runbook-none-1")).statusCode).toBe(404);
    expect((await get("incident-inc-1")).statusCode).toBe(400);
  });
});

describe("Acting on an execution", () => {
  test.each([
    ["retry", "retryStep"],
    ["skip", "skipStep"],
    ["approve", "approve"],
    ["cancel", "cancel"],
  ] as const)("%s sends the update %s and answers the execution after it", async (name, method) => {
    const answer = await post(`/api/executions/${id}/${name}`, { step: "make" });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ live: true, execution: { id } });
    expect(gateway.calls.at(-1)).toMatchObject([
      method,
      id,
      { step: "make", by: { name: "a responder" } },
      {},
    ]);
    expect((await post(`/api/executions/${id}/${name}`)).statusCode).toBe(200);
  });

  test("answers 409 or 404 with the workflow's reason when it refuses", async () => {
    gateway.answers.retryStep = new RunbooksError("rejected", "the run runbook-inc-1-bridge-1 has ended", {
      advice: "Nothing is left to do.",
    });
    expect((await post(`/api/executions/${id}/retry`)).json()).toMatchObject({
      status: 409,
      detail: "The run runbook-inc-1-bridge-1 has ended. Nothing is left to do.",
    });
    gateway.answers.retryStep = new RunbooksError("not_found", "there is no such run", { advice: "" });
    expect((await post(`/api/executions/${id}/retry`)).statusCode).toBe(404);
    delete gateway.answers.retryStep;
  });

  test("names unknown fields with the nearest right one", async () => {
    const answer = await post(`/api/executions/${id}/skip`, { stpe: "make" });
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ path: "stpe", nearest: "step" }] });
  });
});
