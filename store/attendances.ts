import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";
import type { Meetings } from "./types.ts";
import { json } from "./values.ts";

/** Who was on each session of a meeting. */
export const createAttendances = (db: Kysely<Tables>): Pick<Meetings, "saveAttendance" | "attendances"> => ({
  async saveAttendance(meetingId, uuid, attendance) {
    const doc = json(attendance);
    await db
      .insertInto("attendances")
      .values({ meeting_id: meetingId, uuid, doc })
      .onConflict((conflict) => conflict.columns(["meeting_id", "uuid"]).doUpdateSet({ doc }))
      .execute();
  },

  async attendances(meetingId) {
    const rows = await db
      .selectFrom("attendances")
      .select(["uuid", "doc"])
      .where("meeting_id", "=", meetingId)
      .execute();
    return rows.map(({ uuid, doc }) => ({ uuid, ...doc }));
  },
});
