import { beforeEach, describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import { keysFrom } from "../../connectors/keys.ts";
import { reseal } from "../../connectors/reseal.ts";
import { keptGrant, shelfOf } from "../../connectors/shelf.ts";
import { createVault, sealingKeyOf } from "../../connectors/vault.ts";
import type { SealedValue, Store } from "../../store/index.ts";
import { onBothDatabases } from "../store/support.ts";

const key = (letter: string): string => Buffer.alloc(32, letter).toString("base64");
const old = createVault(keysFrom(`old:${key("o")}`));
const both = createVault(keysFrom(`new:${key("n")},old:${key("o")}`));
const fresh = createVault(keysFrom(`new:${key("n")}`));

const grant = (value: string) => ({
  value,
  refreshToken: `refresh ${value}`,
  scopes: [],
  lifeMs: 3_600_000,
  issuedAtMs: 0,
});

/** Someone signed in, and somebody else is just on the way to Zoom and back. */
const signedIn = async ({ connectors, signIns }: Store, id: string): Promise<void> => {
  await connectors.create({
    id,
    name: id,
    kind: "sign_in",
    account_id: null,
    client_id: "client",
    hosts: [],
    sealed_secrets: await old.seal(id, { clientSecret: `secret of ${id}`, webhookSecretTokens: [] }),
    state: "needs_authorization",
    created_by: "ana",
  });
  const sealed_grant = await old.seal(id, keptGrant(grant("first")));
  await connectors.authorize(id, {
    sealed_grant,
    account_id: "account",
    user_id: "ana",
    host: "ana@example.com",
  });
  await signIns.begin({
    state_hash: `state of ${id}`,
    browser_hash: "browser",
    connector_id: id,
    sealed_verifier: await old.seal(id, { verifier: "v" }),
    started_by: "ana",
    lifeMs: 60_000,
  });
};

const allOf = async ({ sealed }: Store): Promise<SealedValue[]> => {
  const values: SealedValue[] = [];
  for await (const value of sealed.all()) values.push(value);
  return values;
};

/** As `store`, but `before` happens right before the nth value is replaced. */
const disturbed = (store: Store, nth: number, before: () => Promise<unknown>): Store => {
  let n = 0;
  const all = async function* () {
    for await (const value of store.sealed.all()) {
      const replace = async (resealed: string) => {
        n += 1;
        if (n === nth) await before();
        return value.replace(resealed);
      };
      yield { ...value, replace };
    }
  };
  return { ...store, sealed: { all } };
};

onBothDatabases((opened) => {
  const grantOf = async (id: string, vault = fresh) =>
    shelfOf(opened().store, id, {
      seal: (each) => vault.seal(id, each),
      open: (sealed) => vault.open(id, sealed),
    }).read();

  beforeEach(async () => {
    for (const id of ["zoom-a", "zoom-b"]) await signedIn(opened().store, id);
  });

  describe("Secrets that are sealed anew", () => {
    test("open with the new key alone, and the old one may go", async () => {
      const { store } = opened();
      expect(await reseal(store, both)).toEqual({
        key: "new",
        resealed: 6,
        total: 6,
        unreadable: [],
        unused_keys: ["old"],
      });
      for (const { owner, sealed } of await allOf(store))
        expect(await fresh.open(owner, sealed)).toBeDefined();
      expect(await grantOf("zoom-a")).toMatchObject({ version: 1, grant: { refreshToken: "refresh first" } });
    });

    test("are left alone the second time", async () => {
      const { store } = opened();
      await reseal(store, both);
      const before = (await allOf(store)).map(({ sealed }) => sealed);
      expect(await reseal(store, both)).toMatchObject({ resealed: 0, total: 6, unused_keys: ["old"] });
      expect((await allOf(store)).map(({ sealed }) => sealed)).toEqual(before);
    });

    test("all open when it was interrupted, and the rest is done by the next time", async () => {
      const { store } = opened();
      const dies = disturbed(store, 4, () => Promise.reject(new Error("the process ends")));
      await expect(reseal(dies, both)).rejects.toThrow("the process ends");
      const values = await allOf(store);
      const keys = values.map(({ sealed }) => sealingKeyOf(sealed)).toSorted();
      expect(keys).toEqual(["new", "new", "new", "old", "old", "old"]);
      for (const { owner, sealed } of values) expect(await both.open(owner, sealed)).toBeDefined();
      expect(await reseal(store, both)).toMatchObject({ resealed: 3, total: 6, unused_keys: ["old"] });
    });

    test("lose no grant that is renewed meanwhile, by a process with the old key first", async () => {
      const { store, other } = opened();
      const renewing = shelfOf(other, "zoom-a", {
        seal: (each) => old.seal("zoom-a", each),
        open: (sealed) => old.open("zoom-a", sealed),
      });
      // The third value is the grant of zoom-a.
      const done = await reseal(
        disturbed(store, 3, () => renewing.replace(1, grant("second"))),
        both,
      );
      expect(done).toMatchObject({ resealed: 6, unused_keys: ["old"] });
      expect(await grantOf("zoom-a")).toMatchObject({
        version: 2,
        grant: { refreshToken: "refresh second" },
      });
    });

    test("do not come between a renewal's claim and its keeping", async () => {
      const { store, other } = opened();
      expect(await other.connectors.claimGrant("zoom-a", 1, 60_000)).toBe(true);
      await reseal(store, both);
      const sealed = await both.seal("zoom-a", keptGrant(grant("second")));
      expect(await other.connectors.replaceGrant("zoom-a", 1, sealed)).toBe(2);
      expect(await grantOf("zoom-a")).toMatchObject({ version: 2, grant: { value: "second" } });
    });

    test("say that an old key is needed while somebody goes on sealing with it", async () => {
      const { store } = opened();
      const stubborn: Store = {
        ...store,
        sealed: {
          all: async function* () {
            for await (const value of store.sealed.all())
              yield { ...value, replace: async () => value.place === "connectors.sealed_secrets" };
          },
        },
      };
      expect((await reseal(stubborn, both)).unused_keys).toEqual([]);
    });

    test("that no key opens are named and stay", async () => {
      const { store, db } = opened();
      await sql`update connectors set sealed_grant = ${await old.seal("zoom-a", {})} where id = 'zoom-b'`.execute(
        db,
      );
      const done = await reseal(store, both);
      expect(done).toMatchObject({
        resealed: 5,
        unreadable: [
          { place: "connectors.sealed_grant", owner: "zoom-b", reason: "it was sealed for something else" },
        ],
        unused_keys: [],
      });
      const withoutOld = await reseal(store, fresh);
      expect(withoutOld.unreadable).toMatchObject([{ reason: expect.stringContaining('the key "old"') }]);
    });

    test("are all that the database has: every column of that name is gone through", async () => {
      const { store, db } = opened();
      await store.subscribers.create({
        id: "subscriber-1",
        name: "Status page",
        url: "https://status.example.com",
        kinds: [],
        severities: [],
        sealed_secrets: await old.seal("subscriber-1", { secret: "whsec_1" }),
        created_by: "ana",
      });
      const { rows } = await sql<{ place: string }>`
        select table_name || '.' || column_name as place from information_schema.columns
        where table_schema = 'public' and column_name like 'sealed%' order by 1`.execute(db);
      const gone = new Set((await allOf(store)).map(({ place }) => place));
      expect([...gone].toSorted()).toEqual(rows.map(({ place }) => place));
    });
  });
});
