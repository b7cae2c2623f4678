import { describe, expect, test } from "@jest/globals";
import { eventually, useSimulator } from "./support.ts";

const { call, sim, send, meeting, join, advance, newToken } = useSimulator();

const nowMs = async (): Promise<number> => (await sim("GET", "/clock")).body.nowMs;

describe("the clock", () => {
  test("moves forward by what is asked", async () => {
    const before = await nowMs();
    const { body } = await advance(3_600_000);
    expect(body.nowMs - before).toBeGreaterThanOrEqual(3_600_000);
  });

  test("runs as many times faster as asked", async () => {
    await sim("POST", "/clock", { scale: 10_000 });
    const before = await nowMs();
    await eventually(async () => (await nowMs()) - before >= 100_000);
    expect((await sim("POST", "/clock", { scale: 1 })).body.scale).toBe(1);
  });

  test("what is planned happens by itself when its time comes", async () => {
    await sim("POST", "/clock", { scale: 100 });
    const { id } = await meeting({ settings: { auto_recording: "cloud" } });
    await join(id, "Ada");
    await sim("POST", `/meetings/${id}/end`);
    await eventually(async () => (await call("GET", `/meetings/${id}/recordings`)).status === 200);
  });
});

describe("state", () => {
  test("tells what there is, and no secret", async () => {
    const { id, uuid } = await meeting({ topic: "SEV1" });
    await join(id, "Ada", { email: "ada@elsewhere.org" });
    const { body } = await sim("GET", "/state");
    expect(body.meetings).toMatchObject([
      {
        id,
        topic: "SEV1",
        status: "started",
        sessions: [{ uuid, participants: [{ name: "Ada", email: "ada@elsewhere.org" }] }],
      },
    ]);
    expect(body.tokens).toEqual({ issued: 1, alive: 1 });
    expect(body.hostRequestsToday["host1@example.com"]).toBe(1);
    expect(JSON.stringify(body)).not.toContain("sim-secret");
  });

  test("a reset starts over", async () => {
    await sim("POST", "/settings", { plan: "free", lockedSettings: { waiting_room: true } });
    await meeting();
    await advance(3_600_000);
    expect((await sim("POST", "/reset")).body).toEqual({ reset: true });
    const { body } = await sim("GET", "/state");
    expect(body.meetings).toEqual([]);
    expect(Math.abs(Date.parse(body.now) - Date.now())).toBeLessThan(60_000);
    expect((await sim("GET", "/settings")).body).toMatchObject({ plan: "pro", lockedSettings: {} });
  });
});

describe("the log of requests", () => {
  test("has method, path, status and time of every call, and no secret", async () => {
    const token = await newToken();
    await call("GET", "/users?page_size=1", undefined, token);
    await send("GET", `/v2/users?access_token=${token}`, {});
    await call("GET", "/meetings/12345678901", undefined, token);
    const { body } = await sim("GET", "/requests");
    expect(body.requests).toMatchObject([
      { method: "POST", path: "/oauth/token", status: 200 },
      { method: "GET", path: "/v2/users", query: { page_size: "1" }, status: 200 },
      { method: "GET", path: "/v2/users", query: {}, status: 401 },
      { method: "GET", path: "/v2/meetings/12345678901", status: 404 },
    ]);
    expect(JSON.stringify(body)).not.toContain("sim-secret");
  });

  test("says when nobody got an answer, and why", async () => {
    await newToken();
    await sim("POST", "/faults", { kind: "reset", path: "/v2/users$", times: 1 });
    await expect(call("GET", "/users")).rejects.toThrow();
    const { requests } = (await sim("GET", "/requests")).body;
    expect(requests.at(-1)).toMatchObject({ path: "/v2/users", status: null, fault: "reset" });
  });

  test("every answer can be made to take time", async () => {
    await sim("POST", "/settings", { latencyMs: 80 });
    await call("GET", "/users");
    const { requests } = (await sim("GET", "/requests")).body;
    expect(requests.at(-1).durationMs).toBeGreaterThanOrEqual(70);
  });
});

describe("a wrong control", () => {
  test.each<[string, unknown, string]>([
    ["/clock", {}, "give advanceMs, scale or both"],
    ["/clock", { advanceMs: -1 }, "advanceMs"],
    ["/faults", { kind: "earthquake" }, "kind"],
    ["/faults", { kind: "status", path: "(" }, "is no regular expression"],
    ["/settings", { plan: "enterprise" }, "plan"],
    ["/settings", { plann: "free" }, "plann"],
    ["/webhooks", { url: "ftp://example.com" }, "url"],
    ["/meetings/1/join", { name: "Ada" }, "There is no meeting 1."],
  ])("%s with %j is refused with the reason", async (path, body, reason) => {
    const reply = await sim("POST", path, body);
    expect(reply.status).toBe(path.startsWith("/meetings") ? 404 : 400);
    expect(reply.body.error).toContain(reason);
  });

  test("a person without a name cannot join", async () => {
    const { id } = await meeting();
    expect(await sim("POST", `/meetings/${id}/join`, {})).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("name") },
    });
  });
});
