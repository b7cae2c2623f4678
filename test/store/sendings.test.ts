import { describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import type { Backend } from "../../store/backend.ts";
import { openEmbedded } from "../../store/embedded.ts";
import { migrate } from "../../store/migrate.ts";
import { migrations } from "../../store/migrations/index.ts";
import { openPostgres } from "../../store/postgres.ts";
import { storeOn } from "../../store/storeOn.ts";
import { describeOnPostgres, freshDatabase, onBothDatabases, postgresOptions, silent } from "./support.ts";

onBothDatabases((opened) => {
  describe("sendings", () => {
    const stateOf = async (key: string) => (await opened().other.sendings.claim(key, null)).state;

    test("are claimed once, and open until somebody says how it came out; the note is the first claim's", async () => {
      const { store, other } = opened();
      expect(await store.sendings.claim("k", { called: 1 })).toEqual({
        state: "claimed",
        note: { called: 1 },
      });
      expect(await other.sendings.claim("k", { called: 2 })).toEqual({ state: "open", note: { called: 1 } });
      expect(await stateOf("another")).toBe("claimed");
    });

    test("are claimed by only one of many attempts at once, new or released", async () => {
      const { store, other } = opened();
      const claims = () =>
        Promise.all(
          Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? store : other).sendings.claim("k", { n })),
        );
      for (let round = 0; round < 2; round += 1) {
        const all = await claims();
        expect(all.filter(({ state }) => state === "claimed")).toHaveLength(1);
        expect(new Set(all.map(({ note }) => note.n)).size).toBe(1);
        await store.sendings.release("k");
      }
    });

    test("can be claimed again, with another note, when they surely were not sent", async () => {
      const { store } = opened();
      await store.sendings.claim("k", { called: 1 });
      await store.sendings.release("k");
      expect(await store.sendings.claim("k", { called: 2 })).toEqual({
        state: "claimed",
        note: { called: 2 },
      });
    });

    test("that were sent stay sent, whatever an attempt reports late", async () => {
      const { store, other } = opened();
      await store.sendings.claim("k", null);
      await store.sendings.sent("k");
      await other.sendings.release("k");
      expect(await stateOf("k")).toBe("sent");
    });

    test("are purged when they are old", async () => {
      const { store, db } = opened();
      for (const key of ["old", "older"]) await store.sendings.claim(key, null);
      await sql`update sendings set claimed_at = claimed_at - interval '2 days'`.execute(db);
      await store.sendings.claim("new", null);
      expect(await store.sendings.purge(86_400_000)).toBe(2);
      expect(await store.sendings.purge(86_400_000)).toBe(0);
      expect(await stateOf("new")).toBe("open");
    });
  });
});

/** A store as it was when calls and messages were claimed in two tables. */
const carriesOver = async (backend: Backend): Promise<void> => {
  const isBefore = ([name]: [string, unknown]) => name < "0012_sendings";
  const before = Object.fromEntries(Object.entries(migrations).filter(isBefore));
  await migrate(backend.db, before, silent);
  await sql`insert into sendings (key, note) values ('call', '{"called": 1}')`.execute(backend.db);
  await sql`insert into deliveries (key, state) values
    ('sent mail', 'sent'), ('open mail', 'claimed'), ('failed mail', 'failed')`.execute(backend.db);
  const store = await storeOn(backend, silent);
  expect(await store.sendings.claim("call", {})).toEqual({ state: "open", note: { called: 1 } });
  const states = ["sent mail", "open mail", "failed mail"].map(
    async (key) => (await store.sendings.claim(key, null)).state,
  );
  expect(await Promise.all(states)).toEqual(["sent", "open", "claimed"]);
  await store.close();
};

const title = "what was claimed before stays claimed, be it a call or a message";
test(title, async () => carriesOver(await openEmbedded(undefined)));
describeOnPostgres("on PostgreSQL", () => {
  test(title, async () => carriesOver(await openPostgres(postgresOptions(await freshDatabase()))));
});
