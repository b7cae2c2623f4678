import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createAdminLink } from "../../gateway/keys.ts";
import type { Store } from "../../store/index.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import type { TestGateway } from "./startGateway.ts";
import { bearer, keys, startGateway } from "./startGateway.ts";

let store: Store;
let gateway: TestGateway;
beforeAll(async () => {
  store = await openMemoryStore();
  gateway = await startGateway({ store });
});
afterAll(async () => {
  await gateway.close();
  await store.close();
});

const ours = { origin: "http://gateway.test" };

type Over = { at?: TestGateway; headers?: Record<string, string> };

const signIn = (key: string, { at = gateway, headers = ours }: Over = {}) =>
  at.inject({
    method: "POST",
    url: "/sign-in",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    payload: new URLSearchParams({ key }).toString(),
  });

const cookieOf = ({ headers }: { headers: Record<string, string | undefined> }): string =>
  headers["set-cookie"]?.split(";")[0] ?? "";

const whoIs = (cookie: string, at = gateway) => at.inject({ url: "/api/session", headers: { cookie } });

const declare = (headers: Record<string, string>) =>
  gateway.inject({ method: "POST", url: "/api/incidents", headers, payload: { title: "x", severity: "1" } });

describe("Signing in at a browser", () => {
  test("with a key opens a session in the key's role", async () => {
    expect((await gateway.inject({ url: "/sign-in" })).body).toContain('name="key"');
    const answer = await signIn(keys.responder);
    expect(answer).toMatchObject({ statusCode: 303, headers: { location: "/sign-in" } });
    expect(answer.headers["set-cookie"]).toMatch(
      /^zoom_runbooks=[\w-]{32}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect((await whoIs(cookieOf(answer))).json()).toMatchObject({
      kind: "session",
      id: "key-responder",
      name: "a responder",
      role: "responder",
    });
    const page = await gateway.inject({ url: "/sign-in", headers: { cookie: cookieOf(answer) } });
    expect(page.body).toContain("You are a responder, in the role responder");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test("over HTTPS has a cookie that only this host gets, and only over HTTPS", async () => {
    await using secure = await startGateway({ store, links: { publicUrl: "https://gateway.test" } });
    const answer = await signIn(keys.viewer, { at: secure, headers: { origin: "https://gateway.test" } });
    expect(answer.headers["set-cookie"]).toMatch(
      /^__Host-zoom_runbooks=[\w-]{32}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await whoIs(cookieOf(answer), secure)).statusCode).toBe(200);
  });

  test("with a wrong key, or from somewhere else, opens none", async () => {
    const wrong = await signIn("wrong");
    const foreign = await signIn(keys.admin, { headers: { origin: "http://evil.test" } });
    expect([wrong.statusCode, foreign.statusCode]).toEqual([401, 403]);
    expect([cookieOf(wrong), cookieOf(foreign)]).toEqual(["", ""]);
    expect(foreign.body).not.toContain(keys.admin);
  });

  test("by a link works once, as an administrator", async () => {
    const link = await createAdminLink(store.adminLinks, "http://gateway.test/");
    const url = link.replace("http://gateway.test", "");
    expect(url).toMatch(/^\/sign-in\/link\?token=[\w-]{32}$/);
    expect((await gateway.inject({ method: "HEAD", url })).statusCode).toBe(404);
    const opened = await gateway.inject({ url });
    expect(opened).toMatchObject({ statusCode: 303, headers: { location: "/sign-in" } });
    expect((await whoIs(cookieOf(opened))).json()).toMatchObject({ role: "admin", kind: "session" });
    const again = await gateway.inject({ url });
    expect([again.statusCode, cookieOf(again)]).toEqual([401, ""]);
    expect(again.body).toContain("This link is used up");
  });
});

describe("A session", () => {
  test("outlives the gateway that opened it", async () => {
    const cookie = cookieOf(await signIn(keys.viewer));
    await using next = await startGateway({ store });
    expect((await whoIs(cookie, next)).statusCode).toBe(200);
  });

  test("changes things from our own pages alone", async () => {
    const cookie = cookieOf(await signIn(keys.responder));
    for (const headers of [
      {},
      { origin: "http://evil.test" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", ...ours },
      { "sec-fetch-site": "none" },
    ] as Record<string, string>[]) {
      const answer = await declare({ cookie, ...headers });
      expect(answer.statusCode).toBe(403);
      expect(answer.json().type).toBe("urn:zoom-runbooks:problem:cross-origin");
    }
    expect((await declare({ cookie, ...ours })).statusCode).toBe(201);
    expect((await declare({ cookie, "sec-fetch-site": "same-origin" })).statusCode).toBe(201);
    expect((await whoIs(cookie)).statusCode).toBe(200);
  });

  test("may what its role may", async () => {
    const cookie = cookieOf(await signIn(keys.viewer));
    const answer = await declare({ cookie, ...ours });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toBe("This needs the role responder; your role is viewer.");
  });

  test("does not help a wrong key that comes with it", async () => {
    const cookie = cookieOf(await signIn(keys.admin));
    const answer = await gateway.inject({
      url: "/api/keys",
      headers: { cookie, authorization: "Bearer wrong" },
    });
    expect(answer.statusCode).toBe(401);
  });

  test.each([
    ["DELETE", "/api/session", 204],
    ["POST", "/sign-out", 303],
  ])("ends by %s %s, from our own pages, and its cookie with it", async (method, url, status) => {
    const cookie = cookieOf(await signIn(keys.viewer));
    const form = method === "POST" ? { "content-type": "application/x-www-form-urlencoded" } : {};
    expect((await gateway.inject({ method, url, headers: { cookie, ...form } })).statusCode).toBe(403);
    expect((await whoIs(cookie)).statusCode).toBe(200);
    const answer = await gateway.inject({ method, url, headers: { cookie, ...ours, ...form } });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["set-cookie"]).toMatch(/^zoom_runbooks=; Max-Age=0;.*HttpOnly/);
    expect((await whoIs(cookie)).statusCode).toBe(401);
  });

  test("ends with its key, and when another one begins in its browser", async () => {
    const { key, id } = (
      await gateway.inject({
        method: "POST",
        url: "/api/keys",
        headers: bearer("admin"),
        payload: { name: "ana", role: "viewer" },
      })
    ).json();
    const first = cookieOf(await signIn(key));
    const second = cookieOf(await signIn(key, { headers: { ...ours, cookie: first } }));
    expect((await whoIs(first)).statusCode).toBe(401);
    expect((await whoIs(second)).statusCode).toBe(200);
    await gateway.inject({ method: "DELETE", url: `/api/keys/${id}`, headers: bearer("admin") });
    expect((await whoIs(second)).statusCode).toBe(401);
  });

  test("is seen and ended by administrators", async () => {
    const cookie = cookieOf(await signIn(keys.responder));
    const headers = bearer("admin");
    const { sessions } = (await gateway.inject({ url: "/api/sessions", headers })).json();
    expect(sessions[0]).toMatchObject({ method: "key", person: "key-responder", role: "responder" });
    const url = `/api/sessions/${sessions[0].id}`;
    expect((await gateway.inject({ method: "DELETE", url, headers })).statusCode).toBe(204);
    expect((await whoIs(cookie)).statusCode).toBe(401);
    expect((await gateway.inject({ method: "DELETE", url, headers })).statusCode).toBe(404);
  });

  test("cannot be ended with an API key", async () => {
    const answer = await gateway.inject({ method: "DELETE", url: "/api/session", headers: bearer("viewer") });
    expect(answer.statusCode).toBe(409);
  });
});
