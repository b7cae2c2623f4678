import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { ConnectorCheck } from "../../domain/connector.ts";
import { until } from "../support/until.ts";
import { startGateway, webhook } from "./startGateway.ts";
import type { Connecting } from "./zoomApps.ts";
import { appSecret, byCredentials, bySigningIn, startConnecting } from "./zoomApps.ts";

let zoom: Connecting;
beforeAll(async () => void (zoom = await startConnecting()));
afterAll(() => zoom.close());
afterEach(async () => {
  await zoom.control("/reset", {});
  for (const { id } of await zoom.gateway.store.connectors.list()) await zoom.ask("DELETE", `/${id}`);
});

const listed = async () => (await zoom.ask("GET", "")).json().connectors;

describe("Account credentials", () => {
  test("are tried out, kept sealed, and never shown again", async () => {
    const added = await zoom.ask("POST", "", byCredentials());
    expect(added.statusCode).toBe(201);
    expect(added.json()).toMatchObject({
      name: "Operations",
      kind: "account_credentials",
      source: "store",
      account_id: "sim-account",
      is_default: true,
      state: "connected",
      sign_in_url: null,
      created_by: "a admin",
    });
    expect(await listed()).toEqual([added.json()]);
    const row = await zoom.gateway.store.connectors.get(added.json().id);
    for (const text of [added.body, JSON.stringify(row), (await zoom.ask("GET", "")).body]) {
      expect(text).not.toContain(appSecret);
      expect(text).not.toContain("canary-webhook-token");
    }
  });

  test.each([
    [
      "a wrong secret",
      { client_secret: "canary-wrong" },
      422,
      "client_id",
      "Zoom does not know this client id",
    ],
    ["a wrong account", { account_id: "another" }, 422, "account_id", "does not accept the account id"],
    ["no name", { name: " " }, 400, "name", "name"],
    ["a field that is unknown", { client_key: "x" }, 400, "client_key", "client_key"],
    ["a secret of two lines", { client_secret: "canary\nwrong" }, 400, "client_secret", "ASCII"],
  ])("with %s are refused, by name, and nothing is kept", async (_what, over, status, path, words) => {
    const answer = await zoom.ask("POST", "", byCredentials(over));
    expect(answer.statusCode).toBe(status);
    expect(answer.json().errors[0].path).toBe(path);
    expect(answer.body).toContain(words);
    expect(answer.body).not.toContain("canary");
    expect(await listed()).toEqual([]);
  });

  test.each([
    [
      "is deactivated",
      { appDisabled: true },
      "the Zoom app is disabled",
      "Activate the app in Zoom's Marketplace",
    ],
    [
      "people sign in to",
      { appKind: "general" },
      "of another kind of Zoom app",
      "are of a Server-to-Server OAuth app",
    ],
  ])("of an app that %s are refused", async (_what, settings, words, advice) => {
    await zoom.control("/settings", settings);
    const answer = await zoom.ask("POST", "", byCredentials());
    expect(answer.statusCode).toBe(422);
    expect(answer.json().detail).toMatch(new RegExp(`${words}.*${advice}`));
    expect(await listed()).toEqual([]);
  });

  test("are not taken for wrong while Zoom is away", async () => {
    await zoom.control("/faults", { kind: "status", path: "/oauth/token", status: 503, times: 3 });
    const answer = await zoom.ask("POST", "", byCredentials());
    expect(answer.statusCode).toBe(503);
    expect(await listed()).toEqual([]);
  });

  test("under a name that is taken are refused", async () => {
    await zoom.ask("POST", "", byCredentials());
    const answer = await zoom.ask("POST", "", byCredentials({ name: "OPERATIONS" }));
    expect(answer.statusCode).toBe(409);
    expect(answer.json().detail).toContain('There is a connector "OPERATIONS" already');
    expect(await listed()).toHaveLength(1);
  });

  test("cannot be kept without a key to seal them with", async () => {
    await using bare = await startGateway({ zoom: { vault: undefined } });
    const headers = { authorization: "Bearer admin-key-0123456789" };
    const request = { method: "POST", url: "/api/connectors", headers, payload: byCredentials() };
    const answer = await bare.inject(request);
    expect(answer.statusCode).toBe(409);
    expect(answer.json().detail).toContain("ENCRYPTION_KEYS");
  });
});

describe("The default", () => {
  test("is the first, then the one that is told, then who is left", async () => {
    const ids = [];
    for (const name of ["a", "b", "c"])
      ids.push((await zoom.ask("POST", "", byCredentials({ name }))).json().id);
    const told = await zoom.ask("POST", `/${ids[2]}/default`, {});
    expect(told.json()).toMatchObject({ name: "c", is_default: true });
    await zoom.ask("DELETE", `/${ids[2]}`);
    expect(await listed()).toMatchObject([
      { name: "a", is_default: true },
      { name: "b", is_default: false },
    ]);
  });

  test("cannot be one that nobody has signed in to", async () => {
    const { id } = (await zoom.ask("POST", "", bySigningIn())).json();
    const answer = await zoom.ask("POST", `/${id}/default`, {});
    expect(answer.statusCode).toBe(409);
    expect(answer.json().detail).toContain("Nobody has signed in");
  });

  test("is what the environment configures while there is none; that cannot be removed", async () => {
    const account = {
      accountId: "env-account",
      clientId: "env",
      clientSecret: "canary",
      hosts: ["h@example.com"],
    };
    await using gateway = await startGateway({ zoom: { environment: { account, webhookSecretTokens: [] } } });
    const headers = { authorization: "Bearer admin-key-0123456789" };
    const list = await gateway.inject({ url: "/api/connectors", headers });
    expect(list.json().connectors).toMatchObject([
      { id: "environment", source: "environment", account_id: "env-account", is_default: true },
    ]);
    expect(list.body).not.toContain("canary");
    const removed = await gateway.inject({ method: "DELETE", url: "/api/connectors/environment", headers });
    expect(removed.statusCode).toBe(409);
    expect(removed.json().detail).toContain("ZOOM_ACCOUNT_ID");
  });
});

describe("Changing a connector", () => {
  const secretsOf = async (id: string) => (await zoom.gateway.store.connectors.get(id))?.sealed_secrets;
  const added = async (over: object = {}): Promise<string> =>
    (await zoom.ask("POST", "", byCredentials(over))).json().id;

  test("changes what is given, and leaves the rest", async () => {
    const id = await added();
    const before = await secretsOf(id);
    const meeting_defaults = {
      settings: { waiting_room: true },
      severities: { SEV0: { duration_minutes: 90 } },
    };
    const answer = await zoom.ask("PATCH", `/${id}`, { name: "Renamed", plan: "business", meeting_defaults });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      name: "Renamed",
      plan: "business",
      meeting_defaults: { settings: { waiting_room: true }, severities: { "0": { duration_minutes: 90 } } },
      hosts: ["host1@example.com"],
      webhook_secret_tokens: 1,
    });
    expect(await listed()).toEqual([answer.json()]);
    expect(await secretsOf(id)).toBe(before);
  });

  test("lets a group of Zoom's host in the hosts' place, and hosts in its place again", async () => {
    const id = await added();
    const group = await zoom.ask("PATCH", `/${id}`, { host_group: "Responders" });
    expect(group.json()).toMatchObject({ hosts: [], host_group: "Responders" });
    const check: ConnectorCheck = (await zoom.ask("POST", `/${id}/test`, {})).json();
    expect(check.hosts.map(({ host, verdict }) => [host, verdict])).toEqual(
      [1, 2, 3].map((n) => [`host${n}@example.com`, "licensed"]),
    );
    const hosts = await zoom.ask("PATCH", `/${id}`, { hosts: ["host2@example.com"] });
    expect(hosts.json()).toMatchObject({ hosts: ["host2@example.com"], host_group: null });
  });

  test("tries a new secret out, and never shows it", async () => {
    const id = await added();
    const before = await secretsOf(id);
    const wrong = await zoom.ask("PATCH", `/${id}`, { client_secret: "canary-wrong", name: "Other" });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.json().errors).toMatchObject([{ path: "client_id" }]);
    expect(wrong.body).not.toContain("canary-wrong");
    expect(await secretsOf(id)).toBe(before);
    expect(await listed()).toMatchObject([{ name: "Operations" }]);
    const right = await zoom.ask("PATCH", `/${id}`, { client_secret: appSecret });
    expect(right.statusCode).toBe(200);
    expect(right.body).not.toContain(appSecret);
    expect(await secretsOf(id)).not.toBe(before);
  });

  test("tries the secret of an app out that people sign in to, too", async () => {
    const { id } = (await zoom.ask("POST", "", bySigningIn())).json();
    expect((await zoom.ask("PATCH", `/${id}`, { client_secret: "canary-wrong" })).statusCode).toBe(422);
    expect((await zoom.ask("PATCH", `/${id}`, { client_secret: appSecret })).statusCode).toBe(200);
  });

  test("replaces its webhooks' secret tokens, which count at once", async () => {
    const id = await added({ webhook_secret_tokens: ["canary-old"] });
    const question = { event: "endpoint.url_validation", payload: { plainToken: "plain" } };
    const isTaken = async (secretToken: string) =>
      (await zoom.gateway.inject(webhook(question, { secretToken }))).statusCode === 200;
    await zoom.ask("PATCH", `/${id}`, { webhook_secret_tokens: ["canary-old", "canary-new"] });
    expect([await isTaken("canary-old"), await isTaken("canary-new")]).toEqual([true, true]);
    const last = await zoom.ask("PATCH", `/${id}`, { webhook_secret_tokens: ["canary-new"] });
    expect([await isTaken("canary-old"), await isTaken("canary-new")]).toEqual([false, true]);
    expect(last.body).not.toContain("canary");
  });

  test.each([
    ["nothing", {}, 400, "nothing to change"],
    ["an unknown plan", { plan: "gold" }, 400, "enterprise"],
    [
      "hosts and a group",
      { hosts: ["a@example.com"], host_group: "responders" },
      400,
      "the one or the other",
    ],
    ["a group that is not there", { host_group: "respnders" }, 422, "there are: responders"],
    [
      "defaults that are none",
      { meeting_defaults: { settings: { waiting_rom: true } } },
      400,
      "waiting_room",
    ],
    ["another account", { account_id: "another" }, 400, "account_id"],
  ])("refuses %s, and keeps nothing of it", async (_what, change, status, words) => {
    const id = await added();
    const before = await zoom.gateway.store.connectors.get(id);
    const answer = await zoom.ask("PATCH", `/${id}`, { name: "Half", ...change });
    const answered = Object.keys(change).length === 0 ? await zoom.ask("PATCH", `/${id}`, {}) : answer;
    expect(answered.statusCode).toBe(status);
    expect(answered.body).toContain(words);
    if (Object.keys(change).length > 0) expect(await zoom.gateway.store.connectors.get(id)).toEqual(before);
  });

  test("takes no name that is another's, and is not for what is not there", async () => {
    await added();
    const id = await added({ name: "Second" });
    expect((await zoom.ask("PATCH", `/${id}`, { name: "OPERATIONS" })).statusCode).toBe(409);
    expect((await zoom.ask("PATCH", "/zoom-none", { name: "x" })).statusCode).toBe(404);
  });
});

describe("A runbook", () => {
  const source = (lines: string) => `key: calls
title: Calls
${lines}
steps:
  - id: call
    action: zoom.create_meeting
    input: { topic: A call, passcode: abc123 }
`;
  const lint = async (
    text: string,
  ): Promise<{ ok: boolean; marks: { level: string; message: string }[] }> => {
    const headers = { authorization: "Bearer admin-key-0123456789", "content-type": "application/yaml" };
    const request = { method: "POST", url: "/api/runbooks/lint", headers, payload: text };
    return (await zoom.gateway.inject(request)).json();
  };
  const warnings = async (text: string): Promise<string[]> =>
    (await lint(text)).marks.filter(({ level }) => level === "warning").map(({ message }) => message);

  test("may name a connector that is there, by name or id; another is an error with the nearest name", async () => {
    const { id } = (await zoom.ask("POST", "", byCredentials())).json();
    for (const name of ["operations", id])
      expect(await lint(source(`connector: ${name}`))).toMatchObject({ ok: true });
    const { ok, marks } = await lint(source("connector: Operatons"));
    expect(ok).toBe(false);
    expect(marks).toMatchObject([{ level: "error", path: "connector", nearest: "Operations", line: 3 }]);
  });

  test("is warned of steps that lack a scope or a licence in the account they would work in", async () => {
    await zoom.control("/settings", { scopes: ["meeting:read:admin", "user:read:admin"] });
    await zoom.ask("POST", "", byCredentials());
    expect(await warnings(source(""))).toEqual([
      expect.stringMatching(
        /would fail in .* Operations\. The app lacks meeting:write:meeting:admin.*Marketplace/,
      ),
    ]);
    await zoom.control("/reset", {});
    await zoom.ask("POST", "", byCredentials({ name: "Basic", hosts: ["basic@example.com"] }));
    expect(await warnings(source("connector: Basic"))).toEqual([
      expect.stringContaining(
        "would be cut short in the Zoom account of the connector Basic. No host has a licence",
      ),
    ]);
    const { id } = (await zoom.ask("POST", "", byCredentials({ name: "Good" }))).json();
    expect(await warnings(source("connector: Good"))).toEqual([]);
    await zoom.ask("PATCH", `/${id}`, { plan: "free" });
    expect(await warnings(source("connector: Good"))).toEqual([expect.stringContaining("free plan")]);
  });

  test("is linted all the same, and soon, while Zoom is away", async () => {
    await zoom.ask("POST", "", byCredentials());
    await zoom.control("/faults", { kind: "slow", delayMs: 5_000, times: 10 });
    const startedMs = performance.now();
    expect(await lint(source(""))).toMatchObject({ ok: true });
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect(await warnings(source(""))).toEqual([]);
  });
});

describe("Trying a connector out", () => {
  const check = async (id: string): Promise<ConnectorCheck> =>
    (await zoom.ask("POST", `/${id}/test`, {})).json();
  const added = async (over: object = {}): Promise<string> =>
    (await zoom.ask("POST", "", byCredentials(over))).json().id;
  const of = (answer: ConnectorCheck, key: string) => answer.actions.find(({ action }) => action === key);

  test("finds that everything works", async () => {
    await zoom.control("/settings", {
      scopes: ["meeting:write:admin", "meeting:read:admin", "user:read:admin", "recording:write:admin"],
    });
    const answer = await check(await added());
    expect(answer).toMatchObject({ problem: null, connector: { name: "Operations" } });
    expect(answer.hosts).toEqual([{ host: "host1@example.com", verdict: "licensed", problem: null }]);
    expect(of(answer, "zoom.create_meeting")).toMatchObject({ verdict: "works", missing_scopes: [] });
  });

  test("names the scopes that an action lacks, any of which will do", async () => {
    await zoom.control("/settings", { scopes: ["meeting:read:meeting:admin", "user:read:user:admin"] });
    const answer = await check(await added());
    expect(answer.works).toBe(false);
    expect(answer.scopes).toEqual(["meeting:read:meeting:admin", "user:read:user:admin"]);
    expect(of(answer, "zoom.get_meeting")).toMatchObject({ verdict: "works" });
    const create = of(answer, "zoom.create_meeting");
    expect(create?.missing_scopes[0]).toEqual(
      expect.arrayContaining(["meeting:write:admin", "meeting:write:meeting:admin"]),
    );
    expect(create?.problem).toBe(
      "The app lacks meeting:write:meeting:admin, meeting:read:list_meetings:admin",
    );
    expect(create?.advice).toContain("Add these scopes to the app in Zoom's Marketplace");
  });

  test.each([
    [["basic@example.com"], "basic", "limited", "40 minutes"],
    [["nobody@example.com"], "unusable", "missing", "None of the connector's hosts"],
    [[], undefined, "missing", "no hosts"],
  ])("with hosts %j says what they lack", async (hosts, host, verdict, words) => {
    const answer = await check(await added({ hosts }));
    expect(answer.hosts[0]?.verdict).toBe(host);
    expect(of(answer, "zoom.create_meeting")).toMatchObject({
      verdict,
      problem: expect.stringContaining(words),
    });
    expect(of(answer, "zoom.get_meeting")?.verdict).toBe("works");
  });

  test("tells when a webhook of it was last heard", async () => {
    const id = await added({ webhook_secret_tokens: [] });
    expect((await check(id)).webhooks).toMatchObject({
      heard_at: null,
      problem: expect.stringContaining("secret token"),
    });
    await zoom.ask("PATCH", `/${id}`, { webhook_secret_tokens: ["mine"] });
    const sent = { event: "endpoint.url_validation", payload: { plainToken: "plain" } };
    await zoom.gateway.inject(webhook(sent));
    expect((await check(id)).webhooks).toMatchObject({
      heard_at: null,
      problem: "No webhook was ever heard",
    });
    await zoom.gateway.inject(webhook(sent, { secretToken: "mine" }));
    const heardAt = await until("the note", async () => (await check(id)).webhooks.heard_at ?? undefined);
    expect(Math.abs(Date.now() - Date.parse(heardAt))).toBeLessThan(60_000);
  });

  test("says that Zoom refuses the credentials, and what to do", async () => {
    const id = await added();
    await zoom.control("/settings", { appDisabled: true });
    expect(await check(id)).toMatchObject({
      works: false,
      problem: expect.stringContaining("disabled"),
      advice: expect.stringContaining("Activate the app"),
      actions: [],
    });
  });

  test("of one that is not there is not found", async () => {
    expect((await zoom.ask("POST", "/zoom-none/test", {})).statusCode).toBe(404);
    expect((await zoom.ask("DELETE", "/zoom-none")).statusCode).toBe(404);
  });
});

describe("Webhooks of a connector", () => {
  const notice = (over: object = {}) => ({
    event: "app_deauthorized",
    payload: {
      account_id: "sim-account",
      user_id: "some-user",
      signature: "827edc34",
      deauthorization_time: new Date(Date.now() + 1000).toISOString(),
      client_id: "sim-client",
      ...over,
    },
  });
  const send = (body: object, secretToken = "canary-webhook-token") =>
    zoom.gateway.inject(webhook(body, { secretToken }));

  test("are taken at once, signed with any of its secret tokens", async () => {
    const question = { event: "endpoint.url_validation", payload: { plainToken: "plain" } };
    expect((await send(question, "second-token")).statusCode).toBe(401);
    await zoom.ask("POST", "", byCredentials({ webhook_secret_tokens: ["first-token", "second-token"] }));
    expect((await send(question, "second-token")).json()).toMatchObject({ plainToken: "plain" });
    expect((await send(question)).statusCode).toBe(401);
  });

  test("remove it, with all its secrets, once the app is removed in Zoom", async () => {
    await zoom.ask("POST", "", byCredentials());
    const before = { deauthorization_time: "2019-06-17T13:52:28.632Z" };
    for (const other of [{ account_id: "another" }, { client_id: "another" }, before])
      await send(notice(other));
    expect(await listed()).toHaveLength(1);
    expect((await send(notice())).statusCode).toBe(204);
    expect(await listed()).toEqual([]);
    expect((await send(notice())).statusCode).toBe(401);
  });

  test("that another app signed remove nothing", async () => {
    await zoom.ask("POST", "", byCredentials());
    await zoom.ask("POST", "", bySigningIn({ webhook_secret_tokens: ["another-app"] }));
    expect((await send(notice(), "another-app")).statusCode).toBe(204);
    expect((await send(notice(), "sim-webhook-secret")).statusCode).toBe(204);
    expect(await listed()).toHaveLength(2);
  });
});
