import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

const apiKeys = sql`
  create table api_keys (
    id text collate "C" primary key,
    name text not null,
    role text not null check (role in ('viewer', 'responder', 'admin')),
    hash text collate "C" not null unique,
    created_at timestamptz not null default clock_timestamp(),
    last_used_at timestamptz
  )`;

export const apiKeys0004: Migration = {
  async up(db: Kysely<unknown>) {
    await apiKeys.execute(db);
  },
};
