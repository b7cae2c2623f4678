import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/** A runbook's document is `json`, not `jsonb`: its keys stay in the order in which people wrote them. */
const runbooks = sql`
  create table runbooks (
    key text collate "C" primary key,
    version integer not null,
    doc json not null,
    source text not null,
    updated_at timestamptz not null default clock_timestamp(),
    updated_by text not null,
    removed_at timestamptz
  )`;

const runbookVersions = sql`
  create table runbook_versions (
    key text collate "C" not null,
    version integer not null,
    doc json not null,
    source text not null,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    primary key (key, version)
  )`;

const executions = sql`
  create table executions (
    id text collate "C" primary key,
    incident_id text collate "C" not null references incidents (id),
    doc jsonb not null,
    state text not null generated always as (doc ->> 'state') stored,
    ended boolean not null generated always as (doc ->> 'ended_at' is not null) stored,
    started_at timestamptz not null
  )`;

export const runbooks0002: Migration = {
  async up(db: Kysely<unknown>) {
    await runbooks.execute(db);
    await runbookVersions.execute(db);
    await executions.execute(db);
    await sql`create index executions_newest on executions (started_at desc, id desc)`.execute(db);
    await sql`create index executions_of_incident on executions (incident_id, started_at, id)`.execute(db);
  },
};
