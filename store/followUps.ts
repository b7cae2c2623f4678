import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { FollowUp } from "../domain/followUp.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { EventRow } from "./events.ts";
import { aboutIncident, recordedEvent } from "./events.ts";
import type { Tables } from "./tables.ts";
import type { FollowUps } from "./types.ts";
import { json } from "./values.ts";

export const createFollowUps = (db: Kysely<Tables>): FollowUps => ({
  async save(followUp, events = []) {
    const { rows } = await aboutIncident(followUp.incident_id, saving(followUp, events).execute(db));
    return rows.map(recordedEvent);
  },

  async get(meetingId) {
    const row = await db
      .selectFrom("follow_ups")
      .select("doc")
      .where("meeting_id", "=", meetingId)
      .executeTakeFirst();
    return row?.doc;
  },

  async current(meetingId) {
    const row = await db
      .selectFrom("follow_ups as asked")
      .innerJoin("follow_ups as each", (join) =>
        join
          .onRef("each.incident_id", "=", "asked.incident_id")
          .on(sql<boolean>`each.doc ->> 'calendar_uid' = asked.doc ->> 'calendar_uid'`),
      )
      .select("each.doc")
      .where("asked.meeting_id", "=", meetingId)
      .orderBy("each.n", "desc")
      .executeTakeFirst();
    return row?.doc;
  },

  async latest(incidentId) {
    const rows = await db
      .selectFrom("follow_ups")
      .distinctOn(["runbook", "step"])
      .select("doc")
      .where("incident_id", "=", incidentId)
      .orderBy("runbook")
      .orderBy("step")
      .orderBy("n", "desc")
      .execute();
    return rows.map(({ doc }) => doc);
  },
});

const saving = (followUp: FollowUp, events: TimelineEvent[]) => sql<EventRow>`
  with saved as (
    insert into follow_ups (meeting_id, incident_id, runbook, step, n, doc)
    values (
      ${followUp.meeting_id}, ${followUp.incident_id}, ${followUp.runbook}, ${followUp.step}, ${followUp.n},
      ${json(followUp)}::jsonb
    )
    on conflict (meeting_id) do update set doc = excluded.doc
    returning incident_id
  )
  select e.incident_id, e.seq, e.doc from saved, append_timeline(saved.incident_id, ${json(events)}::jsonb) e`;
