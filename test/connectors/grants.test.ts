import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import type { Accounts } from "../../connectors/accounts.ts";
import { createAccounts } from "../../connectors/accounts.ts";
import { createConnectors } from "../../connectors/connectors.ts";
import { shelfOf } from "../../connectors/shelf.ts";
import { openEmbeddedVault } from "../../connectors/vault.ts";
import type { Vault } from "../../connectors/vault.ts";
import type { Simulator } from "../../simulator/app.ts";
import type { Store } from "../../store/index.ts";
import type { ZoomError } from "../../zoom/errors.ts";
import type { GrantShelf } from "../../zoom/grantTokens.ts";
import { grantTokens } from "../../zoom/grantTokens.ts";
import { createHttp } from "../../zoom/http.ts";
import { getUser } from "../../zoom/users.ts";
import { onBothDatabases } from "../store/support.ts";
import type { Control } from "../support/control.ts";
import { controlOf } from "../support/control.ts";
import { startSimulator } from "../support/simulator.ts";

const hourMs = 3_600_000;
const http = createHttp();
let simulator: Simulator;
let control: Control;
let vault: Vault;

beforeAll(async () => {
  simulator = await startSimulator();
  control = controlOf(simulator.url);
  vault = await openEmbeddedVault();
});
afterAll(async () => {
  http.close();
  await simulator.close();
});

const failureOf = (call: Promise<unknown>): Promise<ZoomError> =>
  call.then(
    () => Promise.reject(new Error("It succeeded.")),
    (error: ZoomError) => error,
  );

/** How often a token was asked for since the last reset. */
const tokenRequests = async (): Promise<number> =>
  (await control<{ requests: { path: string }[] }>("/requests")).requests.filter(
    ({ path }) => path === "/oauth/token",
  ).length;

onBothDatabases((opened) => {
  let id: string;
  /** Requests that signing in took. */
  let before: number;

  const depsOn = (store: Store) => ({
    store,
    vault,
    zoom: { apiUrl: `${simulator.url}/v2`, oauthUrl: `${simulator.url}/oauth` },
    environment: { webhookSecretTokens: [] },
    publicUrl: "http://gateway.test/",
  });

  const signIn = async (): Promise<void> => {
    const { signIn: flow } = createConnectors(depsOn(opened().store));
    const { url, browser } = await flow.start(id, "ana");
    const answer = await fetch(url, { redirect: "manual" });
    const returned = new URL(answer.headers.get("location") ?? "").searchParams;
    const { finish } = await flow.comeBack({ state: returned.get("state") ?? "", browser });
    await finish({ code: returned.get("code") ?? "" });
  };

  beforeEach(async () => {
    await control("/reset", {});
    await control("/settings", { limits: false, signInAs: "host1@example.com" });
    const connectors = createConnectors(depsOn(opened().store));
    const given = { kind: "sign_in" as const, client_id: "sim-client", client_secret: "sim-secret" };
    const name = `Signed in ${randomUUID()}`;
    ({ id } = await connectors.add({ ...given, name, webhook_secret_tokens: [], hosts: [] }, "ana"));
    await signIn();
    before = await tokenRequests();
  });

  const renewals = async (): Promise<number> => (await tokenRequests()) - before;
  const process = (index: number): Accounts =>
    createAccounts(depsOn(index % 2 === 0 ? opened().store : opened().other));
  const me = async ({ find }: Accounts) => getUser((await find({})).client, "me");
  const state = async () => (await opened().store.connectors.get(id))?.state;

  const shelf = (): GrantShelf =>
    shelfOf(opened().store, id, {
      seal: (grant) => vault.seal(id, grant),
      open: (sealed) => vault.open(id, sealed),
    });
  /** The tokens of one process. */
  const source = (over: Partial<Parameters<typeof grantTokens>[0]> = {}) =>
    grantTokens({
      oauthUrl: `${simulator.url}/oauth`,
      clientId: "sim-client",
      clientSecret: "sim-secret",
      http,
      shelf: shelf(),
      lost: { message: "it is dead", advice: "sign in" },
      pollMs: 10,
      retryWaitsMs: [1, 1],
      ...over,
    });

  describe("An expiring grant", () => {
    test("is renewed once for 200 calls of five processes at once, none of which fails", async () => {
      const processes = [0, 1, 2, 3, 4].map(process);
      for (const each of processes) await me(each);
      await control("/clock", { advanceMs: hourMs });
      const calls = processes.flatMap((each) => Array.from({ length: 40 }, () => me(each)));
      const users = await Promise.all(calls);
      expect(new Set(users.map(({ email }) => email))).toEqual(new Set(["host1@example.com"]));
      expect(await renewals()).toBe(1);
      expect(await opened().store.connectors.readGrant(id)).toMatchObject({ version: 2 });
    });

    test("is renewed before it expires, by whoever notices first; others use the rest of it", async () => {
      let aheadMs = 0;
      const now = () => Date.now() + aheadMs;
      const sources = [source({ now }), source({ now }), source({ now })];
      const first = await Promise.all(sources.map((each) => each.accessToken()));
      expect(new Set(first).size).toBe(1);
      expect(await renewals()).toBe(0);
      aheadMs = hourMs - 30_000;
      await Promise.all(sources.flatMap((each) => Array.from({ length: 20 }, () => each.accessToken())));
      expect(await renewals()).toBe(1);
      const next = await Promise.all(sources.map((each) => each.accessToken()));
      expect(new Set(next).size).toBe(1);
      expect(next[0]).not.toBe(first[0]);
    });

    test("counts by the database's clock: one that is an hour ahead renews nothing", async () => {
      await source({ now: () => Date.now() + hourMs }).accessToken();
      await source({ now: () => Date.now() - hourMs }).accessToken();
      expect(await renewals()).toBe(0);
    });

    test("survives a process that dies between renewal and keeping", async () => {
      await control("/settings", { refreshGraceMs: 60_000 });
      await control("/clock", { advanceMs: hourMs });
      const died = new Promise<void>((resolve) => {
        const dying = source({
          shelf: { ...shelf(), replace: () => (resolve(), new Promise(() => undefined)) },
        });
        void dying.accessToken().then((token) => (dying.invalidate(token), dying.accessToken()));
      });
      await died;
      const survivor = process(1);
      const call = me(survivor);
      await sql`update connectors set renewing_until = clock_timestamp()`.execute(opened().db);
      expect(await call).toMatchObject({ email: "host1@example.com" });
      expect(await state()).toBe("connected");
      expect(await opened().store.connectors.readGrant(id)).toMatchObject({ version: 2 });
    });

    test("that was renewed and could not be kept is kept by the next call", async () => {
      let failures = 1;
      const replace: GrantShelf["replace"] = (...given) => {
        if (failures-- > 0) return Promise.reject(new Error("the database is away"));
        return shelf().replace(...given);
      };
      const tokens = source({ shelf: { ...shelf(), replace } });
      const old = await tokens.accessToken();
      tokens.invalidate(old);
      await expect(tokens.accessToken()).rejects.toThrow("the database is away");
      expect(await tokens.accessToken()).not.toBe(old);
      expect(await renewals()).toBe(1);
    });

    test("is not dead when somebody else used up its refresh token meanwhile", async () => {
      const other = source();
      const slow = source({
        shelf: {
          ...shelf(),
          // Its claim ran out while it slept.
          claim: async () => {
            other.invalidate(await other.accessToken());
            await other.accessToken();
            return true;
          },
        },
      });
      const old = await slow.accessToken();
      slow.invalidate(old);
      expect(await slow.accessToken()).toBe(await other.accessToken());
      expect(await state()).toBe("connected");
    });
  });

  describe("A grant that Zoom accepts no more", () => {
    test("is dead for everybody, who are told where to sign in; signing in again mends it", async () => {
      const [one, other] = [process(0), process(1)];
      await me(one);
      await control("/uninstall", {});
      const failure = await failureOf(me(one));
      expect(failure).toMatchObject({ code: "authentication", retryable: false });
      expect(failure.message).toContain("Signed in");
      expect(failure.advice).toContain(`http://gateway.test/oauth/zoom/start?connector=${id}`);
      expect(await state()).toBe("needs_authorization");
      const asked = await renewals();
      expect((await failureOf(me(other))).code).toBe("authentication");
      expect((await failureOf(me(one))).code).toBe("authentication");
      expect(await renewals()).toBe(asked);
      await signIn();
      expect(await me(one)).toMatchObject({ email: "host1@example.com" });
      expect(await me(other)).toMatchObject({ email: "host1@example.com" });
    });

    test("is something else than wrong client credentials, and than an outage", async () => {
      const tokens = source();
      const token = await tokens.accessToken();
      tokens.invalidate(token);
      const body = { reason: "Invalid client_id or client_secret", error: "invalid_client" };
      await control("/faults", { kind: "status", path: "/oauth/token", status: 400, body, times: 1 });
      expect(await failureOf(tokens.accessToken())).toMatchObject({
        code: "authentication",
        field: "client_id",
      });
      await control("/faults", { kind: "status", path: "/oauth/token", status: 503, times: 3 });
      expect(await failureOf(tokens.accessToken())).toMatchObject({ code: "unavailable" });
      expect(await state()).toBe("connected");
      expect(await tokens.accessToken()).not.toBe(token);
    });
  });

  describe("The secrets of a connector", () => {
    test("that no key opens fail its calls with what to do, and no one else's", async () => {
      const accounts = createAccounts({ ...depsOn(opened().store), vault: await openEmbeddedVault() });
      const failure = await failureOf(me(accounts));
      expect(failure).toMatchObject({
        code: "not_configured",
        advice: expect.stringContaining("ENCRYPTION_KEYS"),
      });
      expect(await accounts.signers()).toEqual([]);
    });
  });
});
