import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Bridge, Incident } from "../domain/incident.ts";
import { createDeclare } from "./declare.ts";
import type { EventRow } from "./events.ts";
import { recordedEvent } from "./events.ts";
import type { Tables } from "./tables.ts";
import type { MeetingLife } from "../domain/meetingLife.ts";
import { headCountOf } from "../domain/meetingLife.ts";
import type { IncidentFilter, IncidentRow, Incidents, TrackedMeeting } from "./types.ts";
import { bounded, fromCursor, json, paged } from "./values.ts";

const maxIncidents = 200;

export const createIncidents = (db: Kysely<Tables>): Incidents => ({
  declare: createDeclare(db),

  async get(id) {
    const row = await selectIncidents(db).where("id", "=", id).executeTakeFirst();
    return row && incidentRow(row);
  },

  async list({ limit, before, ...filter }) {
    const size = bounded(limit, maxIncidents);
    const cursor = before === undefined ? undefined : fromCursor(before);
    const rows = await filtered(selectIncidents(db), filter)
      .$if(cursor !== undefined, (query) =>
        query.where(sql<boolean>`(created_at, id) < (${cursor?.at}::timestamptz, ${cursor?.id})`),
      )
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(size + 1)
      .execute();
    const { page, next } = paged(rows.map(incidentRow), size, cursorOf);
    return { incidents: page, ...next };
  },

  async save(incident, events, started = []) {
    const saving = sql<EventRow>`
      select incident_id, seq, doc
      from save_incident(${json(incident)}::jsonb, ${json(events)}::jsonb, ${json(started)}::jsonb)`;
    const { rows } = await saving.execute(db);
    return rows.map(recordedEvent);
  },
});

/** The latest meeting that was made as the incident's bridge; how it stands follows from its life alone. */
const bridgeMeeting = sql<BridgeMeeting | null>`(
  select jsonb_build_object('meeting', m.doc, 'life', m.life, 'headCount', head_count(m.meeting_id, m.life))
  from meetings m
  where m.incident_id = incidents.id and m.doc ->> 'purpose' = 'bridge'
  order by m.created_at desc, m.meeting_id desc
  limit 1
)`;

type BridgeMeeting = { meeting: TrackedMeeting; life: MeetingLife | null; headCount: number };

const selectIncidents = (db: Kysely<Tables>) =>
  db.selectFrom("incidents").select(["doc", bridgeMeeting.as("bridge"), "last_seq"]);

const ended = ["resolved", "closed"];

const filtered = (query: ReturnType<typeof selectIncidents>, filter: IncidentFilter) => {
  const { severity, status, open, q } = filter;
  let narrowed = query;
  if (severity !== undefined) narrowed = narrowed.where("severity", "=", severity);
  if (status !== undefined) narrowed = narrowed.where("status", "=", status);
  if (open !== undefined) narrowed = narrowed.where("status", open ? "not in" : "in", ended);
  if (q !== undefined && q.trim() !== "") narrowed = narrowed.where(mentions(q.trim()));
  return narrowed;
};

const mentions = (words: string) => {
  const pattern = `%${words.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<boolean>`concat_ws(' ', id, doc ->> 'short_id', doc ->> 'title', doc ->> 'service') ilike ${pattern}`;
};

const incidentRow = (row: {
  doc: Incident;
  bridge: BridgeMeeting | null;
  last_seq: number;
}): IncidentRow => ({
  incident: row.doc,
  bridge: row.bridge && bridgeOf(row.bridge),
  lastSeq: row.last_seq,
});

const bridgeOf = ({ meeting, life, headCount }: BridgeMeeting): Bridge => ({
  meeting_id: meeting.meeting_id,
  join_url: meeting.join_url,
  ...(meeting.passcode !== undefined && { passcode: meeting.passcode }),
  state: life?.state ?? "waiting",
  head_count: headCountOf(life, headCount),
  ...(meeting.follow?.endOnResolve && { ends_on_resolve: true }),
});

const cursorOf = ({ incident }: IncidentRow) => ({ at: incident.created_at, id: incident.id });
