import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { TestGateway } from "./startGateway.ts";
import { bearer, startGateway } from "./startGateway.ts";

let gateway: TestGateway;
beforeAll(async () => void (gateway = await startGateway()));
afterAll(() => gateway.close());

const good = `# Kept as it was written
key: bridge
title: Open the bridge
trigger:
  on: [incident.created]
steps:
  - id: make
    action: zoom.create_meeting
    input:
      topic: "{{incident.title}}"
`;

const cloud = { settings: { auto_recording: "cloud" as const } };

const put = (source: string, { key = "bridge", type = "application/yaml" } = {}) =>
  gateway.inject({
    method: "PUT",
    url: `/api/runbooks/${key}`,
    headers: { ...bearer("admin"), "content-type": type },
    payload: source,
  });

const lint = async (source: string) =>
  (
    await gateway.inject({
      method: "POST",
      url: "/api/runbooks/lint",
      headers: { ...bearer("viewer"), "content-type": "application/yaml" },
      payload: source,
    })
  ).json();

const get = (url: string) => gateway.inject({ url, headers: bearer("viewer") });

describe("Saving a runbook", () => {
  test("keeps the text as it was written, and counts versions", async () => {
    const saved = await put(good);
    expect(saved.statusCode).toBe(200);
    expect(saved.json()).toMatchObject({ runbook: { key: "bridge" }, version: 1, changed: true });
    expect((await put(good)).json()).toMatchObject({ version: 1, changed: false });
    expect((await put(good.replace("Open the", "Open a"))).json()).toMatchObject({
      version: 2,
      changed: true,
    });
    expect((await get("/api/runbooks/bridge")).json()).toMatchObject({
      source: expect.stringContaining("# Kept as it was written"),
      version: 2,
      updated_by: "a admin",
    });
    expect((await get("/api/runbooks")).json().runbooks).toMatchObject([
      { runbook: { key: "bridge" }, version: 2 },
    ]);
  });

  test("takes JSON too", async () => {
    const document = { key: "by-json", title: "By JSON", steps: [{ id: "hold", wait: { duration: "1m" } }] };
    const saved = await put(JSON.stringify(document), { key: "by-json", type: "application/json" });
    expect(saved.json()).toMatchObject({ runbook: { key: "by-json" }, version: 1 });
  });

  test("under another key than its own is refused", async () => {
    const answer = await put(good, { key: "other" });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toMatchObject([{ path: "key", nearest: "other" }]);
  });

  test("removes it", async () => {
    await put(good.replace("key: bridge", "key: gone"), { key: "gone" });
    const remove = () =>
      gateway.inject({ method: "DELETE", url: "/api/runbooks/gone", headers: bearer("admin") });
    expect((await remove()).statusCode).toBe(204);
    expect((await remove()).statusCode).toBe(404);
    expect((await get("/api/runbooks/gone")).statusCode).toBe(404);
  });
});

describe("Advice on a runbook", () => {
  test("comes with its place, from lint and from saving, and keeps nothing from being saved", async () => {
    const { ok, marks } = await lint(good);
    expect(ok).toBe(true);
    expect(marks).toMatchObject([
      { level: "advice", path: "steps[0].input.topic", line: 10 },
      { level: "advice", path: "steps[0].input.settings" },
    ]);
    const saved = await put(good.replace("key: bridge", "key: advised"), { key: "advised" });
    expect(saved.statusCode).toBe(200);
    expect(saved.json()).toMatchObject({ version: 1, changed: true, marks });
  });

  test("spares what the defaults for meetings give", async () => {
    const meetingDefaults = { severities: { "0": cloud, "1": cloud } };
    await using other = await startGateway({ meetingDefaults });
    const headers = { ...bearer("viewer"), "content-type": "application/yaml" };
    const answer = await other.inject({ method: "POST", url: "/api/runbooks/lint", headers, payload: good });
    expect(answer.json().marks).toMatchObject([{ level: "advice", path: "steps[0].input.topic" }]);
  });
});

describe("What is wrong with a runbook", () => {
  test("comes all at once, with path, line and nearest name, and nothing is saved", async () => {
    const bad = good
      .replace("key: bridge", "key: bad")
      .replace("zoom.create_meeting", "zoom.create_meting")
      .replace("title: Open", "titel: Open");
    const answer = await put(bad, { key: "bad" });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ type: "urn:zoom-runbooks:problem:invalid-runbook" });
    expect(answer.json().errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: "error", path: "titel", nearest: "title", line: 3 }),
      ]),
    );
    expect((await get("/api/runbooks/bad")).statusCode).toBe(404);
  });

  test("names an unknown action with the nearest one", async () => {
    const { ok, marks } = await lint(good.replace("zoom.create_meeting", "zoom.create_meting"));
    expect(ok).toBe(false);
    expect(marks).toMatchObject([
      { level: "error", path: "steps[0].action", nearest: "zoom.create_meeting", line: 8 },
    ]);
  });

  test("is told for YAML that is none, with its line", async () => {
    const { ok, marks } = await lint("key: x\ntitle: [unclosed\nsteps: 1\n");
    expect(ok).toBe(false);
    expect(marks[0]).toMatchObject({ level: "error", line: expect.any(Number), column: expect.any(Number) });
    expect((await put("key: [", { key: "x" })).statusCode).toBe(422);
  });

  test("does not let aliases grow without end", async () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefgh".split("").map((name, n) => {
        const before = "abcdefgh"[n];
        return `${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`;
      }),
    ].join("\n");
    const { ok } = await lint(bomb);
    expect(ok).toBe(false);
  });

  test("is nothing for a good one", async () => {
    expect(await lint(good)).toMatchObject({ ok: true });
  });

  test("is its size, its type or its absence", async () => {
    expect((await put(`${good}# ${"x".repeat(1_100_000)}`)).statusCode).toBe(413);
    expect((await put(good, { type: "application/pdf" })).statusCode).toBe(415);
    const empty = await gateway.inject({ method: "PUT", url: "/api/runbooks/x", headers: bearer("admin") });
    expect(empty.statusCode).toBe(400);
  });
});

describe("For editors", () => {
  test("actions come with the schemas of what they take and give", async () => {
    const { actions } = (await get("/api/actions")).json();
    const create = actions.find(({ key }: { key: string }) => key === "zoom.create_meeting");
    expect(create).toMatchObject({ effect: "create", input: { type: "object" }, output: { type: "object" } });
    expect(create.output.properties).toHaveProperty("join_url");
  });

  test("the JSON schema of runbooks knows the actions and their inputs", async () => {
    const answer = await gateway.inject({ url: "/schemas/runbook.json" });
    expect(answer.headers["content-type"]).toContain("application/schema+json");
    const schema = answer.json();
    expect(schema.required).toEqual(expect.arrayContaining(["key", "title", "steps"]));
    expect(answer.body).toContain('"const":"zoom.create_meeting"');
    expect(answer.body).toContain('"then":{"properties":{"input"');
  });
});
