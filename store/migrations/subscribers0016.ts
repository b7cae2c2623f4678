import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/** Who is sent the events of timelines. Secrets are sealed before they come here. */
const subscribers = sql`
  create table subscribers (
    id text collate "C" primary key,
    name text not null,
    url text not null,
    kinds jsonb not null default '[]',
    severities jsonb not null default '[]',
    enabled boolean not null default true,
    sealed_secrets text collate "C" not null,
    old_secret_until timestamptz,
    failing_since timestamptz,
    problem text,
    last_accepted_at timestamptz,
    quiet_until timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    updated_at timestamptz not null default clock_timestamp()
  )`;

/**
 * How far a subscriber is with an incident: the timeline itself is the outbox. Events up to seq are done with, events up
 * to known_seq are known to be there. due_at: when to go on; null when nothing is left, and the end of the lease
 * while somebody has claimed it.
 */
const streams = sql`
  create table subscriber_streams (
    subscriber_id text collate "C" not null references subscribers (id) on delete cascade,
    incident_id text collate "C" not null references incidents (id) on delete cascade,
    seq integer not null,
    known_seq integer not null,
    due_at timestamptz,
    claim text collate "C",
    tries integer not null default 0,
    failing_since timestamptz,
    problem text,
    primary key (incident_id, subscriber_id)
  )`;

/** Events that were given up. They go with their event. */
const deadLetters = sql`
  create table dead_letters (
    incident_id text collate "C" not null,
    seq integer not null,
    subscriber_id text collate "C" not null references subscribers (id) on delete cascade,
    tries integer not null,
    problem text not null,
    given_up_at timestamptz not null default clock_timestamp(),
    primary key (incident_id, seq, subscriber_id),
    foreign key (incident_id, seq) references timeline_events (incident_id, seq) on delete cascade
  )`;

/** Every gateway reads subscribers anew when an administrator changed something: as if notes had been missed. */
const tellChanges = sql`
  create function tell_subscribers_changed() returns trigger language plpgsql as $$
  begin
    perform pg_notify('timeline', '* 0');
    return null;
  end $$`;

const onChanges = sql`
  create trigger subscribers_changed after insert or delete or update of url, kinds, severities, enabled, sealed_secrets
  on subscribers for each statement execute function tell_subscribers_changed()`;

export const subscribers0016: Migration = {
  async up(db: Kysely<unknown>) {
    await subscribers.execute(db);
    await sql`create unique index subscribers_name on subscribers (lower(name))`.execute(db);
    await streams.execute(db);
    await sql`create index subscriber_streams_due on subscriber_streams (subscriber_id, due_at) where due_at is not null`.execute(
      db,
    );
    await deadLetters.execute(db);
    await sql`create index dead_letters_of_subscriber on dead_letters (subscriber_id, incident_id, seq)`.execute(
      db,
    );
    await tellChanges.execute(db);
    await onChanges.execute(db);
  },
};
