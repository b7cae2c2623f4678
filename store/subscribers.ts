import type { Kysely } from "kysely";
import { sql } from "kysely";
import { codeOf } from "./storeError.ts";
import type { SubscriberChange, SubscriberRow, Subscribers } from "./subscriberTypes.ts";
import type { Tables } from "./tables.ts";
import { iso, json } from "./values.ts";

const maxSubscribers = 100;

/** Less than this is no outage: events that only one incident's stream is stuck at are not tried again each time. */
const outage = sql`interval '5 minutes'`;

const columns = [
  "id",
  "name",
  "url",
  "kinds",
  "severities",
  "enabled",
  "sealed_secrets",
  "old_secret_until",
  "failing_since",
  "problem",
  "last_accepted_at",
  "created_at",
  "created_by",
  "updated_at",
] as const;

export const createSubscribers = (db: Kysely<Tables>): Subscribers => ({
  async create({ kinds, severities, ...subscriber }) {
    const row = await db
      .insertInto("subscribers")
      .values({ ...subscriber, kinds: json(kinds), severities: json(severities) })
      .onConflict((conflict) => conflict.expression(sql`lower(name)`).doNothing())
      .returning(columns)
      .executeTakeFirst();
    return row && subscriberRow(row);
  },

  async list() {
    const rows = await withBacklog(db).orderBy("created_at").orderBy("id").limit(maxSubscribers).execute();
    return rows.map(subscriberRow);
  },

  async get(id) {
    const row = await withBacklog(db).where("id", "=", id).executeTakeFirst();
    return row && subscriberRow(row);
  },

  change: (id, changes) => change(db, id, changes),

  async remove(id) {
    const { numDeletedRows } = await db.deleteFrom("subscribers").where("id", "=", id).executeTakeFirst();
    return Number(numDeletedRows) > 0;
  },

  async accepted(id) {
    const { rows } = await acceptedBy(id).execute(db);
    if (rows[0]?.was_out) await retryingStreams(db, id).execute();
  },

  async failed(id, problem, quietMs) {
    await sql`
      update subscribers set
        failing_since = coalesce(failing_since, clock_timestamp()),
        problem = ${problem},
        quiet_until = greatest(quiet_until, clock_timestamp() + make_interval(secs => ${quietMs / 1000}))
      where id = ${id} and (failing_since is null or problem is distinct from ${problem} or ${quietMs} > 0)`.execute(
      db,
    );
  },
});

const uniqueViolation = "23505";

const change = async (db: Kysely<Tables>, id: string, changes: SubscriberChange): Promise<boolean> => {
  const { kinds, severities, problem = null, ...fields } = changes;
  try {
    const { numUpdatedRows } = await db
      .updateTable("subscribers")
      .set({
        ...fields,
        ...(kinds && { kinds: json(kinds) }),
        ...(severities && { severities: json(severities) }),
        problem,
        failing_since: null,
        quiet_until: null,
        updated_at: sql`clock_timestamp()`,
      })
      .where("id", "=", id)
      .executeTakeFirst();
    await forgivingStreams(db, id).execute();
    return Number(numUpdatedRows) > 0;
  } catch (error) {
    if (codeOf(error) === uniqueViolation) return false;
    throw error;
  }
};

const withBacklog = (db: Kysely<Tables>) =>
  db.selectFrom("subscribers").select([
    ...columns,
    sql<number>`(
      select count(*) from subscriber_streams s where s.subscriber_id = subscribers.id and s.due_at is not null
    )`.as("incidents_waiting"),
    sql<number>`(select count(*) from dead_letters d where d.subscriber_id = subscribers.id)`.as("dead"),
  ]);

/** Written once a minute at most while all goes well. */
const acceptedBy = (id: string) => sql<{ was_out: boolean }>`
  update subscribers u
  set failing_since = null, problem = null, quiet_until = null, last_accepted_at = clock_timestamp()
  from (select id, failing_since from subscribers where id = ${id}) as before
  where u.id = before.id and (
    u.failing_since is not null
    or coalesce(u.last_accepted_at < clock_timestamp() - interval '1 minute', true)
  )
  returning coalesce(before.failing_since < clock_timestamp() - ${outage}, false) as was_out`;

const retryingStreams = (db: Kysely<Tables>, id: string) =>
  db
    .updateTable("subscriber_streams")
    .set({ due_at: sql`clock_timestamp()` })
    .where("subscriber_id", "=", id)
    .where("claim", "is", null)
    .where("due_at", "is not", null);

const forgivingStreams = (db: Kysely<Tables>, id: string) =>
  retryingStreams(db, id).set({ tries: 0, failing_since: null });

type Instants = "old_secret_until" | "failing_since" | "last_accepted_at";
type Columns = Omit<SubscriberRow, Instants | "created_at" | "updated_at"> &
  Record<Instants, Date | null> & { created_at: Date; updated_at: Date };

const subscriberRow = <Row extends Columns>(row: Row) => ({
  ...row,
  old_secret_until: row.old_secret_until && iso(row.old_secret_until),
  failing_since: row.failing_since && iso(row.failing_since),
  last_accepted_at: row.last_accepted_at && iso(row.last_accepted_at),
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});
