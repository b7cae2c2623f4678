import { beforeEach, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import type { Reply } from "./support.ts";
import { BASIC, useReceiver, useSimulator } from "./support.ts";

const { call, sim, oauth, advance, url } = useSimulator();
const receiver = useReceiver();

const REDIRECT = "https://runbooks.example.com/oauth/zoom/callback";
const VERIFIER = "a-verifier-that-is-long-enough-to-be-taken-for-one";
const MINUTE_MS = 60_000;

const authorize = async (more: Record<string, string> = {}): Promise<URL> => {
  const asked = {
    response_type: "code",
    client_id: "sim-client",
    redirect_uri: REDIRECT,
    state: "s1",
    ...more,
  };
  const query = new URLSearchParams(asked).toString();
  const response = await fetch(`${url()}/oauth/authorize?${query}`, { redirect: "manual" });
  return new URL(response.headers.get("location") ?? `error:${response.status}`);
};

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

  test("is as whom a control says, or declined", async () => {
    await sim("POST", "/settings", { signInAs: "host3@example.com" });
    const { body } = await signIn();
    expect((await call("GET", "/users/me", undefined, body.access_token)).body.email).toBe(
      "host3@example.com",
    );
    await sim("POST", "/settings", { signInAs: null });
    expect((await authorize()).searchParams.get("error")).toBe("access_denied");
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

  test("an unknown client is not sent anywhere", async () => {
    expect((await authorize({ client_id: "other" })).href).toBe("error:400");
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
