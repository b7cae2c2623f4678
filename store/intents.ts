import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";
import type { Intent, Intents } from "./types.ts";
import { json } from "./values.ts";

export const createIntents = (db: Kysely<Tables>): Intents => ({
  async begin(key, fresh) {
    const { rows } = await beginning(key, fresh).execute(db);
    return known(rows[0], key);
  },

  get: (key) =>
    db
      .selectFrom("intents")
      .select(["state", "connector as madeIn"])
      .where("key", "=", key)
      .executeTakeFirst(),

  async trying(key, host, tries, madeIn) {
    const claimed = await db
      .updateTable("intents")
      .set((row) => ({
        state: "trying",
        host,
        tries: row("tries", "+", 1),
        tried_at: sql`clock_timestamp()`,
        connector: madeIn ? json(madeIn) : null,
      }))
      .where("key", "=", key)
      .where("tries", "=", tries)
      .where("state", "<>", "made")
      .returning("tries")
      .executeTakeFirst();
    return claimed?.tries;
  },

  async idle(key, thisTry) {
    await db
      .updateTable("intents")
      .set({ state: "idle" })
      .where("key", "=", key)
      .where("tries", "=", thisTry)
      .where("state", "=", "trying")
      .execute();
  },

  async made(key, meetingId) {
    const row = await db
      .updateTable("intents")
      .set({ state: "made", meeting_id: sql<string>`coalesce(meeting_id, ${meetingId})` })
      .where("key", "=", key)
      .returning("meeting_id")
      .executeTakeFirst();
    return known(row?.meeting_id, key);
  },
});

/** The update changes nothing; it makes the row that is there answer. */
const beginning = (key: string, { action, host, marker, madeIn }: Parameters<Intents["begin"]>[1]) =>
  sql<Intent>`
    insert into intents as i (key, action, host, marker, state, tries, tried_at, connector)
    values (
      ${key}, ${action}, ${host}, ${marker}, 'trying', 1, clock_timestamp(), ${madeIn ? json(madeIn) : null}::jsonb
    )
    on conflict (key) do update set tries = i.tries
    returning xmax = 0 as created, host, marker, state, tries, meeting_id as "meetingId", connector as "madeIn",
      floor(extract(epoch from clock_timestamp() - tried_at) * 1000)::float8 as "triedAgoMs"`;

const known = <T>(found: T | null | undefined, key: string): T => {
  if (found === null || found === undefined) throw new Error(`There is no intent ${key}: begin it first`);
  return found;
};
