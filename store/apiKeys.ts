import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";
import type { ApiKey, ApiKeys } from "./types.ts";
import { iso } from "./values.ts";

const maxKeys = 1000;

const columns = [
  "id",
  "name",
  "role",
  "prefix",
  "created_at",
  "created_by",
  "last_used_at",
  "expires_at",
] as const;

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

  revoke: (id) => revoke(db, id),

  async count() {
    const { count } = await db
      .selectFrom("api_keys")
      .select((row) => row.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return count;
  },
});

/** Admins' keys are locked first, in one order: of two that are revoked at once, the second sees the first gone. */
const revoke: (db: Kysely<Tables>, id: string) => ReturnType<ApiKeys["revoke"]> = async (db, id) => {
  const { rows } = await sql<{ known: boolean; revoked: boolean }>`
    with good as materialized (
      select id from api_keys
      where role = 'admin' and coalesce(expires_at > clock_timestamp(), true)
      order by id for update
    ), gone as (
      delete from api_keys where id = ${id}
        and (id not in (select id from good) or exists (select from good where id <> ${id}))
      returning id
    )
    select exists (select from api_keys where id = ${id}) as known, exists (select from gone) as revoked`.execute(
    db,
  );
  const [{ known, revoked } = { known: false, revoked: false }] = rows;
  if (revoked) return "revoked";
  return known ? "last_admin" : "unknown";
};

type ApiKeyColumns = Omit<ApiKey, "created_at" | "last_used_at" | "expires_at"> & {
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date | null;
};

const apiKey = ({ created_at, last_used_at, expires_at, ...key }: ApiKeyColumns): ApiKey => ({
  ...key,
  created_at: iso(created_at),
  last_used_at: last_used_at && iso(last_used_at),
  expires_at: expires_at && iso(expires_at),
});
