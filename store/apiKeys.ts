import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";
import type { ApiKey, ApiKeyRole, ApiKeys } from "./types.ts";
import { iso } from "./values.ts";

const maxKeys = 1000;

const columns = ["id", "name", "role", "created_at", "last_used_at"] as const;

export const createApiKeys = (db: Kysely<Tables>): ApiKeys => ({
  async create(key) {
    const row = await db.insertInto("api_keys").values(key).returning(columns).executeTakeFirstOrThrow();
    return apiKey(row);
  },

  async findByHash(hash) {
    const row = await db.selectFrom("api_keys").select(columns).where("hash", "=", hash).executeTakeFirst();
    return row && apiKey(row);
  },

  async touch(id) {
    await db
      .updateTable("api_keys")
      .set({ last_used_at: sql`clock_timestamp()` })
      .where("id", "=", id)
      .where(sql<boolean>`coalesce(last_used_at < clock_timestamp() - interval '1 minute', true)`)
      .execute();
  },

  async list() {
    const rows = await db
      .selectFrom("api_keys")
      .select(columns)
      .orderBy("created_at")
      .orderBy("id")
      .limit(maxKeys)
      .execute();
    return rows.map(apiKey);
  },

  async remove(id) {
    const { numDeletedRows } = await db.deleteFrom("api_keys").where("id", "=", id).executeTakeFirst();
    return Number(numDeletedRows) > 0;
  },

  async count() {
    const { count } = await db
      .selectFrom("api_keys")
      .select((row) => row.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return count;
  },
});

type ApiKeyColumns = {
  id: string;
  name: string;
  role: ApiKeyRole;
  created_at: Date;
  last_used_at: Date | null;
};

const apiKey = ({ created_at, last_used_at, ...key }: ApiKeyColumns): ApiKey => ({
  ...key,
  created_at: iso(created_at),
  last_used_at: last_used_at && iso(last_used_at),
});
