import type { RecordedEvent, TimelineEvent } from "../domain/timeline.ts";
import { StoreError, codeOf } from "./storeError.ts";

/** What `append_timeline` answers, as far as it is read. */
export type EventRow = { incident_id: string; seq: number; doc: TimelineEvent };

export const recordedEvent = (row: EventRow): RecordedEvent => ({
  ...row.doc,
  seq: row.seq,
  incident_id: row.incident_id,
});

/** `append_timeline`'s own code, and a foreign key that points at no incident. */
const unknownIncident = new Set(["ZR404", "23503"]);

/** Waits for a statement about an incident, and says clearly when there is no such incident. */
export const aboutIncident = async <T>(incidentId: string, statement: Promise<T>): Promise<T> => {
  try {
    return await statement;
  } catch (error) {
    if (!unknownIncident.has(codeOf(error) ?? "")) throw error;
    throw new StoreError(
      "incident_unknown",
      `There is no incident ${incidentId} in the store: declare it first`,
      {
        cause: error,
      },
    );
  }
};
