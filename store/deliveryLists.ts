import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Delivery } from "../domain/subscriber.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import { recordedEvent } from "./events.ts";
import type { DeliveryLists, DeliveryPosition, IncidentFacts } from "./subscriberTypes.ts";
import type { Tables } from "./tables.ts";
import { bounded, iso } from "./values.ts";

const maxDeliveries = 200;

export const createDeliveryLists = (db: Kysely<Tables>): DeliveryLists => ({
  pending: async (subscriberId, page) => (await pendingOf(subscriberId, page).execute(db)).rows.map(delivery),

  dead: async (subscriberId, page) => (await deadOf(subscriberId, page).execute(db)).rows.map(delivery),

  async deadEvents(subscriberId, { incidentId, seq, limit }) {
    const { rows } = await sql<EventColumns>`
      select ${outgoingColumns}
      from dead_letters d
      join timeline_events e on e.incident_id = d.incident_id and e.seq = d.seq
      join incidents i on i.id = d.incident_id
      where d.subscriber_id = ${subscriberId}
        and d.incident_id = coalesce(${incidentId ?? null}::text, d.incident_id)
        and d.seq = coalesce(${seq ?? null}::integer, d.seq)
      order by d.incident_id, d.seq limit ${limit}`.execute(db);
    return rows.map(outgoing);
  },

  async revived(subscriberId, incidentId, seq) {
    await db
      .deleteFrom("dead_letters")
      .where("subscriber_id", "=", subscriberId)
      .where("incident_id", "=", incidentId)
      .where("seq", "=", seq)
      .execute();
  },
});

/** All that is read of one incident's events is bounded by how many are read; of the incident itself only some fields. */
export const outgoingColumns = sql`
  e.incident_id, e.seq, e.doc, json_build_object(
    'id', i.id, 'short_id', i.doc ->> 'short_id', 'title', i.doc ->> 'title', 'severity', i.severity, 'status', i.status
  ) as incident`;

export type EventColumns = { incident_id: string; seq: number; doc: TimelineEvent; incident: IncidentFacts };

export const outgoing = ({ incident, ...event }: EventColumns) => ({ incident, event: recordedEvent(event) });

export const isWanted = sql`
  (u.kinds = '[]' or u.kinds ? (e.doc ->> 'kind')) and (u.severities = '[]' or u.severities ? i.severity)`;

type Page = { limit: number; after?: DeliveryPosition | undefined };

const isAfter = (after: DeliveryPosition | undefined) =>
  after === undefined
    ? sql`true`
    : sql`(e.incident_id, e.seq) > (${after.incidentId}, ${after.seq}::integer)`;

const deliveryColumns = sql`
  e.incident_id, e.seq, e.doc ->> 'kind' as kind, e.doc ->> 'title' as title, e.recorded_at`;

/** Only the first one of an incident is tried; the others wait for it. */
const pendingOf = (subscriberId: string, { limit, after }: Page) => sql<DeliveryColumns>`
  select 'pending' as state, ${deliveryColumns}, f.tries, f.due_at as next_try_at, f.problem
  from subscriber_streams s
  join subscribers u on u.id = s.subscriber_id
  join incidents i on i.id = s.incident_id
  join timeline_events e on e.incident_id = s.incident_id and e.seq > s.seq and ${isWanted}
  left join lateral (
    select s.tries, s.due_at, s.problem
    where not exists (
      select from timeline_events earlier
      where earlier.incident_id = s.incident_id and earlier.seq > s.seq and earlier.seq < e.seq
        and (u.kinds = '[]' or u.kinds ? (earlier.doc ->> 'kind'))
    )
  ) as f on true
  where s.subscriber_id = ${subscriberId} and s.due_at is not null and ${isAfter(after)}
  order by e.incident_id, e.seq limit ${bounded(limit, maxDeliveries)}`;

const deadOf = (subscriberId: string, { limit, after }: Page) => sql<DeliveryColumns>`
  select 'dead' as state, ${deliveryColumns}, d.tries, null::timestamptz as next_try_at, d.problem
  from dead_letters d
  join timeline_events e on e.incident_id = d.incident_id and e.seq = d.seq
  where d.subscriber_id = ${subscriberId} and ${isAfter(after)}
  order by e.incident_id, e.seq limit ${bounded(limit, maxDeliveries)}`;

type DeliveryColumns = Omit<Delivery, "recorded_at" | "next_try_at" | "tries"> & {
  tries: number | null;
  recorded_at: Date;
  next_try_at: Date | null;
};

const delivery = ({ recorded_at, next_try_at, tries, ...row }: DeliveryColumns): Delivery => ({
  ...row,
  tries: tries ?? 0,
  recorded_at: iso(recorded_at),
  next_try_at: next_try_at && iso(next_try_at),
});
