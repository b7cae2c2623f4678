import { describe, expect, test } from "@jest/globals";
import type { SinkAnswer, SinkRequest } from "../support/httpSink.ts";
import { startHttpSink } from "../support/httpSink.ts";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

const canary = 'canary"token/1';

const startRequests = async (answer?: (request: SinkRequest) => SinkAnswer) => {
  const sink = await startHttpSink(answer);
  const secrets = new Map([["pager_token", canary]]);
  const world = await startActions({ secrets, allow: ["127.0.0.1"] });
  return {
    ...world,
    sink,
    send: (input: Parameters<typeof world.perform>[1], more?: Parameters<typeof world.perform>[2]) =>
      world.perform("http.request", { url: `${sink.url}/api?key=1`, ...input }, { step: "call", ...more }),
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await sink[Symbol.asyncDispose]();
    },
  };
};

describe("a request", () => {
  test("sends method, headers and JSON, and gives status and answer", async () => {
    await using world = await startRequests(() => ({ status: 201, body: '{"id": 7}' }));
    const { outputs } = await world.send({
      method: "PUT",
      headers: { "X-Team": "core", Authorization: { secret: "pager_token", prefix: "Bearer " } },
      json: { title: "Checkout is down" },
    });
    expect(outputs).toEqual({ status: 201, body: '{"id": 7}', json: { id: 7 }, truncated: false });
    const [request] = world.sink.requests;
    expect(request).toMatchObject({
      method: "PUT",
      path: "/api?key=1",
      body: '{"title":"Checkout is down"}',
      headers: {
        "x-team": "core",
        authorization: `Bearer ${canary}`,
        "content-type": "application/json",
      },
    });
    const [event] = await world.timeline();
    expect(event).toMatchObject({
      kind: "step.completed",
      title: `PUT 127.0.0.1:${world.sink.port} answered 201`,
    });
  });

  test("sends text, under the type that the runbook names", async () => {
    await using world = await startRequests();
    await world.send({ method: "PUT", text: "<a/>", headers: { "content-type": "application/xml" } });
    expect(world.sink.requests[0]).toMatchObject({
      body: "<a/>",
      headers: { "content-type": "application/xml" },
    });
  });

  test("gives a bounded part of a long answer", async () => {
    await using world = await startRequests(() => ({ body: JSON.stringify(["x".repeat(70_000)]) }));
    const { outputs } = await world.send({});
    expect(outputs).toMatchObject({ json: null, truncated: true });
    expect(outputs["body"]).toHaveLength(10_000);
    world.sink.rules.answer = () => ({ body: "x".repeat(300_000) });
    const failed = await failureOf(world.send({}));
    expect([failed.type, failed.message]).toEqual(["refused", expect.stringContaining("256 KiB")]);
  });

  test("shows no secret, even when the answer repeats it in whatever form", async () => {
    const forms = [
      canary,
      JSON.stringify(canary),
      encodeURIComponent(canary),
      Buffer.from(canary).toString("base64"),
    ];
    await using world = await startRequests(() => ({ body: forms.join(" ") }));
    const headers = { "X-Token": { secret: "pager_token" } };
    const { outputs } = await world.send({ headers });
    world.sink.rules.answer = () => ({ status: 400, body: forms.join(" ") });
    const failed = await failureOf(world.send({ headers }, { step: "again" }));
    const everything = JSON.stringify([outputs, failed.message, failed.details, await world.timeline()]);
    expect(world.sink.requests.map(({ headers: sent }) => sent["x-token"])).toEqual([canary, canary]);
    expect(everything).toContain("[…]");
    expect(everything).not.toMatch(/canary|Y2FuYXJ5/);
  });

  test.each([
    [{ url: "ftp://example.com/" }, "url"],
    [{ url: "javascript:alert(1)" }, "url"],
    [{ headers: { Host: "inner.example.com" } }, "must be left to the connection"],
    [{ headers: { "X-A": "1\r\nX-B: 2" } }, "headers.X-A"],
    [{ headers: { "X A": "1" } }, "is no name of a header"],
    [{ json: {}, text: "x", method: "POST" }, "one body too many"],
    [{ json: {} }, "GET has no body"],
    [{ timeout: "2m" }, "at most 1m"],
    [{ headers: { "X-A": { secret: "PAGER" } } }, "headers.X-A"],
  ])("with %j is refused: %s", async (input, why) => {
    await using world = await startRequests();
    const failed = await failureOf(world.send(input));
    expect(failed.type).toBe("invalid_input");
    expect(failed.message).toContain(why);
    expect(world.sink.requests).toHaveLength(0);
  });

  test("names the secret that is missing, and how to give it", async () => {
    await using world = await startRequests();
    const failed = await failureOf(world.send({ headers: { "X-A": { secret: "nobody_set_it" } } }));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_configured", true]);
    expect(failed.message).toContain("ZOOM_RUNBOOKS_SECRET_NOBODY_SET_IT");
  });

  test("reaches no private address that the operator did not allow, and says what to do", async () => {
    await using sink = await startHttpSink();
    await using world = await startActions();
    const failed = await failureOf(world.perform("http.request", { url: sink.url }));
    expect([failed.type, failed.nonRetryable]).toEqual(["refused_address", true]);
    expect(failed.details?.[0]).toMatchObject({ advice: expect.stringContaining("OUTGOING_ALLOW") });
    expect(sink.requests).toHaveLength(0);
  });
});

describe("an answer other than the expected ones", () => {
  test.each([
    [404, { type: "refused", nonRetryable: true }],
    [401, { type: "refused", nonRetryable: true }],
    [302, { type: "refused", nonRetryable: true }],
    [500, { type: "unreachable", nonRetryable: false }],
    [503, { type: "unreachable", nonRetryable: false }],
    [429, { type: "rate_limited", nonRetryable: false }],
  ])("%d to a GET fails as %j", async (status, expected) => {
    await using world = await startRequests(() => ({
      status,
      body: "because",
      headers: { "retry-after": "3" },
    }));
    const failed = await failureOf(world.send({}));
    expect(failed).toMatchObject(expected);
    expect(failed.message).toBe(`GET 127.0.0.1:${world.sink.port} answered ${status}: because`);
    if (!failed.nonRetryable) expect(failed.nextRetryDelay).toBe(3000);
  });

  test("may be expected", async () => {
    await using world = await startRequests(() => ({ status: 404, body: "" }));
    const { outputs } = await world.send({ expected_statuses: [200, 404] });
    expect(outputs).toEqual({ status: 404, body: "", json: null, truncated: false });
  });

  test("does not say where a redirect leads, and follows none", async () => {
    await using world = await startRequests(() => ({
      status: 307,
      headers: { location: "http://169.254.169.254/" },
    }));
    const failed = await failureOf(world.send({}));
    expect(failed.details?.[0]).toMatchObject({ advice: expect.stringContaining("not followed") });
  });
});

describe("a POST", () => {
  const post = { method: "POST", json: { a: 1 } };

  test.each([["hangUp" as const], [{ status: 500 }], [{ status: 502 }]])(
    "answered with %j is not sent again by itself, and again when an operator retries the step",
    async (answer) => {
      await using world = await startRequests(() => answer);
      const failed = await failureOf(world.send(post));
      expect([failed.type, failed.nonRetryable]).toEqual(["maybe_done", true]);
      expect((await failureOf(world.send(post, { attempt: 2 }))).type).toBe("maybe_done");
      expect(world.sink.requests).toHaveLength(1);
      world.sink.rules.answer = () => ({});
      expect((await world.send(post, { round: 2 })).outputs["status"]).toBe(200);
      expect(world.sink.requests).toHaveLength(2);
    },
  );

  test("that did not answer in time may have been done", async () => {
    await using world = await startRequests(() => "silent");
    const failed = await failureOf(world.send({ ...post, timeout: "100ms" }));
    expect([failed.type, failed.message]).toEqual(["maybe_done", expect.stringContaining("timeout")]);
  });

  test.each([[503], [429]])("answered with %d was not done, so it is tried again", async (status) => {
    await using world = await startRequests(() => ({ status }));
    expect((await failureOf(world.send(post))).nonRetryable).toBe(false);
    world.sink.rules.answer = () => ({});
    expect((await world.send(post, { attempt: 2 })).outputs["status"]).toBe(200);
  });

  test("that never had a connection is tried again", async () => {
    const gone = await startHttpSink();
    await gone[Symbol.asyncDispose]();
    await using world = await startRequests();
    const failed = await failureOf(world.send({ ...post, url: gone.url }));
    expect([failed.type, failed.nonRetryable]).toEqual(["unreachable", false]);
    expect((await world.send(post, { attempt: 2 })).outputs["status"]).toBe(200);
  });

  test("with an idempotency key is tried again, with the same key in every try and round", async () => {
    await using world = await startRequests(() => "hangUp");
    const keyed = { ...post, idempotency_key: true };
    const failed = await failureOf(world.send(keyed));
    expect([failed.type, failed.nonRetryable]).toEqual(["unreachable", false]);
    world.sink.rules.answer = () => ({});
    await world.send(keyed, { attempt: 2 });
    await world.send(keyed, { round: 2 });
    await world.send(keyed, { step: "another" });
    const keys = world.sink.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([keys[0], keys[0], keys[0], expect.not.stringMatching(String(keys[0]))]);
    expect(keys[0]).toMatch(/^[\da-f]{32}$/);
  });
});
