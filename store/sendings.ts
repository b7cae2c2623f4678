import type { Kysely } from "kysely";
import { sql } from "kysely";
import { olderThan, purgedAtOnce } from "./purge.ts";
import type { Tables } from "./tables.ts";
import type { Sendings } from "./types.ts";
import { json } from "./values.ts";

export const createSendings = (db: Kysely<Tables>): Sendings => ({
  async claim<Note>(key: string, note: Note) {
    // The update changes nothing; it makes the row that is there answer.
    const { rows } = await sql<{ claimed: boolean; sent: boolean; note: Note }>`
      insert into sendings as s (key, note) values (${key}, ${json(note)}::jsonb)
      on conflict (key) do update set note = s.note
      returning xmax = 0 as claimed, sent, note`.execute(db);
    const [row] = rows;
    if (row === undefined) throw new Error(`The claim of ${key} had no answer`);
    const { claimed, sent, note: first } = row;
    return { state: claimed ? "claimed" : sent ? "sent" : "open", note: first };
  },

  async sent(key) {
    await db.updateTable("sendings").set({ sent: true }).where("key", "=", key).execute();
  },

  async release(key) {
    await db.deleteFrom("sendings").where("key", "=", key).where("sent", "=", false).execute();
  },

  async purge(olderThanMs) {
    const { numDeletedRows } = await db
      .deleteFrom("sendings")
      .where("key", "in", (old) =>
        old
          .selectFrom("sendings")
          .select("key")
          .where("claimed_at", "<", olderThan(olderThanMs))
          .orderBy("claimed_at")
          .limit(purgedAtOnce),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  },
});
