import { describe, expect, test } from "@jest/globals";
import type { Json } from "./support.ts";
import { GRANT, useSimulator } from "./support.ts";

const { call, sim, oauth, newToken } = useSimulator();

const fault = (rule: Json | Json[]) => sim("POST", "/faults", rule);
const create = () => call("POST", "/users/host1@example.com/meetings", { topic: "T" });
const meetings = async (): Promise<number> => (await sim("GET", "/state")).body.meetings.length;
const fired = async (): Promise<number[]> =>
  (await sim("GET", "/faults")).body.faults.map((rule: Json) => rule.fired);

describe("a fault", () => {
  test("answers what it is told, as often as it is told, where it is told", async () => {
    await fault({
      kind: "status",
      method: "POST",
      path: "/meetings$",
      status: 503,
      code: 1234,
      message: "Down.",
      times: 2,
    });
    expect((await call("GET", "/users")).status).toBe(200);
    expect(await create()).toMatchObject({ status: 503, body: { code: 1234, message: "Down." } });
    expect((await create()).status).toBe(503);
    expect((await create()).status).toBe(201);
    expect(await fired()).toEqual([2]);
    expect(await meetings()).toBe(1);
  });

  test("can have headers and a body of its own, and can come after the work was done", async () => {
    await fault({
      kind: "status",
      status: 502,
      headers: { "retry-after": "7" },
      body: { odd: true },
      commit: true,
      times: 1,
      path: "meetings",
    });
    const reply = await create();
    expect(reply).toMatchObject({ status: 502, body: { odd: true } });
    expect(reply.headers.get("retry-after")).toBe("7");
    expect(await meetings()).toBe(1);
  });

  test("can skip the first calls", async () => {
    await fault({ kind: "status", path: "/v2/users$", skip: 1, times: 1 });
    const statuses = [await call("GET", "/users"), await call("GET", "/users"), await call("GET", "/users")];
    expect(statuses.map(({ status }) => status)).toEqual([200, 500, 200]);
  });

  test("can be a matter of chance, the same for the same seed", async () => {
    await sim("POST", "/settings", { limits: false });
    const statuses = async () => {
      await sim("DELETE", "/faults");
      await fault({ kind: "status", probability: 0.5, seed: 7, path: "/v2/users$" });
      const replies: number[] = [];
      for (let n = 0; n < 20; n += 1) replies.push((await call("GET", "/users")).status);
      return replies;
    };
    const first = await statuses();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await statuses()).toEqual(first);
  });

  test("can hit the token endpoint", async () => {
    await fault({ kind: "status", path: "/oauth/token", status: 500, times: 1 });
    expect((await oauth(GRANT)).status).toBe(500);
    expect((await oauth(GRANT)).status).toBe(200);
  });
});

describe("no answer", () => {
  test("timeoutBefore does nothing, is silent, and then hangs up", async () => {
    await newToken();
    await fault({ kind: "timeoutBefore", path: "/meetings$", holdMs: 150, times: 1 });
    const began = Date.now();
    await expect(create()).rejects.toThrow();
    expect(Date.now() - began).toBeGreaterThanOrEqual(140);
    expect(await meetings()).toBe(0);
  });

  test("timeoutAfter does the work and is silent", async () => {
    await fault({ kind: "timeoutAfter", path: "/meetings$", holdMs: 50, times: 1 });
    await expect(create()).rejects.toThrow();
    expect(await meetings()).toBe(1);
  });

  test("reset hangs up at once, before or after the work", async () => {
    await fault([
      { kind: "reset", path: "/meetings$", times: 1 },
      { kind: "reset", path: "/meetings$", times: 1, commit: true },
    ]);
    await expect(create()).rejects.toThrow();
    expect(await meetings()).toBe(0);
    await expect(create()).rejects.toThrow();
    expect(await meetings()).toBe(1);
    expect(await fired()).toEqual([1, 1]);
  });

  test("slow answers late but well", async () => {
    await fault({ kind: "slow", path: "/meetings$", delayMs: 120, times: 1 });
    const began = Date.now();
    expect((await create()).status).toBe(201);
    expect(Date.now() - began).toBeGreaterThanOrEqual(110);
  });

  test("expiredToken ends the token that was used", async () => {
    const token = await newToken();
    await fault({ kind: "expiredToken", path: "/v2/users$", times: 1 });
    const expired = { status: 401, body: { code: 124, message: "Access token is expired." } };
    expect(await call("GET", "/users", undefined, token)).toMatchObject(expired);
    expect(await call("GET", "/users", undefined, token)).toMatchObject(expired);
    expect((await call("GET", "/users", undefined, await newToken())).status).toBe(200);
  });
});
