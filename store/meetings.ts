import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { MeetingLife } from "../domain/meetingLife.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { EventRow } from "./events.ts";
import { aboutIncident, recordedEvent } from "./events.ts";
import { StoreError } from "./storeError.ts";
import type { Tables } from "./tables.ts";
import type { Meetings } from "./types.ts";
import { json } from "./values.ts";

const maxOfIncident = 1000;

export const createMeetings = (db: Kysely<Tables>): Meetings => ({
  async save(meeting) {
    const { meeting_id, incident_id, created_at } = meeting;
    const row = { incident_id, doc: json(meeting), created_at };
    const saving = db
      .insertInto("meetings")
      .values({ meeting_id, ...row })
      .onConflict((conflict) => conflict.column("meeting_id").doUpdateSet(row));
    await aboutIncident(incident_id, saving.execute());
  },

  async get(meetingId) {
    const row = await selectMeetings(db).where("meeting_id", "=", meetingId).executeTakeFirst();
    return row && { meeting: row.doc, life: row.life };
  },

  async listByIncident(incidentId) {
    const rows = await selectMeetings(db)
      .where("incident_id", "=", incidentId)
      .orderBy("created_at")
      .orderBy("meeting_id")
      .limit(maxOfIncident)
      .execute();
    return rows.map(({ doc, life }) => ({ meeting: doc, life }));
  },

  async saveLife(meetingId, life, events = []) {
    const { rows } = await savingLife(meetingId, life, events).execute(db);
    if (rows.length === 0)
      throw new StoreError("meeting_unknown", `Meeting ${meetingId} is not in the store: save it first`);
    return rows.filter(isEvent).map(recordedEvent);
  },
});

const selectMeetings = (db: Kysely<Tables>) => db.selectFrom("meetings").select(["doc", "life"]);

/** No row: the meeting is unknown. One without an event: there is none that is new. */
const savingLife = (meetingId: string, life: MeetingLife, events: TimelineEvent[]) => sql<EventRow | NoEvent>`
  with saved as (
    update meetings set life = ${json(life)}::jsonb where meeting_id = ${meetingId} returning incident_id
  )
  select saved.incident_id, e.seq, e.doc
  from saved left join lateral append_timeline(saved.incident_id, ${json(events)}::jsonb) e on true`;

type NoEvent = { incident_id: string; seq: null; doc: null };

const isEvent = (row: EventRow | NoEvent): row is EventRow => row.seq !== null;
