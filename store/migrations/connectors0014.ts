import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/** Settings of each account, and since when it is authorized as it is: what waited for that goes on. */
const settings = sql`
  alter table connectors
    add column plan text check (plan in ('free', 'pro', 'business', 'enterprise')),
    add column host_group text,
    add column meeting_defaults jsonb,
    add column authorized_at timestamptz not null default clock_timestamp(),
    add constraint one_pool check (host_group is null or hosts = '[]')`;

/** When a webhook was last verified by a connector's secret token; the environment's has no row of its own. */
const webhooksHeard = sql`
  create table webhooks_heard (
    connector_id text collate "C" primary key,
    heard_at timestamptz not null default clock_timestamp()
  )`;

/** Few runs are parked, among many that have been. */
const parked = sql`
  create index executions_parked on executions (started_at)
    where not ended and doc @> '{"steps": [{"state": "parked"}]}'`;

export const connectors0014: Migration = {
  async up(db: Kysely<unknown>) {
    await settings.execute(db);
    await sql`update connectors set authorized_at = updated_at`.execute(db);
    await webhooksHeard.execute(db);
    // In which account something may have been made.
    await sql`alter table intents add column connector jsonb`.execute(db);
    await parked.execute(db);
  },
};
