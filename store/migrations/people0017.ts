import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/** Up to which event of its timeline the people of an incident were forgotten. */
export const people0017: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table incidents add column people_forgotten_seq integer`.execute(db);
  },
};
