import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";
import type { Deliveries } from "./types.ts";

export const createDeliveries = (db: Kysely<Tables>): Deliveries => ({
  async claim(key) {
    // What was there before is seen as of the statement's start, so of two at once only one inserts or updates.
    const { rows } = await sql<{ claimed: boolean; state: string | null }>`
      with mine as (
        insert into deliveries as d (key, state) values (${key}, 'claimed')
        on conflict (key) do update set state = 'claimed', claimed_at = clock_timestamp() where d.state = 'failed'
        returning key
      )
      select exists (select from mine) as claimed, (select state from deliveries where key = ${key}) as state
    `.execute(db);
    if (rows[0]?.claimed) return "claimed";
    return rows[0]?.state === "sent" ? "sent" : "open";
  },

  async sent(key) {
    await db.updateTable("deliveries").set({ state: "sent" }).where("key", "=", key).execute();
  },

  async failed(key) {
    await db
      .updateTable("deliveries")
      .set({ state: "failed" })
      .where("key", "=", key)
      .where("state", "=", "claimed")
      .execute();
  },
});
