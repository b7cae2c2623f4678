import type { Kysely } from "kysely";
import { sql } from "kysely";
import { olderThan, purgedAtOnce } from "./purge.ts";
import type { Tables } from "./tables.ts";
import type { ConsoleSession, Sessions } from "./types.ts";
import { iso } from "./values.ts";

const mostListed = 1000;

const columns = ["id", "method", "person", "name", "role", "created_at", "seen_at", "expires_at"] as const;

export const createSessions = (db: Kysely<Tables>): Sessions => ({
  async create({ lifeMs, ...session }) {
    const row = await db
      .insertInto("console_sessions")
      .values({
        ...session,
        expires_at: sql<string>`clock_timestamp() + make_interval(secs => ${lifeMs / 1000})`,
      })
      .returning(columns)
      .executeTakeFirstOrThrow();
    return consoleSession(row);
  },

  async findByHash(hash, idleMs) {
    const row = await open(db, idleMs).where("hash", "=", hash).executeTakeFirst();
    return row && consoleSession(row);
  },

  async list(idleMs) {
    const rows = await open(db, idleMs).orderBy("created_at", "desc").limit(mostListed).execute();
    return rows.map(consoleSession);
  },

  async touch(id) {
    await db
      .updateTable("console_sessions")
      .set({ seen_at: sql`clock_timestamp()` })
      .where("id", "=", id)
      .where("seen_at", "<", olderThan(60_000))
      .execute();
  },

  async remove(id) {
    const { numDeletedRows } = await db
      .deleteFrom("console_sessions")
      .where("id", "=", id)
      .executeTakeFirst();
    return Number(numDeletedRows) > 0;
  },

  purge: (idleMs) => purge(db, idleMs),
});

const open = (db: Kysely<Tables>, idleMs: number) =>
  db
    .selectFrom("console_sessions as s")
    .select(columns)
    .where("expires_at", ">", sql<Date>`clock_timestamp()`)
    .where("seen_at", ">", olderThan(idleMs)).where(sql<boolean>`not exists (
      select from api_keys k where k.id = s.key_id and k.expires_at <= clock_timestamp())`);

const purge = async (db: Kysely<Tables>, idleMs: number): Promise<number> => {
  const { numDeletedRows } = await db
    .deleteFrom("console_sessions")
    .where("id", "in", (ended) =>
      ended
        .selectFrom("console_sessions")
        .select("id")
        .where((row) =>
          row.or([
            row("expires_at", "<", sql<Date>`clock_timestamp()`),
            row("seen_at", "<", olderThan(idleMs)),
          ]),
        )
        .limit(purgedAtOnce),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};

type Columns = Omit<ConsoleSession, "created_at" | "seen_at" | "expires_at"> & {
  created_at: Date;
  seen_at: Date;
  expires_at: Date;
};

const consoleSession = ({ created_at, seen_at, expires_at, ...session }: Columns): ConsoleSession => ({
  ...session,
  created_at: iso(created_at),
  seen_at: iso(seen_at),
  expires_at: iso(expires_at),
});
