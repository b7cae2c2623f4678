import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { EventRow } from "./events.ts";
import { aboutIncident, recordedEvent } from "./events.ts";
import type { Tables } from "./tables.ts";
import type { Timeline } from "./types.ts";
import { bounded, json } from "./values.ts";

const maxEvents = 1000;

export const createTimeline = (db: Kysely<Tables>, subscribe: Timeline["subscribe"]): Timeline => ({
  async append(incidentId, events) {
    if (events.length === 0) return [];
    const appending = sql<EventRow>`
      select incident_id, seq, doc from append_timeline(${incidentId}, ${json(events)}::jsonb)`;
    const { rows } = await aboutIncident(incidentId, appending.execute(db));
    return rows.map(recordedEvent);
  },

  async list(incidentId, { after = 0, limit }) {
    const rows = await db
      .selectFrom("timeline_events")
      .select(["incident_id", "seq", "doc"])
      .where("incident_id", "=", incidentId)
      .where("seq", ">", after)
      .orderBy("seq")
      .limit(bounded(limit, maxEvents))
      .execute();
    return rows.map(recordedEvent);
  },

  subscribe,
});
