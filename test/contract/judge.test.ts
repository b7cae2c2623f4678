import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import type { Exchange } from "../../simulator/tap.ts";
import { judgeExchange, judgeRequest, judgeWebhook } from "../support/contract/judge.ts";
import { describeByDocuments } from "../support/contract/skips.ts";

const exchange = (over: Partial<Exchange> & { json?: unknown; sent?: unknown } = {}): Exchange => ({
  method: "GET",
  path: "/meetings/85746065432",
  query: {},
  requestBody: over.sent === undefined ? "" : JSON.stringify(over.sent),
  status: 200,
  responseBody: over.json === undefined ? "" : JSON.stringify(over.json),
  ...over,
});

const creating = (sent: unknown) =>
  judgeRequest({ ...exchange({ sent }), method: "POST", path: "/users/host1@example.com/meetings" });

describeByDocuments("the judge finds in a request", () => {
  test("nothing, when all is as documented", () => {
    const wish = { topic: "A call", type: 2, start_time: "2026-11-23T10:00:00Z", settings: { jbh_time: 5 } };
    expect(creating(wish)).toEqual([]);
  });

  test.each([
    ["a field that Zoom does not know", { settings: { join_before_hots: true } }, "join_before_hots"],
    ["a type", { duration: "60" }, "/duration must be integer"],
    ["an enum", { settings: { approval_type: 3 } }, "/approval_type must be equal"],
    ["a length", { topic: "x".repeat(201) }, "/topic must NOT have more"],
    ["a local time with milliseconds", { start_time: "23.11.2026" }, "/start_time must match"],
    ["a missing field", { tracking_fields: [{ value: "x" }] }, "must have required property 'field'"],
  ])("%s", (_what, wish, said) => {
    expect(creating(wish)).toEqual([expect.stringContaining(said)]);
  });

  test("a parameter that is unknown, and one of the wrong type", () => {
    const wrong = exchange({ path: "/meetings/abc", query: { occurence_id: "1" }, json: {} });
    expect(judgeExchange(wrong)).toEqual([
      "GET /meetings/{meetingId}: path meetingId must be integer",
      "GET /meetings/{meetingId}: query occurence_id is not in the document",
    ]);
  });

  test("a body where none belongs", () => {
    const withBody = exchange({ method: "DELETE", status: 204, sent: { a: 1 } });
    expect(judgeExchange(withBody)).toEqual(["DELETE /meetings/{meetingId}: request has a body"]);
  });

  test("a path that is not Zoom's", () => {
    expect(judgeExchange(exchange({ path: "/meetings/1/event" }))).toEqual([
      "GET /meetings/1/event: is no operation of the document",
    ]);
  });
});

describeByDocuments("the judge finds in an answer", () => {
  test.each([
    ["a wrong type", { json: { id: "85746065432" } }, ["answer 200 /id must be integer"]],
    ["a field of nobody's", { json: { joinUrl: "x" } }, ["unevaluated properties (joinUrl)"]],
    ["an undocumented status", { status: 202 }, ["answer 202 is not in the document"]],
    ["no body", {}, ["answer 200 has no body"]],
    ["a body of a 204", { method: "DELETE", status: 204, json: {} }, ["answer 204 has a body"]],
    ["an error's code", { status: 404, json: { code: 1234, message: "?" } }, ["error 404/1234 is not in"]],
    ["an error's text", { status: 404, json: { code: 3001, message: "Gone." } }, ['does not say "Gone."']],
    ["an error's shape", { status: 400, json: { error: "bad" } }, ["'code'", "'message'", "(error)"]],
  ])("%s", (_what, over, said) => {
    expect(judgeExchange(exchange(over))).toEqual(said.map((each) => expect.stringContaining(each)));
  });

  test("nothing, when an error is the one documented for this operation", () => {
    const json = { code: 3001, message: "Meeting does not exist: 85746065432." };
    expect(judgeExchange(exchange({ status: 404, json }))).toEqual([]);
  });

  test("nothing of what a fault made up, but still what was wrong in the request", () => {
    const broken = exchange({ status: 500, json: { oops: true }, fault: "status", query: { x: "1" } });
    expect(judgeExchange(broken)).toEqual(["GET /meetings/{meetingId}: query x is not in the document"]);
  });
});

describeByDocuments("the judge finds in a webhook", () => {
  const started = (object: object) => ({
    event: "meeting.started",
    event_ts: 1_795_000_000_000,
    payload: { account_id: "a", object },
  });
  const object = {
    id: "85746065432",
    uuid: "4444AAAiAAAAAiAiAiiAii==",
    host_id: "h",
    topic: "A call",
    type: 2,
    start_time: "2026-11-23T10:00:00Z",
    duration: 60,
    timezone: "UTC",
  };

  test.each([
    ["nothing", started(object), []],
    ["a number where text belongs", started({ ...object, id: 1 }), ["/payload/object/id must be string"]],
    ["what is missing", started({ ...object, uuid: undefined }), ["required property 'uuid'"]],
    ["what is too much", started({ ...object, start_url: "x" }), ["(start_url)"]],
    ["an event of nobody's", { event: "meeting.begun", payload: {} }, ["is no event of the document"]],
  ])("%s", (_what, body, said) => {
    expect(judgeWebhook(JSON.stringify(body))).toEqual(said.map((each) => expect.stringContaining(each)));
  });
});

test("no test starts a simulator that is not judged", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const unjudged = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("bench"))
    .filter((file) =>
      /^import \{[^}]*startSimulator[^;]*simulator\/app\.ts";/m.test(readFileSync(join(root, file), "utf8")),
    );
  expect(unjudged).toEqual(["support/simulator.ts"]);
});
