import { describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import { onBothDatabases } from "./support.ts";

const fresh = { action: "zoom.create_meeting", host: "host1@example.com", marker: "zrb:one" };

onBothDatabases((opened) => {
  describe("intents", () => {
    test("begin once with the first try claimed, and answer later attempts as the earlier one left them", async () => {
      const { store, other } = opened();
      const claimed = { host: fresh.host, marker: fresh.marker, state: "trying", tries: 1, meetingId: null };
      expect(await store.intents.begin("k", fresh)).toMatchObject({ ...claimed, created: true });
      const again = { action: "zoom.create_meeting", host: "host9@example.com", marker: "zrb:two" };
      expect(await other.intents.begin("k", again)).toMatchObject({ ...claimed, created: false });
    });

    test("are begun by only one of many attempts at once", async () => {
      const { store, other } = opened();
      const begun = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? store : other).intents.begin("k", fresh)),
      );
      expect(begun.filter(({ created }) => created)).toHaveLength(1);
    });

    test("tell how long ago the latest try began, by the database's clock", async () => {
      const { store, db } = opened();
      await store.intents.begin("k", fresh);
      expect(await store.intents.trying("k", "host2@example.com", 1)).toBe(2);
      const left = await store.intents.begin("k", fresh);
      expect(left).toMatchObject({ state: "trying", host: "host2@example.com", tries: 2, created: false });
      expect(left.triedAgoMs).toBeGreaterThanOrEqual(0);
      expect(left.triedAgoMs).toBeLessThan(5_000);
      await sql`update intents set tried_at = tried_at - interval '60 days'`.execute(db);
      const later = await store.intents.begin("k", fresh);
      expect(later.triedAgoMs).toBeGreaterThan(60 * 86_400_000 - 1);
    });

    test("let only one of many attempts try at a time", async () => {
      const { store, other } = opened();
      await store.intents.begin("k", fresh);
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 === 0 ? store : other).intents.trying("k", fresh.host, 1),
        ),
      );
      expect(claims.filter((claim) => claim !== undefined)).toEqual([2]);
    });

    test("ignore an attempt that reports late that it made nothing", async () => {
      const { store } = opened();
      await store.intents.begin("k", fresh);
      await store.intents.trying("k", fresh.host, 1);
      await store.intents.idle("k", 1);
      expect((await store.intents.begin("k", fresh)).state).toBe("trying");
      await store.intents.idle("k", 2);
      expect((await store.intents.begin("k", fresh)).state).toBe("idle");
    });

    test("stay with the first meeting that was made, and are not tried again", async () => {
      const { store } = opened();
      await store.intents.begin("k", fresh);
      expect(await store.intents.made("k", "85")).toBe("85");
      expect(await store.intents.made("k", "86")).toBe("85");
      await store.intents.idle("k", 1);
      expect(await store.intents.trying("k", fresh.host, 1)).toBeUndefined();
      expect(await store.intents.begin("k", fresh)).toMatchObject({ state: "made", meetingId: "85" });
    });

    test("that were never begun cannot be made", async () => {
      await expect(opened().store.intents.made("k", "85")).rejects.toThrow(
        "There is no intent k: begin it first",
      );
    });
  });

  describe("receipts", () => {
    test("are new once, by any of their keys", async () => {
      const { store } = opened();
      expect(await store.receipts.accept(["request-1", "joined-5"])).toBe(true);
      await store.receipts.handled(["request-1", "joined-5"]);
      expect(await store.receipts.accept(["request-1", "joined-5"])).toBe(false);
      expect(await store.receipts.accept(["request-2", "joined-5"])).toBe(false);
      expect(await store.receipts.accept(["request-2", "joined-6"])).toBe(false);
      expect(await store.receipts.accept(["request-3", "joined-6", "joined-6"])).toBe(false);
      expect(await store.receipts.accept(["request-4", "joined-7", "joined-7"])).toBe(true);
    });

    test("are new to one of many who take them at once, in whatever order the keys come", async () => {
      const { store, other } = opened();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? store : other).receipts.accept(n % 3 === 0 ? ["x", "y", "z"] : ["z", "y", "x"]),
        ),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
    });

    test("are taken again after handling failed", async () => {
      const { store } = opened();
      await store.receipts.accept(["r", "b"]);
      await store.receipts.forget(["r", "b"]);
      expect(await store.receipts.accept(["r", "b"])).toBe(true);
    });

    test("are taken again when whoever accepted them died, but not once they were handled", async () => {
      const { store, db } = opened();
      await store.receipts.accept(["r", "b"]);
      expect(await store.receipts.accept(["r", "b"])).toBe(false);
      await sql`update receipts set accepted_at = accepted_at - interval '31 seconds'`.execute(db);
      expect(await store.receipts.accept(["r", "b"])).toBe(true);
      expect(await store.receipts.accept(["r", "b"])).toBe(false);
      await store.receipts.handled(["r", "b"]);
      await sql`update receipts set accepted_at = accepted_at - interval '1 hour'`.execute(db);
      expect(await store.receipts.accept(["r", "b"])).toBe(false);
    });

    test("are purged when they are old", async () => {
      const { store, db } = opened();
      await store.receipts.accept(["old", "older"]);
      await sql`update receipts set accepted_at = accepted_at - interval '2 days'`.execute(db);
      await store.receipts.accept(["new"]);
      expect(await store.receipts.purge(86_400_000)).toBe(2);
      expect(await store.receipts.purge(86_400_000)).toBe(0);
      expect(await store.receipts.accept(["new"])).toBe(false);
    });
  });

  describe("API keys", () => {
    test("are found by their hash, counted, listed and removed", async () => {
      const { store } = opened();
      expect(await store.apiKeys.count()).toBe(0);
      const key = { id: "k1", name: "ci '; --", role: "responder" } as const;
      const expires_at = "2126-01-01T00:00:00.000Z";
      const made = { ...key, prefix: "zrb_abc", created_by: "ana", expires_at };
      const created = await store.apiKeys.create({ ...made, hash: "h1" });
      expect(created).toEqual({ ...made, created_at: expect.any(String), last_used_at: null });
      await store.apiKeys.create({ id: "k2", name: "ops", role: "admin", hash: "h2" });
      expect(await store.apiKeys.findByHash("h1")).toEqual(created);
      expect(await store.apiKeys.findByHash("h3")).toBeUndefined();
      expect(await store.apiKeys.count()).toBe(2);
      expect((await store.apiKeys.list()).map(({ id }) => id)).toEqual(["k1", "k2"]);
      expect(await store.apiKeys.remove("k1")).toBe(true);
      expect(await store.apiKeys.remove("k1")).toBe(false);
      expect(await store.apiKeys.findByHash("h1")).toBeUndefined();
    });

    test("of admins are revoked but for the last one that is good", async () => {
      const { store } = opened();
      const { apiKeys } = store;
      const admin = { name: "an admin", role: "admin" } as const;
      await apiKeys.create({ ...admin, id: "a", hash: "a" });
      await apiKeys.create({ ...admin, id: "b", hash: "b" });
      await apiKeys.create({ ...admin, id: "over", hash: "c", expires_at: "2026-01-01T00:00:00.000Z" });
      await apiKeys.create({ id: "viewer", name: "v", role: "viewer", hash: "v" });
      const revoked = await Promise.all([apiKeys.revoke("a"), apiKeys.revoke("b")]);
      expect(revoked.toSorted()).toEqual(["last_admin", "revoked"]);
      expect(await apiKeys.revoke("viewer")).toBe("revoked");
      expect(await apiKeys.revoke("over")).toBe("revoked");
      expect(await apiKeys.revoke("nobody")).toBe("unknown");
      expect(await apiKeys.list()).toHaveLength(1);
    });

    test("cannot share a hash, and remember roughly when they were used", async () => {
      const { store } = opened();
      await store.apiKeys.create({ id: "k1", name: "one", role: "viewer", hash: "h1" });
      await expect(
        store.apiKeys.create({ id: "k2", name: "two", role: "viewer", hash: "h1" }),
      ).rejects.toThrow();
      await store.apiKeys.touch("k1");
      const first = (await store.apiKeys.findByHash("h1"))?.last_used_at;
      expect(Date.now() - Date.parse(first ?? "")).toBeLessThan(60_000);
      await store.apiKeys.touch("k1");
      expect((await store.apiKeys.findByHash("h1"))?.last_used_at).toBe(first);
    });
  });

  describe("Sessions", () => {
    const session = { id: "s", method: "key", person: "k", name: "Ana", role: "admin" } as const;

    test("are found by their hash until they expire, are idle or are ended", async () => {
      const { store, db } = opened();
      const { sessions } = store;
      await sessions.create({ ...session, hash: "h", lifeMs: 60_000 });
      expect(await sessions.findByHash("h", 60_000)).toMatchObject(session);
      await sql`update console_sessions set seen_at = seen_at - interval '2 minutes'`.execute(db);
      expect(await sessions.findByHash("h", 60_000)).toBeUndefined();
      await sessions.touch("s");
      expect(await sessions.findByHash("h", 60_000)).toBeDefined();
      await sql`update console_sessions set expires_at = clock_timestamp()`.execute(db);
      expect(await sessions.findByHash("h", 60_000)).toBeUndefined();
      expect(await sessions.purge(60_000)).toBe(1);
      expect(await sessions.purge(60_000)).toBe(0);
    });

    test("end with the key that they were opened with", async () => {
      const { store, db } = opened();
      const { sessions, apiKeys } = store;
      await apiKeys.create({ id: "k", name: "key", role: "viewer", hash: "k" });
      await sessions.create({ ...session, hash: "h", key_id: "k", lifeMs: 60_000 });
      await sql`update api_keys set expires_at = clock_timestamp()`.execute(db);
      expect(await sessions.findByHash("h", 60_000)).toBeUndefined();
      await sql`update api_keys set expires_at = null`.execute(db);
      expect(await sessions.findByHash("h", 60_000)).toBeDefined();
      await apiKeys.revoke("k");
      expect(await sessions.findByHash("h", 60_000)).toBeUndefined();
    });
  });

  test("A link for an administrator is taken once, while it is good", async () => {
    const { adminLinks } = opened().store;
    await adminLinks.create("late", 0);
    await adminLinks.create("good", 60_000);
    const taken = await Promise.all(["late", "good", "good", "none"].map((each) => adminLinks.take(each)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect([taken[0], taken[3]]).toEqual([false, false]);
  });
});
