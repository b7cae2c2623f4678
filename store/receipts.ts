import type { Kysely } from "kysely";
import { sql } from "kysely";
import { olderThan, purgedAtOnce } from "./purge.ts";
import type { Tables } from "./tables.ts";
import type { Receipts } from "./types.ts";
import { json } from "./values.ts";

/** How long a webhook may be in hand. Zoom repeats what was not answered after five minutes at the earliest. */
const inHandSeconds = 30;

export const createReceipts = (db: Kysely<Tables>): Receipts => ({
  async accept(keys) {
    // In one order, so that two of these never wait for each other.
    const distinct = [...new Set(keys)].sort();
    const { rows } = await sql`
      insert into receipts as r (key)
      select key from jsonb_array_elements_text(${json(distinct)}::jsonb) with ordinality as given (key, place)
      order by place
      on conflict (key) do update set accepted_at = excluded.accepted_at
        where r.handled_at is null and r.accepted_at < clock_timestamp() - make_interval(secs => ${inHandSeconds})
      returning key`.execute(db);
    return rows.length === distinct.length;
  },

  async handled(keys) {
    await db
      .updateTable("receipts")
      .set({ handled_at: sql`clock_timestamp()` })
      .where(isOneOf(keys))
      .execute();
  },

  async forget(keys) {
    await db.deleteFrom("receipts").where(isOneOf(keys)).execute();
  },

  async purge(olderThanMs) {
    const { numDeletedRows } = await db
      .deleteFrom("receipts")
      .where("key", "in", (old) =>
        old
          .selectFrom("receipts")
          .select("key")
          .where("accepted_at", "<", olderThan(olderThanMs))
          .orderBy("accepted_at")
          .limit(purgedAtOnce),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  },
});

/** As one parameter, so the statement is the same for any number of keys; as an array, so the index is used. */
const isOneOf = (keys: string[]) =>
  sql<boolean>`key = any (array(select jsonb_array_elements_text(${json(keys)}::jsonb)))`;
