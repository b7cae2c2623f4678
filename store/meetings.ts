import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { FollowUp } from "../domain/followUp.ts";
import { isWithdrawn } from "../domain/followUp.ts";
import type { Incident } from "../domain/incident.ts";
import { isOver } from "../domain/incidentChange.ts";
import type { MeetingLife } from "../domain/meetingLife.ts";
import { newLife } from "../domain/meetingLife.ts";
import { expectedPeople } from "../domain/people.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import { createAttendances } from "./attendances.ts";
import { aboutIncident } from "./events.ts";
import { createMovements } from "./movements.ts";
import { StoreError } from "./storeError.ts";
import type { Tables } from "./tables.ts";
import type { MeetingRow, Meetings, TrackedMeeting } from "./types.ts";
import { json } from "./values.ts";

const maxOfIncident = 1000;

/** Writers of one meeting are few: its webhooks and its workflow. More tries than that mean that something is wrong. */
const mostTries = 50;

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

  async addRegistrants(meetingId, registrants) {
    await sql`
      update meetings
      set doc = doc || jsonb_build_object('registrants', coalesce(doc -> 'registrants', '{}') || ${json(registrants)}::jsonb)
      where meeting_id = ${meetingId}`.execute(db);
  },

  get: (meetingId) => get(db, meetingId),

  async listByIncident(incidentId) {
    const rows = await selectMeetings(db)
      .where("meetings.incident_id", "=", incidentId)
      .orderBy("meetings.created_at")
      .orderBy("meetings.meeting_id")
      .limit(maxOfIncident)
      .execute();
    return rows.map(meetingRow);
  },

  async bridgesByHost(sinceMs) {
    const { rows } = await sql<{ host: string; bridges: number }>`
      select lower(meetings.doc ->> 'host') as host, count(*)::int as bridges
      from incidents join meetings on meetings.incident_id = incidents.id
      where incidents.created_at > ${new Date(sinceMs).toISOString()}::timestamptz
        and incidents.status not in ('resolved', 'closed')
        and meetings.doc ->> 'purpose' = 'bridge'
        and coalesce(meetings.life ->> 'state', 'waiting') in ('waiting', 'live')
      group by 1`.execute(db);
    return Object.fromEntries(rows.map(({ host, bridges }) => [host, bridges]));
  },

  changeLife: (meetingId, change, options) => changeLife(db, meetingId, change, options),
  ...createMovements(db),
  ...createAttendances(db),
});

const get = async (db: Kysely<Tables>, meetingId: string): Promise<MeetingRow | undefined> => {
  const row = await selectMeetings(db).where("meetings.meeting_id", "=", meetingId).executeTakeFirst();
  return row && meetingRow(row);
};

const changeLife = async (
  db: Kysely<Tables>,
  ...[meetingId, change, { heard = false } = {}]: Parameters<Meetings["changeLife"]>
): ReturnType<Meetings["changeLife"]> => {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const row = await get(db, meetingId);
    if (!row) throw unknownMeeting(meetingId);
    const before = row.life ?? newLife();
    const { life, events = [] } = change(before, row);
    if (events.length === 0 && !heard && JSON.stringify(life) === JSON.stringify(before))
      return { before, life };
    const { rows } = await replacing(row, life, events, heard).execute(db);
    if (rows.length > 0) return { before, life };
  }
  throw new Error(`The life of meeting ${meetingId} is written by too many at once`);
};

const unknownMeeting = (meetingId: string): StoreError =>
  new StoreError("meeting_unknown", `Meeting ${meetingId} is not in the store: save it first`);

const selectMeetings = (db: Kysely<Tables>) =>
  db
    .selectFrom("meetings")
    .innerJoin("incidents", "incidents.id", "meetings.incident_id")
    .leftJoin("follow_ups", "follow_ups.meeting_id", "meetings.meeting_id")
    .select([
      "meetings.doc",
      "meetings.life",
      sql<Pick<Incident, "owner" | "responders">>`jsonb_build_object(
        'owner', incidents.doc -> 'owner', 'responders', incidents.doc -> 'responders')`.as("people"),
      "incidents.status",
      "follow_ups.doc as follow_up",
    ]);

const meetingRow = (row: {
  doc: TrackedMeeting;
  life: MeetingLife | null;
  people: Pick<Incident, "owner" | "responders">;
  status: string;
  follow_up: FollowUp | null;
}): MeetingRow => ({
  meeting: row.doc,
  life: row.life,
  expected: expectedPeople(row.people),
  isResolved: isOver(row.status),
  isWithdrawn: row.follow_up !== null && isWithdrawn(row.follow_up),
});

/** Writes only if nobody else has since it was read: what was computed of it would be wrong. */
const replacing = (
  { meeting, life: before }: MeetingRow,
  life: MeetingLife,
  events: TimelineEvent[],
  heard: boolean,
) => sql`
  with saved as (
    update meetings
    set life = ${json(life)}::jsonb,
        heard_at = case when ${heard}::boolean then clock_timestamp() else heard_at end
    where meeting_id = ${meeting.meeting_id} and life is not distinct from ${before && json(before)}::jsonb
    returning incident_id
  )
  select saved.incident_id, count(e.seq) as added
  from saved left join lateral append_timeline(saved.incident_id, ${json(events)}::jsonb) e on true
  group by saved.incident_id`;
