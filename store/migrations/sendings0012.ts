import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/**
 * What was sent to people stood in two tables: one for calls, one for messages. A delivery that failed may be claimed
 * again, as one that nobody claimed: so it has no row any more.
 */
const carryOver = sql`
  insert into sendings (key, note, sent, claimed_at)
  select key, 'null', state = 'sent', claimed_at from deliveries where state <> 'failed'
  on conflict (key) do nothing`;

export const sendings0012: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table sendings add column sent boolean not null default false`.execute(db);
    await carryOver.execute(db);
    await sql`drop table deliveries`.execute(db);
    await sql`create index sendings_oldest on sendings (claimed_at)`.execute(db);
  },
};
