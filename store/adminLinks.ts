import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";
import type { AdminLinks } from "./types.ts";

export const createAdminLinks = (db: Kysely<Tables>): AdminLinks => ({
  async create(hash, lifeMs) {
    await sql`
      with over as (delete from admin_links where expires_at < clock_timestamp())
      insert into admin_links (hash, expires_at)
      values (${hash}, clock_timestamp() + make_interval(secs => ${lifeMs / 1000}))`.execute(db);
  },

  async take(hash) {
    const { numDeletedRows } = await db
      .deleteFrom("admin_links")
      .where("hash", "=", hash)
      .where("expires_at", ">", sql<Date>`clock_timestamp()`)
      .executeTakeFirst();
    return Number(numDeletedRows) > 0;
  },
});
