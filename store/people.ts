import type { Kysely, RawBuilder } from "kysely";
import { sql } from "kysely";
import { olderThan } from "./purge.ts";
import type { Tables } from "./tables.ts";
import type { KeptRecord, People } from "./types.ts";
import { json } from "./values.ts";

/** A column of documents that tell of people, and the incident that a row belongs to. */
type Place = { table: keyof Tables; column: string; incident: "id" | "incident_id" | "meeting" };

/**
 * Whatever an incident keeps of people: a new column is a line here, and one in docs/personal-data.md. What tells who they
 * are comes last, so that rewriting may be interrupted.
 */
const places: readonly Place[] = [
  { table: "timeline_events", column: "doc", incident: "incident_id" },
  { table: "executions", column: "doc", incident: "incident_id" },
  { table: "meetings", column: "doc", incident: "incident_id" },
  { table: "meetings", column: "life", incident: "incident_id" },
  { table: "follow_ups", column: "doc", incident: "incident_id" },
  { table: "meeting_movements", column: "doc", incident: "meeting" },
  { table: "attendances", column: "doc", incident: "meeting" },
  { table: "incidents", column: "doc", incident: "id" },
];

/** What is no incident's, where somebody's email may stand all the same. */
const elsewhere: readonly { table: keyof Tables; text: string }[] = [
  { table: "connectors", text: "hosts::text || created_by" },
  { table: "connector_sign_ins", text: "started_by" },
  { table: "runbooks", text: "source || updated_by" },
  { table: "runbook_versions", text: "source || created_by" },
  { table: "api_keys", text: "name" },
  { table: "intents", text: "host" },
  { table: "subscribers", text: "created_by" },
  { table: "console_sessions", text: "person || name" },
  { table: "audit_log", text: "actor_id || actor_name" },
];

const hourMs = 3_600_000;

/** Its workflow, which would write of its people again, has ended: an hour after it was closed, a week after it was resolved. */
const isSettled = sql<boolean>`
  i.updated_at < ${olderThan(hourMs)} and (i.status = 'closed'
    or i.status = 'resolved' and i.updated_at < ${olderThan(8 * 24 * hourMs)})
  and not exists (select from executions e where e.incident_id = i.id and not e.ended)`;

const atOnce = 100;

export const createPeople = (db: Kysely<Tables>): People => ({
  ...createForgetting(db),

  async incidentsWith(email) {
    const { rows } = await sql<{ id: string; settled: boolean }>`
      select i.id, (${isSettled}) as settled from incidents i
      where i.id in (${sql.join(
        places.map((place) => mentioning(place, email)),
        sql` union `,
      )})
      order by i.created_at, i.id`.execute(db);
    return rows;
  },

  async overdue(olderThanMs) {
    const { rows } = await sql<{ id: string; lastSeq: number }>`
      select i.id, i.last_seq as "lastSeq" from incidents i
      where ${isSettled} and i.updated_at < ${olderThan(olderThanMs)}
        and i.people_forgotten_seq is distinct from i.last_seq
      order by i.updated_at limit ${atOnce}`.execute(db);
    return rows;
  },

  async records(incidentId) {
    const records: KeptRecord[] = [];
    for (const place of places) records.push(...(await recordsOf(db, place, incidentId)));
    return records;
  },

  async elsewhere(email) {
    const found: string[] = [];
    for (const { table, text } of elsewhere) {
      const { rows } = await sql`
        select from ${sql.table(table)} where position(${email} in lower(${sql.raw(text)})) > 0 limit 1`.execute(
        db,
      );
      if (rows.length > 0) found.push(table);
    }
    return found;
  },
});

type Forgetting = Pick<People, "forgetAttendance" | "forgotten" | "forgetSendings">;

const createForgetting = (db: Kysely<Tables>): Forgetting => ({
  async forgetAttendance(incidentId) {
    for (const table of ["meeting_movements", "attendances"] as const)
      await sql`delete from ${sql.table(table)} where ${ofIncident("meeting", incidentId)}`.execute(db);
  },

  async forgotten(incidentId, seq) {
    await db
      .updateTable("incidents")
      .set({ people_forgotten_seq: seq })
      .where("id", "=", incidentId)
      .execute();
  },

  async forgetSendings(words) {
    for (const word of words)
      await sql`delete from sendings where position(lower(${word}) in lower(key)) > 0`.execute(db);
  },
});

const meetingsOf = (incident: RawBuilder<unknown>) =>
  sql`(select meeting_id from meetings where incident_id = ${incident})`;

const ofIncident = (incident: Place["incident"], id: string) =>
  incident === "meeting" ? sql`meeting_id in ${meetingsOf(sql`${id}`)}` : sql`${sql.ref(incident)} = ${id}`;

const mentioning = ({ table, column, incident }: Place, email: string) => {
  const holds = sql`position(${email} in lower(t.${sql.ref(column)}::text)) > 0`;
  return incident === "meeting"
    ? sql`select m.incident_id from ${sql.table(table)} t join meetings m using (meeting_id) where ${holds}`
    : sql`select t.${sql.ref(incident)} from ${sql.table(table)} t where ${holds}`;
};

const recordsOf = async (db: Kysely<Tables>, place: Place, incidentId: string): Promise<KeptRecord[]> => {
  const { table, column, incident } = place;
  const { rows } = await sql<{ at: string; doc: object }>`
    select ctid::text as at, ${sql.ref(column)} as doc from ${sql.table(table)}
    where ${ofIncident(incident, incidentId)} and ${sql.ref(column)} is not null`.execute(db);
  return rows.map(({ at, doc }) => ({
    place: column === "doc" ? table : `${table}.${column}`,
    doc,
    replace: async (changed) => {
      // Where a row lies changes with every change of it, so a row that is another one by now is not found.
      const { rows: replaced } = await sql`
        update ${sql.table(table)} set ${sql.ref(column)} = ${json(changed)}::jsonb
        where ctid = ${at}::tid and ${sql.ref(column)} = ${json(doc)}::jsonb
        returning 1 as one`.execute(db);
      return replaced.length > 0;
    },
  }));
};
