import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { NoWorkerError, RunbooksError } from "../../client/errors.ts";
import type { TestGateway } from "./startGateway.ts";
import { aMeeting, anExecution, anIncident, bearer, startGateway } from "./startGateway.ts";

let gateway: TestGateway;
beforeAll(async () => void (gateway = await startGateway()));
afterAll(() => gateway.close());

const declare = (payload: object, role: "responder" | "viewer" = "responder") =>
  gateway.inject({ method: "POST", url: "/api/incidents", headers: bearer(role), payload });

describe("Declaring an incident", () => {
  test("stores it, starts its workflow and says where it is", async () => {
    const answer = await declare({ id: "a-1", title: "Checkout is down", severity: "SEV1" });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      incident: { id: "a-1", title: "Checkout is down", severity: "1", status: "detected" },
      links: {
        self: "http://gateway.test/api/incidents/a-1",
        workflow: "http://temporal.test/namespaces/default/workflows/incident-a-1",
      },
    });
    expect(answer.headers["location"]).toBe("http://gateway.test/api/incidents/a-1");
    expect((await gateway.store.incidents.get("a-1"))?.incident.title).toBe("Checkout is down");
    expect(gateway.calls.at(-1)).toMatchObject(["declareIncident", { id: "a-1" }, { repeated: false }]);
  });

  test("twice is the same incident, unchanged", async () => {
    await declare({ id: "a-2", title: "First", severity: 0 });
    const again = await declare({ id: "a-2", title: "Second", severity: 4 });
    expect(again.statusCode).toBe(200);
    expect(again.json().incident).toMatchObject({ title: "First", severity: "0" });
    expect(gateway.calls.at(-1)).toMatchObject(["declareIncident", { title: "First" }, { repeated: true }]);
  });

  test("keeps the teams of its people", async () => {
    const people = {
      owner: { name: "Ana", team: "Payments" },
      responders: [{ email: "bo@example.com", team: "Network" }],
    };
    const answer = await declare({ id: "a-4", title: "Teams", severity: 1, ...people });
    expect(answer.json().incident).toMatchObject(people);
  });

  test("makes short ids that sort by time when none is given", async () => {
    const first = (await declare({ title: "One", severity: 3 })).json().incident.id;
    await new Promise((resolve) => setTimeout(resolve, 2));
    const second = (await declare({ title: "Two", severity: 3 })).json().incident.id;
    expect(first).toMatch(/^inc-[0-9a-z]{9}[0-9a-f]{8}$/);
    expect(first < second).toBe(true);
  });

  test("notes it when Temporal is away, and a repeated request starts what is missing", async () => {
    gateway.answers.declareIncident = new RunbooksError("temporal_unreachable", "Temporal did not take it", {
      advice: "",
    });
    const refused = await declare({ id: "a-3", title: "Dark", severity: 0 });
    expect(refused.statusCode).toBe(503);
    expect(refused.headers["retry-after"]).toBe("2");
    expect(refused.json().detail).toContain("a-3 is noted");
    delete gateway.answers.declareIncident;
    expect((await declare({ id: "a-3", title: "Dark", severity: 0 })).statusCode).toBe(200);
    expect(gateway.calls.at(-1)?.[0]).toBe("declareIncident");
  });
});

describe("What is wrong with a declaration is named", () => {
  const errorsOf = async (payload: object) => {
    const answer = await declare(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    return answer.json().errors;
  };

  test("unknown fields with the nearest right name", async () => {
    expect(await errorsOf({ title: "x", severity: 1, sumary: "typo" })).toEqual([
      { path: "sumary", message: expect.stringContaining('did you mean "summary"'), nearest: "summary" },
    ]);
  });

  test("wrong types by their path", async () => {
    const responders = [{ email: "a@example.com" }, { email: "b@example.com" }, { email: "nobody" }];
    expect(await errorsOf({ title: "x", severity: 1, responders })).toEqual([
      { path: "responders[2].email", message: expect.stringContaining("email") },
    ]);
  });

  test("what is missing, and severities there are", async () => {
    const errors = await errorsOf({ severity: "SEV9" });
    expect(errors).toEqual([
      { path: "title", message: expect.stringContaining("missing") },
      { path: "severity", message: expect.stringContaining("SEV0") },
    ]);
  });

  test("ids that cannot stand in a URL", async () => {
    expect(await errorsOf({ id: "../etc", title: "x", severity: 1 })).toMatchObject([{ path: "id" }]);
  });

  test("a body that is no object", async () => {
    const answer = await gateway.inject({
      method: "POST",
      url: "/api/incidents",
      headers: { ...bearer("responder"), "content-type": "application/json" },
      payload: "[1,",
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ type: "urn:zoom-runbooks:problem:invalid-json" });
    expect(answer.json().detail).toMatch(/JSON/);
  });

  test("names that would reach into prototypes", async () => {
    const answer = await gateway.inject({
      method: "POST",
      url: "/api/incidents",
      headers: { ...bearer("responder"), "content-type": "application/json" },
      payload: '{"title":"x","severity":1,"custom_fields":{"__proto__":{"polluted":true}}}',
    });
    expect(answer.statusCode).toBe(400);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("a body that is too large, with the limit", async () => {
    const answer = await declare({ title: "x", severity: 1, summary: "y".repeat(1_100_000) });
    expect(answer.statusCode).toBe(413);
    expect(answer.json().detail).toContain("1048576");
  });

  test("a body of another type", async () => {
    const answer = await gateway.inject({
      method: "POST",
      url: "/api/incidents",
      headers: { ...bearer("responder"), "content-type": "text/xml" },
      payload: "<incident/>",
    });
    expect(answer.statusCode).toBe(415);
  });
});

describe("Changing an incident", () => {
  test("asks its workflow, as the key's owner", async () => {
    await declare({ id: "b-1", title: "Slow", severity: 2 });
    const answer = await gateway.inject({
      method: "PATCH",
      url: "/api/incidents/b-1",
      headers: { ...bearer("responder"), "idempotency-key": "abc-1" },
      payload: { status: "resolved" },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().incident).toMatchObject({ id: "b-1", status: "resolved" });
    expect(gateway.calls.at(-1)).toMatchObject([
      "changeIncident",
      { id: "b-1", status: "detected" },
      { patch: { status: "resolved" }, by: { name: "a responder" } },
      { key: "abc-1" },
    ]);
  });

  test("needs at least one field, and an incident", async () => {
    const headers = bearer("responder");
    const empty = await gateway.inject({ method: "PATCH", url: "/api/incidents/b-1", headers, payload: {} });
    expect(empty.statusCode).toBe(400);
    const payload = { title: "x" };
    const absent = await gateway.inject({ method: "PATCH", url: "/api/incidents/none", headers, payload });
    expect(absent.statusCode).toBe(404);
  });

  test("without a worker says that it may still apply", async () => {
    gateway.answers.changeIncident = new NoWorkerError("change", 10_000, undefined);
    const answer = await gateway.inject({
      method: "PATCH",
      url: "/api/incidents/b-1",
      headers: bearer("responder"),
      payload: { title: "x" },
    });
    delete gateway.answers.changeIncident;
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ type: "urn:zoom-runbooks:problem:no-worker" });
    expect(answer.json().detail).toContain("may still apply later");
  });
});

describe("Looking at incidents", () => {
  test("shows one with its bridge, executions and meetings", async () => {
    const incident = anIncident({ id: "c-1" });
    await gateway.store.incidents.save(incident, []);
    await gateway.store.executions.save(anExecution({ id: "runbook-c-1-bridge-1", incident_id: "c-1" }));
    await gateway.store.meetings.save(aMeeting({ incident_id: "c-1" }));
    const answer = await gateway.inject({ url: "/api/incidents/c-1", headers: bearer("viewer") });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      incident,
      bridge: { meeting_id: "85746065432", state: "waiting", head_count: 0 },
      executions: [{ id: "runbook-c-1-bridge-1" }],
      meetings: [{ meeting_id: "85746065432", state: "waiting", head_count: 0, passcode: null }],
    });
    expect(answer.body).not.toContain("marker");
  });

  test("lists them newest first, in pages, by severity and state", async () => {
    await using other = await startGateway();
    for (let n = 1; n <= 5; n += 1) {
      await other.store.incidents.save(
        anIncident({ id: `d-${n}`, severity: n % 2 ? "1" : "3", created_at: `2026-11-23T10:00:0${n}.000Z` }),
        [],
      );
    }
    const get = async (query: string) =>
      (await other.inject({ url: `/api/incidents?${query}`, headers: bearer("viewer") })).json();
    const idsOf = (page: { incidents: { incident: { id: string } }[] }) =>
      page.incidents.map(({ incident }) => incident.id);

    const first = await get("limit=2");
    expect(idsOf(first)).toEqual(["d-5", "d-4"]);
    expect(idsOf(await get(`limit=2&before=${encodeURIComponent(first.next)}`))).toEqual(["d-3", "d-2"]);
    expect(idsOf(await get("severity=SEV1"))).toEqual(["d-5", "d-3", "d-1"]);
    expect(idsOf(await get("open=false"))).toEqual([]);
    expect((await get("limit=1000")).errors).toMatchObject([{ path: "limit" }]);
    expect((await get("sevrity=1")).errors).toMatchObject([{ path: "sevrity", nearest: "severity" }]);
    expect((await get("before=nonsense")).status).toBe(400);
  });

  test("answers 404 with the id for one that is not there", async () => {
    const answer = await gateway.inject({ url: "/api/incidents/nope", headers: bearer("viewer") });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({
      type: "urn:zoom-runbooks:problem:not-found",
      title: "Not found",
      status: 404,
      detail: 'There is no incident "nope".',
      instance: "/api/incidents/nope",
    });
  });
});
