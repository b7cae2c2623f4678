import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

const sendings = sql`
  create table sendings (
    key text collate "C" primary key,
    note jsonb not null,
    claimed_at timestamptz not null default clock_timestamp()
  )`;

export const sendings0006: Migration = {
  async up(db: Kysely<unknown>) {
    await sendings.execute(db);
  },
};
