import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import type { AuditEntry } from "../../client/api.ts";
import type { Backend } from "../../store/backend.ts";
import { openEmbedded } from "../../store/embedded.ts";
import { storeOn } from "../../store/storeOn.ts";
import type { TestGateway } from "./startGateway.ts";
import { bearer, keys, startGateway, webhook } from "./startGateway.ts";
import { byCredentials, bySigningIn, startConnecting } from "./zoomApps.ts";

let backend: Backend;
let gateway: TestGateway;
beforeAll(async () => {
  backend = await openEmbedded(undefined);
  const store = await storeOn(backend, { info: () => undefined, warn: () => undefined });
  gateway = await startGateway({ store });
});
afterAll(async () => {
  await gateway.close();
  await gateway.store.close();
});

const audit = async (query = "", at = gateway) =>
  (await at.inject({ url: `/api/audit${query}`, headers: bearer("admin") })).json() as {
    entries: AuditEntry[];
    next: string | null;
  };
const newest = async (at = gateway) => (await audit("?limit=1", at)).entries[0];

const ask = (role: "viewer" | "responder" | "admin", method: string, url: string, payload?: object) =>
  gateway.inject({ method, url, headers: bearer(role), payload });

describe("The audit log", () => {
  test("tells who changed what, when, from where, and how it came out", async () => {
    const made = await ask("admin", "POST", "/api/keys", { name: "canary-name", role: "viewer" });
    const { id, key } = made.json();
    const entry = await newest();
    expect(entry).toEqual({
      id: expect.any(String),
      at: expect.any(String),
      actor_kind: "key",
      actor_id: "key-admin",
      actor_name: "a admin",
      action: "POST /api/keys",
      summary: "Make an API key",
      target: id,
      status: 201,
      request_id: made.headers["x-request-id"],
      address: "127.0.0.1",
    });
    expect(Date.now() - Date.parse(entry?.at ?? "")).toBeLessThan(60_000);
    expect(JSON.stringify(await audit())).not.toMatch(new RegExp(`${key}|canary-name|${keys.admin}`));
  });

  test("names what was made, and what a path names first", async () => {
    await ask("responder", "POST", "/api/incidents", { id: "inc-7", title: "x", severity: "1" });
    expect(await newest()).toMatchObject({ action: "POST /api/incidents", target: "inc-7", status: 201 });
    await ask("responder", "PATCH", "/api/incidents/inc-7?token=canary", { title: "y" });
    expect(await newest()).toMatchObject({
      action: "PATCH /api/incidents/:id",
      target: "inc-7",
      status: 200,
    });
    expect(JSON.stringify(await audit())).not.toContain("canary");
  });

  test("tells of what was refused to somebody known, and nothing of strangers or of reading", async () => {
    await ask("viewer", "DELETE", "/api/keys/key-admin");
    expect(await newest()).toMatchObject({ actor_id: "key-viewer", target: "key-admin", status: 403 });
    const before = await newest();
    await gateway.inject({ method: "DELETE", url: "/api/keys/key-admin" });
    await ask("viewer", "GET", "/api/incidents");
    await ask("viewer", "POST", "/api/runbooks/lint");
    expect(await newest()).toEqual(before);
  });

  test("tells who signed in and out", async () => {
    const form = (url: string, headers: object, payload = "") =>
      gateway.inject({
        method: "POST",
        url,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          origin: "http://gateway.test",
          ...headers,
        },
        payload,
      });
    const signedIn = await form("/sign-in", {}, `key=${keys.viewer}`);
    expect(await newest()).toMatchObject({
      actor_kind: "session",
      actor_id: "key-viewer",
      action: "POST /sign-in",
      summary: "Sign in with an API key",
      status: 303,
    });
    await form("/sign-out", { cookie: signedIn.headers["set-cookie"]?.split(";")[0] });
    expect(await newest()).toMatchObject({ actor_id: "key-viewer", action: "POST /sign-out" });
  });

  test("is read in pages, by who, by what and since when", async () => {
    const { next, entries } = await audit("?limit=2");
    const page = await audit(`?limit=2&before=${next}`);
    expect([...entries, ...page.entries].map(({ id }) => Number(id))).toEqual(
      (await audit("?limit=4")).entries.map(({ id }) => Number(id)),
    );
    const target = await audit("?target=inc-7");
    expect(target.entries.map(({ action }) => action)).toEqual([
      "PATCH /api/incidents/:id",
      "POST /api/incidents",
    ]);
    for (const who of ["A%20RESPONDER", "key-responder"])
      expect((await audit(`?who=${who}`)).entries).toHaveLength(2);
    expect((await audit("?since=2100-01-01T00:00:00Z")).entries).toEqual([]);
    expect((await audit("?since=2020-01-01T00:00:00%2B02:00")).entries.length).toBeGreaterThan(4);
    const wrong = await gateway.inject({ url: "/api/audit?before=x", headers: bearer("admin") });
    expect(wrong.statusCode).toBe(400);
  });

  test("can only be added to", async () => {
    for (const statement of [
      sql`update audit_log set actor_name = 'nobody'`,
      sql`delete from audit_log`,
      sql`truncate audit_log`,
    ])
      await expect(statement.execute(backend.db)).rejects.toThrow("can only be added to");
  });
});

describe("Without a caller, the audit log tells", () => {
  test("that the configured key came and went", async () => {
    const { store } = gateway;
    const actions = async () => (await audit("?target=configured")).entries.map(({ action }) => action);
    await (await startGateway({ store, adminApiKey: "configured-key-0123456789" })).close();
    expect(await actions()).toEqual(["key.configured"]);
    await (await startGateway({ store })).close();
    expect(await actions()).toEqual(["key.configured_removed", "key.configured"]);
  });

  test("that the app was removed in Zoom, that somebody signed in there, and that a grant was lost", async () => {
    const zoom = await startConnecting();
    try {
      const { gateway: connected } = zoom;
      const { id } = (
        await zoom.ask("POST", "", byCredentials({ webhook_secret_tokens: ["app-token"] }))
      ).json();
      const payload = {
        event: "app_deauthorized",
        payload: { account_id: "sim-account", client_id: "sim-client", user_id: "u" },
      };
      await connected.inject(webhook(payload, { secretToken: "app-token" }));
      expect(await newest(connected)).toMatchObject({
        actor_kind: "zoom",
        actor_id: "sim-account",
        action: "app_deauthorized",
        target: id,
        address: null,
      });

      const signedIn = (await zoom.ask("POST", "", bySigningIn())).json().id;
      const { location, cookie } = await zoom.begin(signedIn, keys.admin);
      expect(await newest(connected)).toMatchObject({ action: "POST /oauth/zoom/start", target: signedIn });
      await zoom.back(await zoom.atZoom(location), cookie);
      expect(await newest(connected)).toMatchObject({
        action: "connector.authorized",
        actor_name: "a admin",
      });

      const grant = await connected.store.connectors.readGrant(signedIn);
      await connected.store.connectors.buryGrant(signedIn, grant?.version ?? -1);
      expect(await newest(connected)).toMatchObject({
        action: "connector.grant_lost",
        target: signedIn,
        summary: expect.stringContaining('"Signed in"'),
      });
    } finally {
      await zoom.close();
    }
  });
});
