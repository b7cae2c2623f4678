import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { createFirstKey, hashOfKey } from "../../gateway/access.ts";
import { openStore } from "../../store/index.ts";
import type { TestGateway } from "./startGateway.ts";
import { anIncident, bearer, keys, startGateway } from "./startGateway.ts";

let gateway: TestGateway;
beforeAll(async () => void (gateway = await startGateway()));
afterAll(() => gateway.close());

type Route = { method: string; url: string; access: "viewer" | "responder" | "admin" };

const execution = "/api/executions/runbook-inc-1-bridge-1";

const routes: Route[] = [
  { method: "GET", url: "/api/incidents", access: "viewer" },
  { method: "POST", url: "/api/incidents", access: "responder" },
  { method: "GET", url: "/api/incidents/inc-1", access: "viewer" },
  { method: "PATCH", url: "/api/incidents/inc-1", access: "responder" },
  { method: "GET", url: "/api/incidents/inc-1/timeline", access: "viewer" },
  { method: "GET", url: "/api/incidents/inc-1/timeline/stream", access: "viewer" },
  { method: "POST", url: "/api/incidents/inc-1/runbooks/bridge/executions", access: "responder" },
  { method: "GET", url: execution, access: "viewer" },
  { method: "POST", url: `${execution}/retry`, access: "responder" },
  { method: "POST", url: `${execution}/skip`, access: "responder" },
  { method: "POST", url: `${execution}/approve`, access: "responder" },
  { method: "POST", url: `${execution}/cancel`, access: "responder" },
  { method: "POST", url: "/api/meetings/85746065432/calendar-link", access: "responder" },
  { method: "GET", url: "/api/actions", access: "viewer" },
  { method: "GET", url: "/api/connectors", access: "admin" },
  { method: "POST", url: "/api/connectors", access: "admin" },
  { method: "DELETE", url: "/api/connectors/zoom-1", access: "admin" },
  { method: "POST", url: "/api/connectors/zoom-1/default", access: "admin" },
  { method: "POST", url: "/api/connectors/zoom-1/test", access: "admin" },
  { method: "POST", url: "/api/secrets/reseal", access: "admin" },
  { method: "GET", url: "/api/people/ana@example.com/export", access: "admin" },
  { method: "POST", url: "/api/people/ana@example.com/erase", access: "admin" },
  { method: "GET", url: "/api/runbooks", access: "viewer" },
  { method: "GET", url: "/api/runbooks/bridge", access: "viewer" },
  { method: "PUT", url: "/api/runbooks/bridge", access: "admin" },
  { method: "DELETE", url: "/api/runbooks/bridge", access: "admin" },
  { method: "POST", url: "/api/runbooks/lint", access: "viewer" },
];

const bodyFor = (method: string) => (method === "GET" || method === "DELETE" ? {} : { payload: {} });

describe("Nobody gets in who does not belong", () => {
  test("the table below names every route of the API", async () => {
    const { paths } = (await gateway.inject({ url: "/openapi.json" })).json();
    const described = Object.entries(paths as Record<string, object>)
      .filter(([path]) => path.startsWith("/api/"))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const here = routes.map(({ method, url }) =>
      `${method} ${url}`
        .replace("/inc-1", "/{id}")
        .replace("/85746065432", "/{id}")
        .replace("/zoom-1", "/{id}")
        .replace("/ana@example.com", "/{email}")
        .replace("/runbook-inc-1-bridge-1", "/{id}")
        .replace(/\/runbooks\/bridge/, "/runbooks/{key}"),
    );
    expect(described.toSorted()).toEqual(here.toSorted());
  });

  test.each(routes)("$method $url needs a key", async ({ method, url }) => {
    const answer = await gateway.inject({ method, url, ...bodyFor(method) });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="zoom-runbooks"');
    expect(answer.json()).toMatchObject({ type: "urn:zoom-runbooks:problem:key-required", status: 401 });
    expect(gateway.calls).toEqual([]);
  });

  test.each(routes.filter(({ access }) => access !== "viewer"))(
    "$method $url is refused to a viewer",
    async ({ method, url }) => {
      const answer = await gateway.inject({ method, url, headers: bearer("viewer"), ...bodyFor(method) });
      expect(answer.statusCode).toBe(403);
      expect(gateway.calls).toEqual([]);
    },
  );

  test.each(routes.filter(({ access }) => access === "admin"))(
    "$method $url is refused to a responder",
    async ({ method, url }) => {
      const answer = await gateway.inject({ method, url, headers: bearer("responder"), ...bodyFor(method) });
      expect(answer.statusCode).toBe(403);
      expect(answer.json().detail).toContain("role admin");
    },
  );

  test.each([
    ["a wrong key", "Bearer nonsense"],
    ["the hash of a key", `Bearer ${hashOfKey(keys.admin)}`],
    ["another scheme", `Basic ${keys.admin}`],
    ["an empty key", "Bearer "],
  ])("%s is no key, and the answer is the same", async (_what, authorization) => {
    const none = await gateway.inject({ url: "/api/incidents" });
    const wrong = await gateway.inject({ url: "/api/incidents", headers: { authorization } });
    expect(wrong.statusCode).toBe(401);
    expect(wrong.body).toBe(none.body);
  });

  test("asking for the head of a list needs a key as well", async () => {
    expect((await gateway.inject({ method: "HEAD", url: "/api/incidents" })).statusCode).toBe(401);
    const known = await gateway.inject({ method: "HEAD", url: "/api/incidents", headers: bearer("viewer") });
    expect(known.statusCode).toBe(200);
  });

  test("a removed key is refused at once", async () => {
    const hash = hashOfKey("soon-gone-0123456789");
    await gateway.store.apiKeys.create({ id: "soon-gone", name: "soon gone", role: "viewer", hash });
    const headers = { authorization: "Bearer soon-gone-0123456789" };
    expect((await gateway.inject({ url: "/api/incidents", headers })).statusCode).toBe(200);
    await gateway.store.apiKeys.remove("soon-gone");
    expect((await gateway.inject({ url: "/api/incidents", headers })).statusCode).toBe(401);
  });

  test("an unknown route is a problem document, whoever asks", async () => {
    const answer = await gateway.inject({ url: "/api/nothing" });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ type: "urn:zoom-runbooks:problem:not-found" });
  });
});

describe("Keys", () => {
  test("the first start makes one admin key, later ones none", async () => {
    const store = await openStore({});
    const key = await createFirstKey(store.apiKeys);
    expect(await store.apiKeys.findByHash(hashOfKey(key ?? ""))).toMatchObject({ role: "admin" });
    expect(await createFirstKey(store.apiKeys)).toBeUndefined();
    await store.close();
  });

  test("the configured key is an admin's, and replaces the one configured before", async () => {
    const store = await openStore({});
    for (const adminApiKey of ["configured-key-number-one", "configured-key-number-two"]) {
      await using configured = await startGateway({ store, adminApiKey });
      const headers = { authorization: `Bearer ${adminApiKey}` };
      expect((await configured.inject({ url: "/api/incidents", headers })).statusCode).toBe(200);
    }
    expect(await store.apiKeys.findByHash(hashOfKey("configured-key-number-one"))).toBeUndefined();
    await store.close();
  });
});

describe("Limits and secrets", () => {
  test("too many requests of one address are refused with the time to wait; health is not counted", async () => {
    await using small = await startGateway({ store: gateway.store, limits: { requestsPerMinute: 3 } });
    const ask = (url: string) => small.inject({ url, headers: bearer("viewer") });
    for (let n = 0; n < 3; n += 1) expect((await ask("/api/incidents")).statusCode).toBe(200);
    const refused = await ask("/api/incidents");
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.json()).toMatchObject({ type: "urn:zoom-runbooks:problem:too-many-requests" });
    expect((await ask("/livez")).statusCode).toBe(200);
  });

  test("guessing keys is limited too", async () => {
    await using small = await startGateway({ store: gateway.store, limits: { requestsPerMinute: 2 } });
    const guess = () => small.inject({ url: "/api/incidents", headers: { authorization: "Bearer guess" } });
    expect([await guess(), await guess(), await guess()].map(({ statusCode }) => statusCode)).toEqual([
      401, 401, 429,
    ]);
  });

  test("an error of our own says nothing but an id, which stands in the log with the cause, without the key", async () => {
    const lines: string[] = [];
    const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
    await using logged = await startGateway({ store: gateway.store, log: pino({ level: "debug" }, sink) });
    logged.answers.changeIncident = new Error("password=hunter2 at db.internal");
    await logged.store.incidents.declare(anIncident());
    const answer = await logged.inject({
      method: "PATCH",
      url: "/api/incidents/inc-1?token=in-the-query",
      headers: bearer("responder"),
      payload: { title: "x" },
    });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("hunter2");
    const { request_id: id, detail, instance } = answer.json();
    expect(detail).toContain(id);
    expect(instance).toBe("/api/incidents/inc-1");
    expect(answer.headers["x-request-id"]).toBe(id);
    const log = lines.join("");
    expect(lines.find((line) => line.includes("hunter2"))).toContain(id);
    expect(log).not.toContain(keys.responder);
  });
});

describe("For machines that watch", () => {
  test("livez, readyz, metrics and the JSON schema need no key", async () => {
    for (const url of ["/livez", "/readyz", "/metrics", "/schemas/runbook.json", "/openapi.json"]) {
      expect((await gateway.inject({ url })).statusCode).toBe(200);
    }
  });

  test("readyz answers 503 and names the part that is away", async () => {
    await using broken = await startGateway({
      store: gateway.store,
      ready: async () => ({ database: true, temporal: false }),
    });
    const answer = await broken.inject({ url: "/readyz" });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ready: false, parts: { database: true, temporal: false } });
  });

  test("metrics count requests by route, not by path", async () => {
    await gateway.inject({ url: "/api/incidents/some-id", headers: bearer("viewer") });
    const { body } = await gateway.inject({ url: "/metrics" });
    expect(body).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/api\/incidents\/:id",status="404"\}/,
    );
    expect(body).not.toContain("some-id");
  });

  test("OpenAPI describes every route with a summary, tags, and problem documents", async () => {
    const document = (await gateway.inject({ url: "/openapi.json" })).json();
    expect(document.openapi).toBe("3.1.0");
    for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, never>>)) {
      for (const operation of Object.values(methods) as {
        summary: string;
        tags: string[];
        responses: object;
      }[]) {
        expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
        if (path.startsWith("/api/"))
          expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["401", "403"]));
      }
    }
    const declare = document.paths["/api/incidents"].post;
    expect(declare.requestBody.content["application/json"].schema.required).toEqual(["title", "severity"]);
    expect(declare.responses["401"].content["application/problem+json"]).toBeDefined();
    expect(JSON.stringify(document)).not.toContain("__SCHEMA__");
  });

  test("answers carry the headers that keep browsers safe", async () => {
    const { headers } = await gateway.inject({ url: "/livez" });
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.any(String),
    });
  });
});
