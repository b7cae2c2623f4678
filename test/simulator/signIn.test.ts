import { beforeEach, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import type { Reply } from "./support.ts";
import { BASIC, GRANT, useReceiver, useSimulator } from "./support.ts";

const { call, sim, oauth, advance, url, send } = useSimulator();
const receiver = useReceiver();

const REDIRECT = "https://runbooks.example.com/oauth/zoom/callback";
const VERIFIER = "a-verifier-that-is-long-enough-to-be-taken-for-one";
const MINUTE_MS = 60_000;

const asked = { response_type: "code", client_id: "sim-client", redirect_uri: REDIRECT, state: "s1" };

/** The page, or with an answer to it what comes of that. */
const page = (
  more: Record<string, string> = {},
  answer?: { user: string; decision: string },
): Promise<Reply> =>
  answer === undefined
    ? send("GET", `/oauth/authorize?${new URLSearchParams({ ...asked, ...more }).toString()}`, manual)
    : send("POST", "/oauth/authorize", {
        ...manual,
        body: new URLSearchParams({ ...asked, ...more, ...answer }),
      });
const manual = { redirect: "manual" } as const;
const allowedBy = (user: string) => ({ user, decision: "allow" });

const leadsTo = ({ status, headers }: Reply): URL => new URL(headers.get("location") ?? `error:${status}`);
const authorize = async (more: Record<string, string> = {}): Promise<URL> =>
  leadsTo(await page(more, allowedBy("host1@example.com")));

const exchange = (code: string | null, more: Record<string, string> = {}): Promise<Reply> =>
  oauth({ grant_type: "authorization_code", code: String(code), redirect_uri: REDIRECT, ...more });
const refresh = (token: string): Promise<Reply> =>
  oauth({ grant_type: "refresh_token", refresh_token: token });
const signIn = async (): Promise<Reply> => exchange((await authorize()).searchParams.get("code"));

const invalidCode = { status: 400, body: { reason: "Invalid authorization code", error: "invalid_grant" } };
const invalidGrant = { status: 400, body: { reason: "Invalid Token!", error: "invalid_grant" } };

describe("signing in", () => {
  test("leads back with a code, which brings both tokens", async () => {
    const back = await authorize();
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
    expect(back.searchParams.get("state")).toBe("s1");
    const { status, body } = await exchange(back.searchParams.get("code"));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      token_type: "bearer",
      refresh_token: expect.stringMatching(/./),
      api_url: url(),
    });
    expect((await call("GET", "/users/me", undefined, body.access_token)).body.email).toBe(
      "host1@example.com",
    );
  });

  test("needs nobody at the page where a control says who agrees, or that nobody does", async () => {
    await sim("POST", "/settings", { signInAs: "host3@example.com" });
    const { body } = await exchange(leadsTo(await page()).searchParams.get("code"));
    expect((await call("GET", "/users/me", undefined, body.access_token)).body.email).toBe(
      "host3@example.com",
    );
    await sim("POST", "/settings", { signInAs: null });
    expect(leadsTo(await page()).searchParams.get("error")).toBe("access_denied");
  });

  test("a code works once, for five minutes, and for its own redirect address", async () => {
    const code = async () => (await authorize()).searchParams.get("code");
    const used = await code();
    await exchange(used);
    expect(await exchange(used)).toMatchObject(invalidCode);
    expect(await exchange(await code(), { redirect_uri: "https://elsewhere.org/" })).toMatchObject(
      invalidCode,
    );
    const late = await code();
    await advance(5 * MINUTE_MS);
    expect(await exchange(late)).toMatchObject(invalidCode);
  });

  test("a challenge has to be met", async () => {
    const challenge = createHash("sha256").update(VERIFIER).digest("base64url");
    const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
    const code = async () => (await authorize(pkce)).searchParams.get("code");
    expect(await exchange(await code())).toMatchObject(invalidCode);
    expect((await exchange(await code(), { code_verifier: VERIFIER })).status).toBe(200);
  });
});

describe("the sign-in page", () => {
  test("says which app asks, for what in words, and lets people choose who they are", async () => {
    await sim("POST", "/settings", {
      scopes: ["meeting:write:meeting:admin", "meeting:read:list_past_participants:admin", "user:read:admin"],
      users: [{ email: "ana@example.com", first_name: "Ana", last_name: "<Ruiz>" }],
    });
    const { status, headers, body } = await page();
    expect([status, headers.get("content-type")]).toEqual([200, "text/html;charset=UTF-8"]);
    expect(body.text).toContain("<h1>Incident runbooks asks for access to your Zoom account</h1>");
    for (const words of ["Add meeting", "View past participants", "View user"])
      expect(body.text).toContain(`<li>${words}</li>`);
    expect(body.text).toContain("Ana &lt;Ruiz&gt; (ana@example.com)");
    expect(body.text).toMatch(/value="allow">Allow<.*\n.*value="deny">Deny</);
  });

  test("sends back whoever allows it with a code for them, and whoever denies it with an error", async () => {
    const code = leadsTo(await page({}, allowedBy("host2@example.com"))).searchParams.get("code");
    const { access_token } = (await exchange(code)).body;
    expect((await call("GET", "/users/me", undefined, access_token)).body.email).toBe("host2@example.com");
    const denied = leadsTo(await page({}, { user: "host2@example.com", decision: "deny" }));
    expect(denied.href).toBe(`${REDIRECT}?error=access_denied&state=s1`);
  });

  test.each([
    ["another client", {}, { client_id: "other" }, "Invalid client_id: other (4,702)"],
    [
      "an app of the other kind",
      { appKind: "server_to_server" },
      {},
      "Invalid client_id: sim-client (4,702)",
    ],
    ["a deactivated app", { appDisabled: true }, {}, "The app has been disabled. (4,717)"],
    [
      "another redirect address",
      { redirectUrls: ["https://runbooks.example.com/"] },
      {},
      "Invalid redirect url: https://runbooks.example.com/oauth/zoom/callback (4,700)",
    ],
    ["another kind of response", {}, { response_type: "token" }, "Invalid response type: token (4,700)"],
    ["scopes that the app lacks", { scopes: ["a:b"] }, { scope: "a:b x:y" }, "Invalid scope: x:y (4,700)"],
  ])("sends nobody anywhere for %s, before and after the decision", async (_what, settings, query, words) => {
    await sim("POST", "/settings", settings);
    for (const answer of [undefined, allowedBy("host1@example.com")]) {
      const { status, body, headers } = await page(query, answer);
      expect([status, headers.get("location")]).toEqual([400, null]);
      expect(body.text).toContain("You cannot authorize the app");
      expect(body.text.replaceAll("&#x2F;", "/")).toContain(words);
    }
  });

  test("lets administrators alone grant what concerns the whole account", async () => {
    const { status, body } = await page({}, allowedBy("basic@example.com"));
    expect([status, body.text]).toEqual([403, expect.stringContaining("is no administrator of the account")]);
    await sim("POST", "/settings", { scopes: ["meeting:write:meeting", "user:read:user"] });
    expect(leadsTo(await page({}, allowedBy("basic@example.com"))).searchParams.has("code")).toBe(true);
  });

  test("is another account's when a control says so", async () => {
    await sim("POST", "/settings", { accountId: "another-account" });
    const { access_token } = (await signIn()).body;
    expect((await call("GET", "/users/me", undefined, access_token)).body.account_id).toBe("another-account");
  });
});

describe("an app is of one kind where a control says so", () => {
  const grantRefused = { status: 400, body: { error: "unsupported_grant_type" } };

  test("one that people sign in to has no account credentials", async () => {
    await sim("POST", "/settings", { appKind: "general" });
    expect(await oauth(GRANT)).toMatchObject(grantRefused);
    expect((await signIn()).status).toBe(200);
  });

  test("one with account credentials lets nobody sign in", async () => {
    const code = (await authorize()).searchParams.get("code");
    await sim("POST", "/settings", { appKind: "server_to_server" });
    expect(await exchange(code)).toMatchObject(grantRefused);
    expect((await oauth(GRANT)).status).toBe(200);
  });
});

describe("refreshing", () => {
  test("brings another refresh token and ends the old one", async () => {
    const first = (await signIn()).body;
    const second = await refresh(first.refresh_token);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(await refresh(first.refresh_token)).toMatchObject(invalidGrant);
    expect((await refresh(second.body.refresh_token)).status).toBe(200);
    expect((await call("GET", "/users/me", undefined, first.access_token)).status).toBe(200);
  });

  test("with a grace the old one works a little longer", async () => {
    await sim("POST", "/settings", { refreshGraceMs: MINUTE_MS });
    const { refresh_token } = (await signIn()).body;
    expect((await refresh(refresh_token)).status).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(200);
    await advance(MINUTE_MS);
    expect(await refresh(refresh_token)).toMatchObject(invalidGrant);
  });

  test("fails after 90 days, after signing in again and after revocation", async () => {
    const first = (await signIn()).body.refresh_token;
    const second = (await signIn()).body;
    expect(await refresh(first)).toMatchObject(invalidGrant);
    const body = new URLSearchParams({ token: second.access_token });
    await fetch(`${url()}/oauth/revoke`, { method: "POST", headers: { authorization: BASIC }, body });
    expect(await refresh(second.refresh_token)).toMatchObject(invalidGrant);
    const third = (await signIn()).body.refresh_token;
    await advance(90 * 24 * 60 * MINUTE_MS);
    expect(await refresh(third)).toMatchObject(invalidGrant);
  });
});

describe("removing the app", () => {
  beforeEach(() => sim("POST", "/webhooks", { url: receiver.url() }));

  test("ends the user's tokens and tells the app", async () => {
    const { access_token, refresh_token } = (await signIn()).body;
    expect((await sim("POST", "/uninstall", {})).body).toEqual({ uninstalled: "host1@example.com" });
    expect((await call("GET", "/users/me", undefined, access_token)).body.code).toBe(124);
    expect(await refresh(refresh_token)).toMatchObject(invalidGrant);
    await receiver.arrived(1);
    expect(receiver.received[0]?.body).toMatchObject({
      event: "app_deauthorized",
      payload: { account_id: "sim-account", client_id: "sim-client", user_id: expect.stringMatching(/./) },
    });
  });
});
