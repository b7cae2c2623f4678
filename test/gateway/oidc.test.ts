import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { startIdentityProvider } from "../support/identityProvider.ts";
import type { TestGateway } from "./startGateway.ts";
import { startGateway } from "./startGateway.ts";

let provider: Awaited<ReturnType<typeof startIdentityProvider>>;
let gateway: TestGateway;
let usual: typeof provider.state;

const settings = () => ({
  issuerUrl: provider.issuer,
  clientId: provider.client.id,
  clientSecret: provider.client.secret,
  scopes: "openid profile email",
  groupsClaim: "groups",
  roles: { admins: "admin", "on-call": "responder", staff: "viewer" } as const,
});

beforeAll(async () => {
  provider = await startIdentityProvider();
  usual = { ...provider.state };
  gateway = await startGateway({ oidc: settings() });
});
afterEach(() => void Object.assign(provider.state, usual));
afterAll(async () => {
  await gateway.close();
  await provider.close();
});

const cookieOf = (header: string | undefined): string => header?.split(";")[0] ?? "";

const begin = async (at = gateway) => {
  const answer = await at.inject({ url: "/sign-in/oidc" });
  return { answer, to: answer.headers["location"] ?? "", kept: cookieOf(answer.headers["set-cookie"]) };
};

/** What the provider sends the browser back with. */
const atProvider = async (to: string): Promise<string> => {
  const answer = await fetch(to, { redirect: "manual" });
  return (answer.headers.get("location") ?? "").replace("http://gateway.test", "");
};

const back = async (url: string, kept: string, at = gateway) => {
  const answer = await fetch(`${at.url}${url}`, { headers: { cookie: kept }, redirect: "manual" });
  const session = answer.headers.getSetCookie().find((each) => /^zoom_runbooks=[^;]/.test(each));
  return { status: answer.status, text: await answer.text(), session: cookieOf(session) };
};

const signIn = async (at = gateway) => {
  const { to, kept } = await begin(at);
  return back(await atProvider(to), kept, at);
};

const whoIs = async (cookie: string) =>
  (await gateway.inject({ url: "/api/session", headers: { cookie } })).json();

describe("Signing in with an identity provider", () => {
  test("opens a session in the role of one's groups", async () => {
    expect((await gateway.inject({ url: "/sign-in" })).body).toContain("Sign in with 127.0.0.1");
    const { to, kept, answer } = await begin();
    expect(answer.headers["set-cookie"]).toMatch(/; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    const asked = Object.fromEntries(new URL(to).searchParams);
    expect(asked).toMatchObject({
      client_id: "zoom-runbooks",
      response_type: "code",
      scope: "openid profile email",
      redirect_uri: "http://gateway.test/sign-in/oidc/callback",
      code_challenge_method: "S256",
    });
    for (const each of ["state", "nonce", "code_challenge"]) expect(asked[each]).toMatch(/^[\w-]{43}$/);
    const done = await back(await atProvider(to), kept);
    expect(done.status).toBe(303);
    expect(await whoIs(done.session)).toMatchObject({ id: "oidc:ana", name: "Ana", role: "responder" });
  });

  test.each([
    ["the strongest of several groups", { groups: ["staff", "admins", "others"] }, "admin"],
    ["a group alone, no list", { groups: "staff" }, "viewer"],
  ])("gives the role of %s", async (_what, claims, role) => {
    provider.state.person = { sub: "bo", email: "bo@example.com", ...claims };
    const { session } = await signIn();
    expect(await whoIs(session)).toMatchObject({ name: "bo@example.com", role });
  });

  test("asks for groups that the token does not tell", async () => {
    provider.state.person = { sub: "cy" };
    provider.state.userinfo = { groups: ["admins"], name: "Cy" };
    expect(await whoIs((await signIn()).session)).toMatchObject({ name: "Cy", role: "admin" });
  });

  test("is refused to who is in none of the groups", async () => {
    provider.state.person = { sub: "eve", groups: ["__proto__", "toString", "*"] };
    const refused = await signIn();
    expect(refused).toMatchObject({ status: 403, session: "" });
    expect(refused.text).toContain("none of the groups");
  });
});

describe("An answer of the provider is refused, and opens nothing,", () => {
  const refused = (done: { status: number; text: string; session: string }, words: string) => {
    expect(done).toMatchObject({ status: 409, session: "", text: expect.stringContaining(words) });
  };

  test("when another browser began", async () => {
    const { to } = await begin();
    const { kept } = await begin();
    const url = await atProvider(to);
    refused(await back(url, kept), "not known here");
    refused(await back(url, ""), "not known here");
  });

  test("when its code was used before", async () => {
    const { to, kept } = await begin();
    const url = await atProvider(to);
    expect((await back(url, kept)).status).toBe(303);
    refused(await back(url, kept), "was used");
  });

  test("when the person declined", async () => {
    provider.state.denies = true;
    refused(await signIn(), "did not let you in");
  });

  test.each([
    ["it is signed by somebody else", { forged: true }],
    ["it is for another sign-in", { wrong: { nonce: "another" } }],
    ["it is for another client", { wrong: { aud: "another" } }],
    ["it is of another issuer", { wrong: { iss: "https://evil.test" } }],
    ["it is over", { wrong: { exp: 1_000_000 } }],
  ])("when %s", async (_what, wrong) => {
    Object.assign(provider.state, wrong);
    refused(await signIn(), "does not hold");
  });

  test("when the client's secret is wrong", async () => {
    await using wrong = await startGateway({
      store: gateway.store,
      oidc: { ...settings(), clientSecret: "canary" },
    });
    const done = await signIn(wrong);
    refused(done, "compare them");
    expect(done.text).not.toContain("canary");
  });
});

test("A provider that takes secrets in the body is given them there", async () => {
  provider.state.takesSecretsInBody = true;
  await using other = await startGateway({ store: gateway.store, oidc: settings() });
  expect((await signIn(other)).status).toBe(303);
});

test("A provider that cannot be reached keeps nobody else out, and is asked again", async () => {
  await using alone = await startGateway({
    store: gateway.store,
    oidc: { ...settings(), issuerUrl: "http://127.0.0.1:9" },
  });
  const { answer } = await begin(alone);
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain("cannot be reached");
  expect((await alone.inject({ url: "/sign-in" })).statusCode).toBe(200);
});

test("Without a provider there is no such way in", async () => {
  await using none = await startGateway({ store: gateway.store });
  expect((await none.inject({ url: "/sign-in/oidc" })).statusCode).toBe(404);
  expect((await none.inject({ url: "/sign-in" })).body).not.toContain("oidc");
});
