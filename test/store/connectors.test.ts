import { describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import type { Connectors } from "../../store/index.ts";
import { onBothDatabases } from "./support.ts";

type New = Parameters<Connectors["create"]>[0];

const app = (id: string, over: Partial<New> = {}): New => ({
  id,
  name: `Account ${id}`,
  kind: "account_credentials",
  account_id: `account-${id}`,
  client_id: `client-${id}`,
  hosts: ["host@example.com"],
  sealed_secrets: "sealed",
  state: "connected",
  created_by: "ana",
  ...over,
});

const person = (id: string): New =>
  app(id, { kind: "sign_in", account_id: null, hosts: [], state: "needs_authorization" });

const authorization = {
  sealed_grant: "grant 1",
  account_id: "acc",
  user_id: "user",
  host: "ana@example.com",
};

const leaseMs = 5_000;

onBothDatabases((opened) => {
  const connectors = () => opened().store.connectors;
  const defaults = async () =>
    (await connectors().list()).filter((each) => each.is_default).map(({ id }) => id);

  describe("A connector", () => {
    test("is there as it was made, and goes with all it has", async () => {
      const made = await connectors().create(app("a"));
      expect(made).toMatchObject({ ...app("a"), user_id: null, is_default: true });
      expect(await connectors().get("a")).toEqual(made);
      expect(await connectors().remove("a")).toBe(true);
      expect(await connectors().get("a")).toBeUndefined();
      expect(await connectors().remove("a")).toBe(false);
    });

    test("has a name of its own, whatever its case", async () => {
      await connectors().create(app("a", { name: "Operations" }));
      expect(await connectors().create(app("b", { name: "OPERATIONS" }))).toBeUndefined();
      expect(await connectors().list()).toHaveLength(1);
    });
  });

  describe("A change of a connector", () => {
    test("touches what it names alone, and its authorization only with another secret", async () => {
      const made = await connectors().create(app("a"));
      const meeting_defaults = { settings: { waiting_room: true }, severities: {} };
      const change = {
        name: "Renamed",
        hosts: [],
        host_group: "responders",
        plan: "pro",
        meeting_defaults,
      } as const;
      const changed = await connectors().change("a", { ...change, hosts: [...change.hosts] });
      expect(changed).toMatchObject({
        ...change,
        sealed_secrets: "sealed",
        authorized_at: made?.authorized_at,
      });
      const secrets = { before: "sealed", sealed: "sealed anew" };
      const tokens = await connectors().change("a", { secrets: { ...secrets, isNewKey: false } });
      expect(tokens).toMatchObject({ sealed_secrets: "sealed anew", authorized_at: made?.authorized_at });
      const next = { before: "sealed anew", sealed: "another", isNewKey: true };
      const key = await connectors().change("a", { secrets: next, meeting_defaults: null });
      expect(key).toMatchObject({ sealed_secrets: "another", meeting_defaults: null, plan: "pro" });
      expect((key as { authorized_at: string }).authorized_at > made!.authorized_at).toBe(true);
    });

    test("is not made over secrets that somebody else has changed, nor with a name that is taken", async () => {
      await connectors().create(app("a"));
      await connectors().create(app("b"));
      const secrets = { before: "what was read", sealed: "lost", isNewKey: true };
      expect(await connectors().change("a", { name: "Half", secrets })).toBeUndefined();
      expect(await connectors().change("a", { name: "ACCOUNT B" })).toBe("name_taken");
      expect(await connectors().change("none", { name: "x" })).toBeUndefined();
      expect(await connectors().get("a")).toMatchObject({ name: "Account a", sealed_secrets: "sealed" });
    });
  });

  describe("When a webhook was heard", () => {
    test("is noted once a minute, and gone with the connector", async () => {
      await connectors().create(app("a"));
      expect(await connectors().heardAt("a")).toBeUndefined();
      await connectors().heard("a");
      const first = await connectors().heardAt("a");
      await connectors().heard("a");
      expect(await connectors().heardAt("a")).toBe(first);
      await sql`update webhooks_heard set heard_at = heard_at - interval '2 minutes'`.execute(opened().db);
      await connectors().heard("a");
      expect(Date.parse((await connectors().heardAt("a"))!)).toBeGreaterThanOrEqual(Date.parse(first!));
      await connectors().remove("a");
      expect(await connectors().heardAt("a")).toBeUndefined();
    });
  });

  describe("The default", () => {
    test("is the first that is connected, however many are made at once", async () => {
      await connectors().create(person("waits"));
      await Promise.all(["a", "b", "c", "d"].map((id) => opened().other.connectors.create(app(id))));
      expect(await connectors().list()).toHaveLength(5);
      expect(await defaults()).toHaveLength(1);
      expect(await defaults()).not.toContain("waits");
    });

    test("moves, to one that is connected only", async () => {
      for (const each of [app("a"), app("b"), person("c")]) await connectors().create(each);
      expect(await connectors().makeDefault("b")).toBe(true);
      expect(await defaults()).toEqual(["b"]);
      expect(await connectors().makeDefault("c")).toBe(false);
      expect(await connectors().makeDefault("unknown")).toBe(false);
      expect(await defaults()).toEqual(["b"]);
    });

    test("passes on when it is removed", async () => {
      for (const each of [person("first"), app("a"), app("b"), app("c")]) await connectors().create(each);
      await connectors().remove("a");
      expect(await defaults()).toEqual(["b"]);
      await connectors().remove("c");
      expect(await defaults()).toEqual(["b"]);
    });
  });

  describe("A grant", () => {
    const signedIn = async (id = "a") => {
      await connectors().create(person(id));
      return connectors().authorize(id, authorization);
    };

    test("connects whoever signed in, who then hosts", async () => {
      expect(await signedIn()).toMatchObject({
        state: "connected",
        is_default: true,
        account_id: "acc",
        user_id: "user",
        hosts: ["ana@example.com"],
      });
      expect(await connectors().readGrant("a")).toEqual({
        version: 1,
        sealed: "grant 1",
        ageMs: expect.any(Number),
      });
    });

    test("of another account is not taken", async () => {
      await signedIn();
      const another = { ...authorization, account_id: "another", sealed_grant: "grant 2" };
      expect(await connectors().authorize("a", another)).toBeUndefined();
      expect(await connectors().readGrant("a")).toMatchObject({ sealed: "grant 1" });
    });

    test("is one process's to renew, until its claim is over", async () => {
      await signedIn();
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? connectors() : opened().other.connectors).claimGrant("a", 1, leaseMs),
        ),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
      await connectors().releaseGrant("a", 1);
      expect(await connectors().claimGrant("a", 1, 1)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await connectors().claimGrant("a", 1, leaseMs)).toBe(true);
    });

    test("that was replaced is replaced, buried and claimed no more", async () => {
      await signedIn();
      expect(await connectors().replaceGrant("a", 1, "grant 2")).toBe(2);
      expect(await connectors().replaceGrant("a", 1, "late")).toBeUndefined();
      expect(await connectors().buryGrant("a", 1)).toBe(false);
      expect(await connectors().claimGrant("a", 1, leaseMs)).toBe(false);
      expect(await connectors().readGrant("a")).toMatchObject({ version: 2, sealed: "grant 2" });
    });

    test("that was buried comes back when somebody slow had the next one", async () => {
      await signedIn();
      expect(await connectors().buryGrant("a", 1)).toBe(true);
      expect(await connectors().readGrant("a")).toBeUndefined();
      expect(await connectors().get("a")).toMatchObject({ state: "needs_authorization" });
      expect(await connectors().replaceGrant("a", 1, "grant 2")).toBe(2);
      expect(await connectors().get("a")).toMatchObject({ state: "connected" });
    });
  });

  describe("A sign-in under way", () => {
    const begin = (state: string, lifeMs = 60_000) =>
      opened().store.signIns.begin({
        state_hash: state,
        browser_hash: "browser",
        connector_id: "a",
        sealed_verifier: "sealed",
        started_by: "ana",
        lifeMs,
      });

    test("is taken once, by its own browser, in time", async () => {
      await connectors().create(person("a"));
      await begin("late", 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await opened().store.signIns.take("late", "browser")).toBeUndefined();
      await begin("state");
      expect(await opened().store.signIns.take("state", "another browser")).toBeUndefined();
      const taken = { connector_id: "a", sealed_verifier: "sealed", started_by: "ana" };
      expect(await opened().store.signIns.take("state", "browser")).toEqual(taken);
      expect(await opened().store.signIns.take("state", "browser")).toBeUndefined();
    });

    test("goes with its connector", async () => {
      await connectors().create(person("a"));
      await begin("state");
      await connectors().remove("a");
      expect(await opened().store.signIns.take("state", "browser")).toBeUndefined();
    });
  });
});
