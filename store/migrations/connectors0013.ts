import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/**
 * Zoom accounts. Secrets and grants are sealed before they come here. At most one is the default: a constraint rather than
 * a unique index, since that would look at each row by itself, while the default moves from one row to another.
 */
const connectors = sql`
  create table connectors (
    id text collate "C" primary key,
    name text not null,
    kind text not null check (kind in ('account_credentials', 'sign_in')),
    account_id text collate "C",
    user_id text collate "C",
    client_id text collate "C" not null,
    is_default boolean not null default false,
    hosts jsonb not null default '[]',
    sealed_secrets text collate "C" not null,
    state text not null check (state in ('connected', 'needs_authorization')),
    sealed_grant text collate "C",
    grant_version integer not null default 0,
    granted_at timestamptz,
    renewing_until timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    updated_at timestamptz not null default clock_timestamp(),
    check (state = 'needs_authorization' or (account_id is not null and (kind = 'sign_in') = (sealed_grant is not null))),
    constraint one_default exclude using btree (is_default with =) where (is_default) deferrable initially immediate
  )`;

/** Somebody is on the way to Zoom's sign-in page and back. State and browser are known by their hashes alone. */
const signIns = sql`
  create table connector_sign_ins (
    state_hash text collate "C" primary key,
    browser_hash text collate "C" not null,
    connector_id text collate "C" not null references connectors (id) on delete cascade,
    sealed_verifier text collate "C" not null,
    started_by text not null,
    expires_at timestamptz not null
  )`;

export const connectors0013: Migration = {
  async up(db: Kysely<unknown>) {
    await connectors.execute(db);
    await sql`create unique index connectors_name on connectors (lower(name))`.execute(db);
    await signIns.execute(db);
  },
};
