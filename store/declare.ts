import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Incident } from "../domain/incident.ts";
import type { Runbook } from "../domain/runbook.ts";
import type { Tables } from "./tables.ts";
import type { Incidents, Planned } from "./types.ts";
import { json } from "./values.ts";

const maxRunbooks = 1000;

/**
 * Declares in one statement, though the plan depends on the runbooks: it is made of what this process knows of them, and
 * the statement writes only if they still are at that state. If not, they are read again.
 */
export const createDeclare = (db: Kysely<Tables>): Incidents["declare"] => {
  let known: Known | undefined;

  return async (incident, planning) => {
    for (;;) {
      const { state, runbooks } = (known ??= await read(db));
      const planned = planning?.(runbooks);
      const { rows } = await declaring(incident, planned ?? nothing, state).execute(db);
      const row = rows[0];
      if (row) return { incident: row.doc, created: row.created, planned };
      known = undefined;
    }
  };
};

type Known = { state: string; runbooks: Runbook[] };

const nothing: Planned = { events: [], started: [] };

/** Saving a runbook adds to the sum; as long as none is saved, removing one adds to the count. */
const stateOfRunbooks = sql<string>`(select sum(version) || '/' || count(removed_at) from runbooks)`;

const selectKnown = sql<Known>`
  select coalesce(${stateOfRunbooks}, '') as state, coalesce(json_agg(doc), '[]') as runbooks
  from (
    select doc from runbooks where removed_at is null order by key limit ${sql.lit(maxRunbooks)}
  ) as kept`;

const read = async (db: Kysely<Tables>): Promise<Known> => {
  const { rows } = await selectKnown.execute(db);
  return rows[0] ?? { state: "", runbooks: [] };
};

/** No row: the runbooks have changed. The update changes nothing; it makes the row that is there answer. */
const declaring = (incident: Incident, { events, started }: Planned, state: string) =>
  sql<{ doc: Incident; created: boolean }>`
  with declared as (
    insert into incidents as i (id, doc, created_at, updated_at)
    select
      ${incident.id}, ${json(incident)}::jsonb,
      ${incident.created_at}::timestamptz, ${incident.updated_at}::timestamptz
    where coalesce(${stateOfRunbooks}, '') = ${state}
    on conflict (id) do update set last_seq = i.last_seq
    returning id, doc, xmax = 0 as created
  ),
  started as (
    insert into executions (id, incident_id, doc, started_at)
    select e ->> 'id', declared.id, e, (e ->> 'started_at')::timestamptz
    from declared, jsonb_array_elements(${json(started)}::jsonb) as e
    where declared.created
  )
  select doc, created,
    case when created then (select count(*) from append_timeline(id, ${json(events)}::jsonb)) end as appended
  from declared`;
