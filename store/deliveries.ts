import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { EventColumns } from "./deliveryLists.ts";
import { createDeliveryLists, isWanted, outgoing, outgoingColumns } from "./deliveryLists.ts";
import type { Deliveries, StreamClaim } from "./subscriberTypes.ts";
import type { Tables } from "./tables.ts";
import { json } from "./values.ts";

export const createDeliveries = (db: Kysely<Tables>): Deliveries => ({
  ...createDeliveryLists(db),

  async note(incidentIds) {
    const { rows } = await noting(incidentIds).execute(db);
    return rows.length;
  },

  async claim(most, leaseMs) {
    const { rows } = await claiming(most, leaseMs).execute(db);
    return rows;
  },

  async next(claim, limit) {
    const { rows } = await sql<EventColumns>`
      select ${outgoingColumns}
      from timeline_events e join incidents i on i.id = e.incident_id join subscribers u on u.id = ${claim.subscriberId}
      where e.incident_id = ${claim.incidentId} and e.seq > ${claim.seq} and e.seq <= ${claim.knownSeq} and ${isWanted}
      order by e.seq limit ${limit}`.execute(db);
    return rows.map(outgoing);
  },

  async advance(claim, seq, leaseMs) {
    const { numUpdatedRows } = await claimed(db, claim)
      .set({ ...well, seq, due_at: fromNow(leaseMs) })
      .executeTakeFirst();
    return Number(numUpdatedRows) > 0;
  },

  async release(claim, seq) {
    // What was noted meanwhile stands in the row itself, which is locked here: nothing is missed.
    await claimed(db, claim)
      .set({ seq, claim: null, due_at: sql<Date>`case when known_seq > ${seq} then clock_timestamp() end` })
      .execute();
  },

  async fail(claim, seq, failure) {
    const { rows } = await failing(claim, seq, failure).execute(db);
    return rows[0]?.is_over ?? false;
  },
});

/**
 * Streams come into being with the first event after the subscriber: of an incident, `recorded_at` rises with `seq`, since
 * both are given under the incident's lock.
 */
const noting = (incidentIds: readonly string[] | undefined) => sql`
  insert into subscriber_streams as s (subscriber_id, incident_id, seq, known_seq, due_at)
  select u.id, i.id,
    case when known.seq is null then coalesce((
      select max(e.seq) from timeline_events e where e.incident_id = i.id and e.recorded_at < u.created_at
    ), 0) else known.seq end,
    i.last_seq, clock_timestamp()
  from subscribers u
  cross join incidents i
  left join subscriber_streams known on known.subscriber_id = u.id and known.incident_id = i.id
  where u.enabled and i.last_seq > coalesce(known.known_seq, 0)
    ${incidentIds === undefined ? sql`` : sql`and i.id = any (array(select jsonb_array_elements_text(${json(incidentIds)}::jsonb)))`}
    and (known.known_seq is not null or exists (
      select from timeline_events e
      where e.incident_id = i.id and e.seq = i.last_seq and e.recorded_at >= u.created_at
    ))
  on conflict (incident_id, subscriber_id) do update
    set known_seq = excluded.known_seq, due_at = coalesce(s.due_at, excluded.due_at)
    where s.known_seq < excluded.known_seq
  returning subscriber_id`;

const claiming = (most: { [subscriberId: string]: number }, leaseMs: number) => sql<StreamClaim>`
  with due as (
    select d.incident_id, d.subscriber_id
    from jsonb_each_text(${json(most)}::jsonb) as w (id, free)
    join subscribers u on u.id = w.id and u.enabled and coalesce(u.quiet_until <= clock_timestamp(), true)
    cross join lateral (
      select s.incident_id, s.subscriber_id
      from subscriber_streams s
      where s.subscriber_id = u.id and s.due_at <= clock_timestamp()
      order by s.due_at
      limit w.free::integer
      for update skip locked
    ) as d
  )
  update subscriber_streams s set claim = ${randomUUID()}, due_at = ${fromNow(leaseMs)}
  from due
  where s.incident_id = due.incident_id and s.subscriber_id = due.subscriber_id
  returning s.subscriber_id as "subscriberId", s.incident_id as "incidentId", s.seq, s.known_seq as "knownSeq",
    s.tries, s.claim`;

const well = { tries: 0, failing_since: null, problem: null };

const fromNow = (ms: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${ms / 1000})`;

const claimed = (db: Kysely<Tables>, { subscriberId, incidentId, claim }: StreamClaim) =>
  db
    .updateTable("subscriber_streams")
    .where("subscriber_id", "=", subscriberId)
    .where("incident_id", "=", incidentId)
    .where("claim", "=", claim);

type Failure = Parameters<Deliveries["fail"]>[2];

/** One statement, hence one `now()`: whether the event is over is asked twice. */
const failing = (claim: StreamClaim, seq: number, { problem, delayMs, lifeMs }: Failure) => {
  const isOver = sql`
    greatest(coalesce(s.failing_since, now()), e.recorded_at) <= now() - make_interval(secs => ${lifeMs / 1000})`;
  return sql<{ is_over: boolean }>`
    with failed as (
      update subscriber_streams s set
        tries = s.tries + 1,
        failing_since = coalesce(s.failing_since, now()),
        problem = ${problem},
        claim = null,
        seq = case when ${isOver} then ${seq} else s.seq end,
        due_at = case when ${isOver} then now() else now() + make_interval(secs => ${delayMs / 1000}) end
      from timeline_events e
      where e.incident_id = s.incident_id and e.seq = ${seq}
        and s.incident_id = ${claim.incidentId} and s.subscriber_id = ${claim.subscriberId} and s.claim = ${claim.claim}
      returning s.incident_id, s.subscriber_id, s.tries, ${isOver} as is_over
    ),
    given_up as (
      insert into dead_letters (incident_id, seq, subscriber_id, tries, problem)
      select incident_id, ${seq}::integer, subscriber_id, tries, ${problem}::text from failed where is_over
      on conflict do nothing
    )
    select is_over from failed`;
};
