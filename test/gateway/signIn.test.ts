import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { keys } from "./startGateway.ts";
import type { Connecting } from "./zoomApps.ts";
import { appSecret, byCredentials, bySigningIn, startConnecting } from "./zoomApps.ts";

let zoom: Connecting;
beforeAll(async () => void (zoom = await startConnecting()));
afterAll(() => zoom.close());
afterEach(async () => {
  await zoom.control("/reset", {});
  for (const { id } of await zoom.gateway.store.connectors.list())
    await zoom.gateway.store.connectors.remove(id);
});

const added = async (over: object = {}): Promise<string> => {
  const answer = await zoom.ask("POST", "", bySigningIn(over));
  expect(answer.statusCode).toBe(201);
  return answer.json().id;
};
const now = async (id: string) => zoom.gateway.store.connectors.get(id);

/** There and back. */
const signIn = async (id: string, decision: "allow" | "deny" = "allow") => {
  const { location, cookie } = await zoom.begin(id, keys.admin);
  return zoom.back(await zoom.atZoom(location, decision), cookie);
};

describe("Signing in with Zoom", () => {
  test("connects an account, in three steps of a browser", async () => {
    const id = await added();
    expect((await zoom.ask("GET", "")).json().connectors).toMatchObject([
      {
        state: "needs_authorization",
        is_default: false,
        account_id: null,
        sign_in_url: `http://gateway.test/oauth/zoom/start?connector=${id}`,
      },
    ]);

    const form = await zoom.browse(`http://gateway.test/oauth/zoom/start?connector=${id}`);
    expect(await form.text()).toContain(`name="connector" value="${id}"`);
    expect(form.headers.get("content-security-policy")).toContain("default-src 'none'");

    const begun = await zoom.begin(id, keys.admin);
    expect(begun.status).toBe(200);
    expect(begun.setCookie).toMatch(/; Path=\/oauth\/zoom; Max-Age=600; HttpOnly; SameSite=Lax$/);
    const asked = new URL(begun.location);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "sim-client",
      redirect_uri: "http://gateway.test/oauth/zoom/callback",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
    });

    const done = await zoom.back(await zoom.atZoom(begun.location), begun.cookie);
    expect(done).toEqual({ status: 200, text: expect.stringContaining("works for host1@example.com now") });
    expect((await zoom.ask("GET", "")).json().connectors).toMatchObject([
      { state: "connected", is_default: true, account_id: "sim-account", hosts: ["host1@example.com"] },
    ]);
    expect((await zoom.ask("POST", `/${id}/test`, {})).json()).toMatchObject({
      works: true,
      hosts: [{ verdict: "licensed" }],
    });
  });

  test.each([
    ["no key", ""],
    ["a wrong key", "nonsense-0123456789"],
    ["a responder's key", keys.responder],
  ])("is not for somebody with %s", async (_what, key) => {
    const begun = await zoom.begin(await added(), key);
    expect([401, 403]).toContain(begun.status);
    expect(begun).toMatchObject({ location: "", cookie: "" });
  });

  test("shows what it was given as text, not as markup", async () => {
    const page = await zoom.browse(
      `http://gateway.test/oauth/zoom/start?connector="><script>alert(1)</script>`,
    );
    expect(await page.text()).not.toContain("<script>");
  });

  test("is not for a connector with account credentials, nor for one that is not there", async () => {
    const { id } = (await zoom.ask("POST", "", byCredentials())).json();
    expect(await zoom.begin(id, keys.admin)).toMatchObject({ status: 409, location: "" });
    expect(await zoom.begin("zoom-none", keys.admin)).toMatchObject({ status: 404, location: "" });
  });
});

describe("What comes back from Zoom is refused, and nothing kept,", () => {
  const refused = async (id: string, answer: { status: number; text: string }, words: string) => {
    expect(answer).toEqual({ status: expect.any(Number), text: expect.stringContaining(words) });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await now(id)).toMatchObject({
      state: "needs_authorization",
      account_id: null,
      is_default: false,
    });
    expect(await zoom.gateway.store.connectors.readGrant(id)).toBeUndefined();
  };

  test("when somebody else began it", async () => {
    const id = await added();
    const { location } = await zoom.begin(id, keys.admin);
    const url = await zoom.atZoom(location);
    await refused(id, await zoom.back(url, ""), "not known here");
    const other = await zoom.begin(id, keys.admin);
    await refused(id, await zoom.back(url, other.cookie), "not known here");
  });

  test("when the state is made up", async () => {
    const id = await added();
    const { location, cookie } = await zoom.begin(id, keys.admin);
    const url = new URL(await zoom.atZoom(location));
    url.searchParams.set("state", "A".repeat(43));
    await refused(id, await zoom.back(url.href, cookie), "not known here");
    url.searchParams.delete("state");
    await refused(id, await zoom.back(url.href, cookie), "not known here");
  });

  test("when it comes a second time", async () => {
    const id = await added();
    const { location, cookie } = await zoom.begin(id, keys.admin);
    const url = await zoom.atZoom(location);
    expect((await zoom.back(url, cookie)).status).toBe(200);
    expect((await zoom.back(url, cookie)).text).toContain("came back already");
    expect(await now(id)).toMatchObject({ state: "connected" });
  });

  test("when the code is somebody else's: it does not prove what this sign-in began with", async () => {
    const id = await added();
    const mine = await zoom.begin(id, keys.admin);
    const other = await zoom.begin(id, keys.admin);
    const url = new URL(await zoom.atZoom(mine.location));
    const stolen = new URL(await zoom.atZoom(other.location)).searchParams.get("code") ?? "";
    url.searchParams.set("code", stolen);
    const answer = await zoom.back(url.href, mine.cookie);
    await refused(id, answer, "the code of this sign-in is wrong");
    expect(answer.text).not.toContain(stolen);
  });

  test("when the person declined", async () => {
    const id = await added();
    await refused(id, await signIn(id, "deny"), "You declined");
  });

  test("when the app's secret is wrong", async () => {
    const id = await added({ client_secret: "canary-wrong-secret" });
    const answer = await signIn(id);
    await refused(id, answer, "Zoom does not know this client id");
    expect(answer.text).not.toContain("canary");
  });

  test("when it is another account's; that one's grant is given back", async () => {
    const id = await added();
    await signIn(id);
    const before = await zoom.gateway.store.connectors.readGrant(id);
    // As if the connector had been authorised by another account before.
    const { id: other } = (await zoom.ask("POST", "", bySigningIn({ name: "Of another account" }))).json();
    await zoom.gateway.store.connectors.authorize(other, {
      sealed_grant: "another's",
      account_id: "another",
      user_id: "user",
      host: "another@example.com",
    });
    const answer = await signIn(other);
    expect(answer).toEqual({ status: 409, text: expect.stringContaining("is of another Zoom account") });
    expect(await zoom.gateway.store.connectors.readGrant(other)).toMatchObject({ sealed: "another's" });
    expect((await zoom.requests()).at(-1)).toMatchObject({ path: "/oauth/revoke" });
    expect(before).toBeDefined();
  });
});

describe("A connector that somebody signed in to", () => {
  test("is given back to Zoom when it is removed", async () => {
    const id = await added();
    await signIn(id);
    expect((await zoom.ask("DELETE", `/${id}`)).statusCode).toBe(204);
    expect((await zoom.requests()).at(-1)).toMatchObject({ path: "/oauth/revoke", status: 200 });
    expect(await now(id)).toBeUndefined();
  });

  test("stays while Zoom cannot be told, and goes when there is nothing to give back", async () => {
    const id = await added();
    await signIn(id);
    await zoom.control("/faults", { kind: "status", path: "/oauth/revoke", status: 503, times: 1 });
    expect((await zoom.ask("DELETE", `/${id}`)).statusCode).toBe(503);
    expect(await now(id)).toBeDefined();
    await zoom.control("/settings", { appDisabled: true });
    expect((await zoom.ask("DELETE", `/${id}`)).statusCode).toBe(204);
  });

  test("keeps its grant sealed for itself alone", async () => {
    const id = await added();
    await signIn(id);
    const row = await now(id);
    const grant = await zoom.gateway.store.connectors.readGrant(id);
    expect(JSON.stringify([row, grant])).not.toMatch(new RegExp(`${appSecret}|sim-secret`));
    expect(grant?.sealed).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  test("goes when Zoom says that the app was removed", async () => {
    const id = await added({ webhook_secret_tokens: ["sim-webhook-secret"] });
    await signIn(id);
    await zoom.control("/webhooks", { url: `${zoom.gateway.url}/webhooks/zoom` });
    await zoom.control("/uninstall", {});
    while (await now(id)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await zoom.ask("GET", "")).json().connectors).toEqual([]);
  });
});
