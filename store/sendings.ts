import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";
import type { Sendings } from "./types.ts";
import { json } from "./values.ts";

export const createSendings = (db: Kysely<Tables>): Sendings => ({
  async claim<Note>(key: string, note: Note) {
    // The update changes nothing; it makes the row that is there answer.
    const { rows } = await sql<{ claimed: boolean; note: Note }>`
      insert into sendings as s (key, note) values (${key}, ${json(note)}::jsonb)
      on conflict (key) do update set note = s.note
      returning xmax = 0 as claimed, note`.execute(db);
    const [row] = rows;
    if (row === undefined) throw new Error(`The claim of ${key} had no answer`);
    return row;
  },

  async release(key) {
    await db.deleteFrom("sendings").where("key", "=", key).execute();
  },
});
