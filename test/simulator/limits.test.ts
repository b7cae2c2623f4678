import { describe, expect, test } from "@jest/globals";
import { useSimulator } from "./support.ts";

// A clock that hardly moves, so that a second is as long as the test needs.
const START = Date.parse("2026-11-23T10:00:00Z");
const { call, sim, meeting, advance } = useSimulator({ clock: { startAtMs: START, scale: 0.001 } });

const DAY_MS = 24 * 3_600_000;
const times = async (count: number, run: () => Promise<{ status: number }>): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, async () => (await run()).status));
const count = (statuses: number[], status: number) => statuses.filter((one) => one === status).length;

describe("limits per second", () => {
  test.each<[string, string, string, number]>([
    ["pro", "LIGHT", "/users/host1@example.com", 30],
    ["pro", "MEDIUM", "/users", 20],
    ["pro", "HEAVY", "/report/meetings/1/participants", 10],
    ["free", "LIGHT", "/users/host1@example.com", 4],
    ["free", "MEDIUM", "/users", 2],
    ["free", "HEAVY", "/report/meetings/1/participants", 1],
    ["business", "LIGHT", "/users/host1@example.com", 80],
  ])("plan %s allows label %s %s %d times a second", async (plan, _label, path, max) => {
    await sim("POST", "/settings", { plan });
    const statuses = await times(max + 5, () => call("GET", path));
    expect(count(statuses, 429)).toBe(5);
    await advance(1_000);
    expect((await call("GET", path)).status).not.toBe(429);
  });

  test("the refusal has Zoom's words, and of headers only the category", async () => {
    await sim("POST", "/settings", { limits: { perSecond: { MEDIUM: 0 } } });
    const { status, body, headers } = await call("GET", "/users");
    expect(status).toBe(429);
    expect(body).toEqual({
      code: 429,
      message: "You have reached the maximum per-second rate limit for this API. Try again later.",
    });
    expect(headers.get("x-ratelimit-category")).toBe("Medium");
    expect(headers.get("retry-after")).toBeNull();
    expect(headers.get("x-ratelimit-type")).toBeNull();
  });

  test("the documented headers come when they are asked for", async () => {
    await sim("POST", "/settings", { limits: { headers: "documented" } });
    const { headers } = await call("GET", "/users");
    expect(headers.get("x-ratelimit-type")).toBe("QPS");
    expect(headers.get("x-ratelimit-limit")).toBe("20");
    expect(headers.get("x-ratelimit-remaining")).toBe("19");
  });

  test("each label counts for itself, refusals of the call itself too", async () => {
    await times(20, () => call("GET", "/users"));
    const missing = await call("GET", "/meetings/12345678901");
    expect(missing.status).toBe(404);
    expect(missing.headers.get("x-ratelimit-category")).toBe("Light");
  });

  test("can be switched off", async () => {
    await sim("POST", "/settings", { limits: false });
    expect(count(await times(60, () => call("GET", "/users")), 200)).toBe(60);
  });
});

describe("limits per day", () => {
  test("a free account has 1000 heavy calls, and learns when the next day begins", async () => {
    await sim("POST", "/settings", { plan: "free", limits: { perSecond: { HEAVY: 5_000 } } });
    for (let n = 0; n < 10; n += 1) await times(100, () => call("GET", "/report/meetings/1/participants"));
    const { status, body, headers } = await call("GET", "/report/meetings/1/participants");
    expect(status).toBe(429);
    expect(body.message).toContain("maximum daily rate limit");
    expect(headers.get("retry-after")).toBe("2026-11-24T00:00:00Z");
  });

  test("a host has 100 creates and updates in a UTC day", async () => {
    await sim("POST", "/settings", { limits: { perSecond: { LIGHT: 1_000 } } });
    const { id } = await meeting();
    await times(60, () => call("POST", "/users/host1@example.com/meetings", {}));
    await times(39, () => call("PATCH", `/meetings/${id}`, { topic: "again" }));
    const { status, body, headers } = await call("POST", "/users/host1@example.com/meetings", {});
    expect(status).toBe(429);
    expect(body).toEqual({
      code: 429,
      message:
        "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this particular user. You may resume these requests at GMT 00:00:00.",
    });
    expect(headers.get("x-ratelimit-category")).toBe("Light");
    expect(headers.get("x-ratelimit-limit")).toBe("6000");
    expect(headers.get("retry-after")).toBeNull();
    expect((await call("PATCH", `/meetings/${id}`, {})).status).toBe(429);
    expect((await call("DELETE", `/meetings/${id}`)).status).toBe(204);
    expect((await call("POST", "/users/host2@example.com/meetings", {})).status).toBe(201);
    expect((await sim("GET", "/state")).body.hostRequestsToday).toMatchObject({
      "host1@example.com": 100,
      "host2@example.com": 1,
    });
    await advance(DAY_MS);
    expect((await call("POST", "/users/host1@example.com/meetings", {})).status).not.toBe(429);
  });

  test("the host's refusal carries a date to come back when headers are as documented", async () => {
    await sim("POST", "/settings", { limits: { headers: "documented", hostDailyMax: 0 } });
    const { headers } = await call("POST", "/users/host1@example.com/meetings", {});
    expect(headers.get("retry-after")).toBe("2026-11-24T00:00:00Z");
    expect(headers.get("x-ratelimit-type")).toBe("Daily-limit");
  });

  test("the host's limit can be lifted alone", async () => {
    await sim("POST", "/settings", { limits: { hostDailyMax: null, perSecond: { LIGHT: 1_000 } } });
    const statuses = await times(120, () => call("POST", "/users/host1@example.com/meetings", {}));
    expect(count(statuses, 201)).toBe(120);
  });
});
