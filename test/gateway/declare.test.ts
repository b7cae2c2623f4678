import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Incident } from "../../domain/incident.ts";
import type { PlannedExecution } from "../../domain/messages.ts";
import type { TestGateway } from "./startGateway.ts";
import { bearer, startGateway } from "./startGateway.ts";

let gateway: TestGateway;
beforeAll(async () => void (gateway = await startGateway()));
afterAll(() => gateway.close());

const runbook = (key: string, more = "") => `key: ${key}
title: Runbook ${key}
trigger: { on: [incident.created], conditions: [{ field: service, operator: equals, value: ${key} }] }
${more}
steps:
  - { id: note, action: timeline.add_event, input: { title: "Hello" } }
`;

const save = async (key: string, text: string): Promise<void> => {
  const answer = await gateway.inject({
    method: "PUT",
    url: `/api/runbooks/${key}`,
    headers: { ...bearer("admin"), "content-type": "application/yaml" },
    payload: text,
  });
  expect(answer.statusCode).toBeLessThan(300);
};

const declare = (id: string, service: string) =>
  gateway.inject({
    method: "POST",
    url: "/api/incidents",
    headers: bearer("responder"),
    payload: { id, title: "Checkout is down", severity: 1, service },
  });

/** What the workflows were asked to start last. */
const lastStart = () => {
  const [, incident, options] = gateway.named("declareIncident").at(-1) ?? [];
  const { repeated, planned } = options as { repeated: boolean; planned: PlannedExecution[] };
  return { id: (incident as Incident).id, repeated, planned };
};

const timelineOf = async (id: string) =>
  (await gateway.store.timeline.list(id, { limit: 99 })).map(({ kind, title }) => [kind, title]);

describe("Declaring an incident", () => {
  test("notes, plans and starts what its triggers match, from the runbooks of that moment", async () => {
    expect((await declare("d-1", "one")).statusCode).toBe(201);
    expect(lastStart()).toEqual({ id: "d-1", repeated: false, planned: [] });
    await save("one", runbook("one"));
    await declare("d-2", "one");
    expect(lastStart()).toMatchObject({
      id: "d-2",
      repeated: false,
      planned: [{ executionId: "runbook-d-2-one-1", plan: { runbook: "one", title: "Runbook one" } }],
    });
    expect(await timelineOf("d-2")).toEqual([
      ["incident.declared", "SEV1 Major declared: Checkout is down"],
      ["runbook.started", "Started: Runbook one"],
    ]);
    expect(await gateway.store.executions.listByIncident("d-2")).toMatchObject([
      { id: "runbook-d-2-one-1", state: "running", started_by: "its trigger" },
    ]);
  });

  test("plans with the defaults for meetings of the incident's severity", async () => {
    const meetingDefaults = {
      alternative_hosts: "ana@example.com",
      severities: { "1": { duration_minutes: 90 } },
    };
    await using other = await startGateway({ meetingDefaults });
    const text = `key: call\ntitle: Call\ntrigger: { on: [incident.created] }
steps: [{ id: bridge, action: zoom.create_meeting, input: { topic: A call } }]`;
    await other.inject({
      method: "PUT",
      url: "/api/runbooks/call",
      headers: { ...bearer("admin"), "content-type": "application/yaml" },
      payload: text,
    });
    const declared = (id: string, severity: number) =>
      other.inject({
        method: "POST",
        url: "/api/incidents",
        headers: bearer("responder"),
        payload: { id, title: "Checkout is down", severity },
      });
    const inputOf = (id: string) => {
      const [, , options] =
        other.named("declareIncident").find(([, each]) => (each as Incident).id === id) ?? [];
      const { planned } = options as { planned: PlannedExecution[] };
      return planned.map(({ plan }) => plan.steps[0]);
    };
    await declared("s-1", 1);
    await declared("s-2", 2);
    const general = { topic: "A call", alternative_hosts: "ana@example.com" };
    expect(inputOf("s-1")).toMatchObject([{ input: { ...general, duration_minutes: 90 } }]);
    expect(inputOf("s-2")).toMatchObject([{ input: general }]);
    expect(JSON.stringify(inputOf("s-2"))).not.toContain("duration_minutes");
  });

  test("says on the timeline which of them cannot start", async () => {
    await save("two", runbook("two", "inputs: { region: { type: string, required: true } }"));
    await declare("d-3", "two");
    expect(lastStart().planned).toEqual([]);
    expect(await timelineOf("d-3")).toEqual([
      ["incident.declared", "SEV1 Major declared: Checkout is down"],
      ["runbook.not_started", "Did not start: Runbook two"],
    ]);
  });

  test("again starts what may not have started, by the same ids, and leaves alone what has", async () => {
    await save("three", runbook("three"));
    await declare("d-4", "three");
    const first = lastStart();
    expect(await timelineOf("d-4")).toHaveLength(2);
    await declare("d-4", "three");
    expect(lastStart()).toEqual({ ...first, repeated: true });
    expect(await timelineOf("d-4")).toHaveLength(2);

    const [execution] = await gateway.store.executions.listByIncident("d-4");
    if (!execution) throw new Error("there is no execution");
    const steps = execution.steps.map((step) => ({ ...step, state: "completed" as const }));
    await gateway.store.executions.save({ ...execution, steps });
    await declare("d-4", "three");
    expect(lastStart().planned).toEqual([]);
  });
});
