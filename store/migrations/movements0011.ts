import type { Kysely, Migration } from "kysely";
import { sql } from "kysely";

/**
 * Who came and went, one row each: several deliveries of one webhook are one row, and the cost of a row does not grow
 * with the meeting. `doc` is the person.
 */
const movements = sql`
  create table meeting_movements (
    meeting_id text collate "C" not null references meetings (meeting_id),
    uuid text collate "C" not null,
    key text collate "C" not null,
    at_ms bigint not null,
    type text not null check (type in ('waiting', 'waited', 'joined', 'left')),
    doc jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (meeting_id, uuid, key, at_ms, type)
  )`;

const attendances = sql`
  create table attendances (
    meeting_id text collate "C" not null references meetings (meeting_id),
    uuid text collate "C" not null,
    doc jsonb not null,
    primary key (meeting_id, uuid)
  )`;

/** People on the call right now: in the latest session, unless it has ended, with a join as their latest movement. */
const headCount = sql`
  create function head_count(of_meeting text, life jsonb) returns integer language sql stable as $$
    select count(distinct coalesce(latest.doc ->> 'email', latest.doc ->> 'userId', latest.doc ->> 'registrantId', latest.key))::integer
    from (
      select distinct on (m.key) m.key, m.type, m.doc
      from meeting_movements m
      where m.meeting_id = of_meeting
        and m.uuid = life -> 'sessions' -> -1 ->> 'uuid'
        and life -> 'sessions' -> -1 ->> 'endedAtMs' is null
      order by m.key, m.at_ms desc, array_position(array['waiting', 'waited', 'joined', 'left'], m.type) desc
    ) as latest
    where latest.type = 'joined'
  $$`;

export const movements0011: Migration = {
  async up(db: Kysely<unknown>) {
    await movements.execute(db);
    await attendances.execute(db);
    await headCount.execute(db);
    // When Zoom last told something of the meeting; a look at Zoom is due when that is long ago.
    await sql`alter table meetings add column heard_at timestamptz`.execute(db);
  },
};
