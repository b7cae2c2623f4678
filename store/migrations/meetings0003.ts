import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

const meetings = sql`
  create table meetings (
    meeting_id text collate "C" primary key,
    incident_id text collate "C" not null references incidents (id),
    doc jsonb not null,
    life jsonb,
    created_at timestamptz not null
  )`;

const intents = sql`
  create table intents (
    key text collate "C" primary key,
    action text not null,
    host text not null,
    marker text not null,
    state text not null default 'idle' check (state in ('idle', 'trying', 'made')),
    tries integer not null default 0,
    tried_at timestamptz,
    meeting_id text,
    created_at timestamptz not null default clock_timestamp(),
    check ((state = 'made') = (meeting_id is not null))
  )`;

const receipts = sql`
  create table receipts (
    key text collate "C" primary key,
    accepted_at timestamptz not null default clock_timestamp(),
    handled_at timestamptz
  )`;

export const meetings0003: Migration = {
  async up(db: Kysely<unknown>) {
    await meetings.execute(db);
    await sql`create index meetings_of_incident on meetings (incident_id, created_at, meeting_id)`.execute(
      db,
    );
    await intents.execute(db);
    await receipts.execute(db);
    await sql`create index receipts_oldest on receipts (accepted_at)`.execute(db);
  },
};
