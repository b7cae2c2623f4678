import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/**
 * Ids are compared by byte (`collate "C"`): the order of pages, and the indexes, then survive a change of the system's
 * locales. Room is left in the pages of `incidents` because each append updates `last_seq` in place.
 */
const incidents = sql`
  create table incidents (
    id text collate "C" primary key,
    doc jsonb not null,
    severity text not null generated always as (doc ->> 'severity') stored,
    status text not null generated always as (doc ->> 'status') stored,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    last_seq integer not null default 0
  ) with (fillfactor = 70)`;

const timelineEvents = sql`
  create table timeline_events (
    incident_id text collate "C" not null references incidents (id),
    seq integer not null,
    event_id text collate "C" not null,
    doc jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (incident_id, seq),
    unique (incident_id, event_id)
  )`;

/**
 * Appends of one incident queue at its row, so what is there can be left out and the rest numbered without gaps.
 * Each statement of a function sees what was committed before it, hence also what was appended while it queued.
 * ZR404 becomes a StoreError. The lock lets foreign keys be checked meanwhile. What is there is looked up event by
 * event: as `not exists` it may become a join with all events of the incident (40 ms at 100 000, without statistics).
 */
const appendTimeline = sql`
  create function append_timeline(of_incident text, events jsonb) returns setof timeline_events
  language plpgsql as $$
  declare
    last integer;
    added integer;
  begin
    select i.last_seq into last from incidents i where i.id = of_incident for no key update;
    if not found then
      raise exception 'incident % is not in the store', of_incident using errcode = 'ZR404';
    end if;

    return query
      with given as (
        select distinct on (e.doc ->> 'id') e.doc, e.place
        from jsonb_array_elements(events) with ordinality as e (doc, place)
        order by e.doc ->> 'id', e.place
      ),
      added_events as (
        insert into timeline_events (incident_id, seq, event_id, doc)
        select of_incident, last + row_number() over (order by given.place), given.doc ->> 'id', given.doc
        from given
        where (
          select t.seq from timeline_events t where t.incident_id = of_incident and t.event_id = given.doc ->> 'id'
        ) is null
        returning *
      )
      select * from added_events order by seq;

    get diagnostics added = row_count;
    if added > 0 then
      update incidents i set last_seq = last + added where i.id = of_incident;
      perform pg_notify('timeline', of_incident || ' ' || last + added);
    end if;
  end $$`;

/** Executions that start with it are written with it. An older `updated_at` changes nothing but is still locked, so the events behind it are appended in order. */
const saveIncident = sql`
  create function save_incident(new_doc jsonb, events jsonb, started jsonb) returns setof timeline_events
  language plpgsql as $$
  begin
    insert into incidents as i (id, doc, created_at, updated_at)
    values (
      new_doc ->> 'id', new_doc,
      (new_doc ->> 'created_at')::timestamptz, (new_doc ->> 'updated_at')::timestamptz
    )
    on conflict (id) do update
      set doc = excluded.doc, updated_at = excluded.updated_at
      where excluded.updated_at >= i.updated_at;
    insert into executions (id, incident_id, doc, started_at)
    select e ->> 'id', e ->> 'incident_id', e, (e ->> 'started_at')::timestamptz
    from jsonb_array_elements(started) as e
    on conflict (id) do nothing;
    return query select * from append_timeline(new_doc ->> 'id', events);
  end $$`;

export const incidents0001: Migration = {
  async up(db: Kysely<unknown>) {
    await incidents.execute(db);
    await sql`create index incidents_newest on incidents (created_at desc, id desc)`.execute(db);
    await timelineEvents.execute(db);
    await appendTimeline.execute(db);
    await saveIncident.execute(db);
  },
};
