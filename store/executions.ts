import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Execution } from "../domain/plan.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { EventRow } from "./events.ts";
import { aboutIncident, recordedEvent } from "./events.ts";
import type { Tables } from "./tables.ts";
import type { Executions } from "./types.ts";
import { bounded, fromCursor, json, paged } from "./values.ts";

const maxExecutions = 200;
const maxOfIncident = 1000;
const maxParked = 500;

export const createExecutions = (db: Kysely<Tables>): Executions => ({
  async save(execution, events = []) {
    const statement = events.length === 0 ? saving(execution) : savingWith(execution, events);
    const { rows } = await aboutIncident(execution.incident_id, statement.execute(db));
    return rows.map(recordedEvent);
  },

  async get(id) {
    const row = await db.selectFrom("executions").select("doc").where("id", "=", id).executeTakeFirst();
    return row?.doc;
  },

  async listByIncident(incidentId) {
    const rows = await db
      .selectFrom("executions")
      .select("doc")
      .where("incident_id", "=", incidentId)
      .orderBy("started_at")
      .orderBy("id")
      .limit(maxOfIncident)
      .execute();
    return rows.map(({ doc }) => doc);
  },

  listParked: () => listParked(db),

  async list({ limit, before, state }) {
    const size = bounded(limit, maxExecutions);
    let query = db.selectFrom("executions").select("doc");
    if (state !== undefined) query = query.where("state", "=", state);
    if (before !== undefined) {
      const { at, id } = fromCursor(before);
      query = query.where(sql<boolean>`(started_at, id) < (${at}::timestamptz, ${id})`);
    }
    const rows = await query
      .orderBy("started_at", "desc")
      .orderBy("id", "desc")
      .limit(size + 1)
      .execute();
    const { page, next } = paged(
      rows.map(({ doc }) => doc),
      size,
      ({ started_at, id }) => ({ at: started_at, id }),
    );
    return { executions: page, ...next };
  },
});

const listParked = async (db: Kysely<Tables>): Promise<Execution[]> => {
  const rows = await db
    .selectFrom("executions")
    .select("doc")
    // As the index has it.
    .where(sql<boolean>`not ended and doc @> '{"steps": [{"state": "parked"}]}'`)
    .orderBy("started_at")
    .limit(maxParked)
    .execute();
  return rows.map(({ doc }) => doc);
};

const saving = (execution: Execution) => sql<EventRow>`
  insert into executions as e (id, incident_id, doc, started_at)
  values (
    ${execution.id}, ${execution.incident_id}, ${json(execution)}::jsonb, ${execution.started_at}::timestamptz
  )
  on conflict (id) do update set doc = excluded.doc
    where excluded.doc ->> 'ended_at' is not null or not e.ended`;

const savingWith = (execution: Execution, events: TimelineEvent[]) => sql<EventRow>`
  with saved as (${saving(execution)})
  select incident_id, seq, doc from append_timeline(${execution.incident_id}, ${json(events)}::jsonb)`;
