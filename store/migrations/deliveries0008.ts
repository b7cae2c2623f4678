import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

const deliveries = sql`
  create table deliveries (
    key text collate "C" primary key,
    state text not null check (state in ('claimed', 'sent', 'failed')),
    claimed_at timestamptz not null default clock_timestamp()
  )`;

export const deliveries0008: Migration = {
  async up(db: Kysely<unknown>) {
    await deliveries.execute(db);
  },
};
