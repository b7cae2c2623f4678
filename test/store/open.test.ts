import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";
import type { Backend } from "../../store/backend.ts";
import { openEmbedded } from "../../store/embedded.ts";
import type { StoreLog, TimelineNote } from "../../store/index.ts";
import { openStore } from "../../store/index.ts";
import { migrate } from "../../store/migrate.ts";
import { migrations } from "../../store/migrations/index.ts";
import { openPostgres } from "../../store/postgres.ts";
import type { Tables } from "../../store/tables.ts";
import { openMemoryBackend, openMemoryStore } from "../support/memoryStore.ts";
import {
  eventOf,
  eventually,
  freshDatabase,
  incidentOf,
  describeOnPostgres,
  postgresOptions,
  postgresServer,
  silent,
} from "./support.ts";

const folders: string[] = [];
const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  folders.push(folder);
  return folder;
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** Counts what was migrated. */
const counting = () => {
  const migrated: string[] = [];
  const log: StoreLog = {
    ...silent,
    info: (details) => migrated.push(...((details as { migrations?: string[] }).migrations ?? [])),
  };
  return { log, migrated };
};

const names = Object.keys(migrations).toSorted();

const broken: Record<string, Migration> = {
  ...migrations,
  "9998_fine": { up: async (db: Kysely<unknown>) => void (await sql`create table fine (a int)`.execute(db)) },
  "9999_broken": {
    up: async (db: Kysely<unknown>) => void (await sql`create table nonsense (a int, a int)`.execute(db)),
  },
};

const tablesOf = async (db: Kysely<Tables>): Promise<string[]> =>
  (await db.introspection.getTables()).map(({ name }) => name).toSorted();

/** A failing migration on a store that is in use. */
const leavesUntouched = async (backend: Backend): Promise<void> => {
  const { db } = backend;
  await migrate(db, migrations, silent);
  const before = await tablesOf(db);
  await expect(migrate(db, broken, silent)).rejects.toMatchObject({
    code: "migration_failed",
    message: expect.stringMatching(
      /^Migration 9999_broken failed, and the database is as it was before: .*"a"/,
    ),
  });
  expect(await tablesOf(db)).toEqual(before);
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  expect(rows.map(({ name }) => name)).toEqual(names);
};

describe("the embedded store", () => {
  test("keeps its data in a folder, and is migrated once", async () => {
    const dataDir = join(await temporaryFolder(), "deep", "data");
    const { log, migrated } = counting();
    const first = await openStore({ dataDir, log });
    await first.incidents.save(incidentOf("a"), [eventOf("one")]);
    await first.close();
    await first.close();
    const second = await openStore({ dataDir, log });
    expect((await second.incidents.get("a"))?.lastSeq).toBe(1);
    await second.close();
    expect(migrated).toEqual(names);
  }, 60_000);

  test("refuses a folder that is open already, here or in another process, and takes one left by a dead one", async () => {
    const dataDir = await temporaryFolder();
    const store = await openStore({ dataDir });
    const inUse = {
      code: "folder_in_use",
      message: expect.stringContaining(`in use by process ${process.pid}`),
    };
    await expect(openStore({ dataDir })).rejects.toMatchObject(inUse);
    await store.close();

    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await writeFile(join(dataDir, "lock"), String(other.pid));
    await expect(openStore({ dataDir })).rejects.toMatchObject({
      code: "folder_in_use",
      message: expect.stringContaining(`in use by process ${other.pid}`),
    });
    const exited = new Promise((resolve) => other.once("exit", resolve));
    other.kill();
    await exited;
    const again = await openStore({ dataDir });
    await again.ping();
    await again.close();
    await expect(again.ping()).rejects.toThrow();
  }, 60_000);

  test("takes the next statement after one that failed, in a transaction and outside", async () => {
    const backend = await openMemoryBackend();
    const { db } = backend;
    const quotient = (divisor: number) => sql<{ n: number }>`select 6 / ${divisor}::int as n`;
    expect((await quotient(2).execute(db)).rows).toEqual([{ n: 3 }]);
    await expect(quotient(0).execute(db)).rejects.toMatchObject({ code: "22012" });
    await expect(sql`select ${1}::nonsense`.execute(db)).rejects.toMatchObject({ code: "42704" });
    const inTransaction = db.transaction().execute(async (transaction) => {
      await sql`insert into other_incidents select ${"x"}`.execute(transaction);
    });
    await expect(inTransaction).rejects.toMatchObject({ code: "42P01" });
    const halfDone = db.transaction().execute(async (transaction) => {
      await sql`create table half (n int)`.execute(transaction);
      await quotient(0).execute(transaction);
    });
    await expect(halfDone).rejects.toMatchObject({ code: "22012" });
    await expect(sql`select from half`.execute(db)).rejects.toMatchObject({ code: "42P01" });
    expect((await quotient(3).execute(db)).rows).toEqual([{ n: 2 }]);
    await backend.close();
  }, 60_000);

  test("answers or refuses what is asked while it closes, and never hangs", async () => {
    const store = await openMemoryStore();
    const incidents = Array.from({ length: 10 }, (_, n) => store.incidents.declare(incidentOf(`a${n}`)));
    const closing = store.close();
    const late = Array.from({ length: 10 }, (_, n) => store.incidents.declare(incidentOf(`b${n}`)));
    await Promise.allSettled([...incidents, ...late]);
    await closing;
    await expect(store.incidents.get("a0")).rejects.toThrow("closed");
  }, 60_000);

  test("closes without a say in how the process ends", async () => {
    const store = await openStore({});
    const { exitCode } = process;
    try {
      process.exitCode = 3;
      await store.close();
      expect(process.exitCode).toBe(3);
    } finally {
      process.exitCode = exitCode;
    }
  }, 60_000);

  test("is left as it was by a migration that fails", async () => {
    const backend = await openEmbedded(undefined);
    await leavesUntouched(backend);
    await backend.close();
  }, 60_000);
});

describeOnPostgres("the store on PostgreSQL", () => {
  test("is migrated once when several open it at once, and not again later", async () => {
    const databaseUrl = await freshDatabase();
    const { log, migrated } = counting();
    const stores = await Promise.all(
      Array.from({ length: 5 }, () => openStore({ databaseUrl, log, poolSize: 2 })),
    );
    expect(migrated).toEqual(names);
    await Promise.all(stores.map((store) => store.ping()));
    const again = await openStore({ databaseUrl, log });
    expect(migrated).toEqual(names);
    await Promise.all([...stores, again].map((store) => store.close()));
  });

  test("is left as it was by a migration that fails", async () => {
    const backend = await openPostgres(postgresOptions(await freshDatabase()));
    await leavesUntouched(backend);
    await backend.close();
  });

  test("says so when it was migrated by a newer version", async () => {
    const backend = await openPostgres(postgresOptions(await freshDatabase()));
    const newer = { ...migrations, "9998_newer": { up: () => Promise.resolve() } };
    await migrate(backend.db, newer, silent);
    await expect(migrate(backend.db, migrations, silent)).rejects.toThrow(
      "by a newer version of zoom-runbooks",
    );
    await backend.close();
  });

  test("ends a statement that takes too long", async () => {
    const backend = await openPostgres({ ...postgresOptions(await freshDatabase()), statementTimeoutMs: 50 });
    await expect(sql`select pg_sleep(5)`.execute(backend.db)).rejects.toThrow("statement timeout");
    await backend.close();
  });

  test("goes on after the server was killed and came back, and its subscribers read again", async () => {
    const store = await openStore({ databaseUrl: await freshDatabase() });
    await store.incidents.save(incidentOf("a"), [eventOf("one")]);
    const heard: TimelineNote[] = [];
    await store.timeline.subscribe((note) => heard.push(note));
    const server = await postgresServer();
    process.kill(server.pid() ?? 0, "SIGKILL");
    await server.restart();
    await eventually(() => heard.some(({ incidentId }) => incidentId === "*"));
    expect(await store.timeline.append("a", [eventOf("one"), eventOf("two")])).toMatchObject([
      { id: "two", seq: 2 },
    ]);
    await eventually(() => heard.some(({ seq }) => seq === 2));
    await store.close();
  }, 60_000);

  test("meets each connection that was cut once at most", async () => {
    const databaseUrl = await freshDatabase();
    const store = await openStore({ databaseUrl });
    const killer = await openPostgres(postgresOptions(databaseUrl));
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(killer.db);
    await killer.close();
    // There was one, and it may not have been noticed yet.
    await store.ping().catch(() => undefined);
    await store.incidents.declare(incidentOf("a"));
    await store.close();
    await store.close();
    await expect(store.ping()).rejects.toThrow();
  });

  test("reads large counts as numbers", async () => {
    const backend = await openPostgres(postgresOptions(await freshDatabase()));
    const { rows } =
      await sql`select 9007199254740991::int8 as safe, 9007199254740993::int8 as large`.execute(backend.db);
    expect(rows).toEqual([{ safe: 9_007_199_254_740_991, large: "9007199254740993" }]);
    await backend.close();
  });
});

describe("a store that cannot be reached", () => {
  test("says why, and never the password", async () => {
    const nobody = openStore({ databaseUrl: "postgres://me:hidden@127.0.0.1:1/none" });
    await expect(nobody).rejects.toMatchObject({
      code: "database_unreachable",
      message: "The database does not answer: connect ECONNREFUSED 127.0.0.1:1",
    });
    const invalid: unknown = await openStore({ databaseUrl: "postgres://me:hidden@[nonsense" }).catch(
      (error) => error,
    );
    expect(invalid).toMatchObject({ code: "database_unreachable" });
    expect(JSON.stringify(invalid, Object.getOwnPropertyNames(invalid))).not.toContain("hidden");
  });
});
