import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/** What a key is recognised by, who made it, and until when it is good; keys made before have none of it. */
const keys = sql`
  alter table api_keys
    add column prefix text collate "C",
    add column created_by text,
    add column expires_at timestamptz`;

/** Links that sign an administrator in, each once. Known by their hashes alone, like keys and sessions. */
const adminLinks = sql`
  create table admin_links (
    hash text collate "C" primary key,
    expires_at timestamptz not null
  )`;

/** Somebody who signed in at a browser. What was opened with a key ends with the key. */
const sessions = sql`
  create table console_sessions (
    id text collate "C" primary key,
    hash text collate "C" not null unique,
    method text not null check (method in ('key', 'link', 'oidc')),
    person text not null,
    name text not null,
    role text not null check (role in ('viewer', 'responder', 'admin')),
    key_id text collate "C" references api_keys (id) on delete cascade,
    created_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null
  )`;

/** Names are copied, not referred to: an entry outlives the key, the session and the thing that it is about. */
const audit = sql`
  create table audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor_kind text not null check (actor_kind in ('key', 'session', 'zoom', 'system')),
    actor_id text collate "C" not null,
    actor_name text not null,
    action text collate "C" not null,
    summary text not null,
    target text,
    status integer,
    request_id text,
    address text
  )`;

/** Whoever got hold of the gateway's connection still cannot rewrite the last day; what is old is purged. */
const appendOnly = sql`
  create function keep_audit_log() returns trigger language plpgsql as $$
  begin
    if tg_op = 'DELETE' and old.at < clock_timestamp() - interval '1 day' then return old; end if;
    raise exception 'the audit log can only be added to';
  end $$`;

export const access0015: Migration = {
  async up(db: Kysely<unknown>) {
    await keys.execute(db);
    await adminLinks.execute(db);
    await sessions.execute(db);
    await audit.execute(db);
    await sql`create index audit_log_at on audit_log (at)`.execute(db);
    await sql`create index audit_log_target on audit_log (target, id)`.execute(db);
    await appendOnly.execute(db);
    await sql`create trigger keep_audit_log before update or delete on audit_log
      for each row execute function keep_audit_log()`.execute(db);
    await sql`create trigger keep_whole_audit_log before truncate on audit_log
      for each statement execute function keep_audit_log()`.execute(db);
  },
};
