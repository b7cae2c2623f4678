import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

const followUps = sql`
  create table follow_ups (
    meeting_id text collate "C" primary key,
    incident_id text collate "C" not null references incidents (id),
    runbook text collate "C" not null,
    step text collate "C" not null,
    n integer not null,
    doc jsonb not null,
    unique (incident_id, runbook, step, n)
  )`;

export const followUps0009: Migration = {
  async up(db: Kysely<unknown>) {
    await followUps.execute(db);
  },
};
