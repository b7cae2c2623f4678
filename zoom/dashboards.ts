import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { collect, listAll } from "./paging.ts";
import { defined, optionalText, optionalTimeMs, text } from "./parse.ts";
import { meetingSegment, path } from "./paths.ts";

const participantSchema = z
  .object({
    id: optionalText,
    user_id: optionalText,
    participant_uuid: optionalText,
    registrant_id: optionalText,
    user_name: text,
    email: optionalText,
    device: text,
    status: optionalText,
    join_time: optionalTimeMs.pipe(z.number()),
    leave_time: optionalTimeMs,
  })
  .transform((given) =>
    defined({
      participantUuid: given.participant_uuid,
      /** One connection: whoever comes back has another one. */
      connectionId: given.user_id,
      /** Absent for people outside the account. */
      userId: given.id,
      email: given.email,
      registrantId: given.registrant_id,
      name: given.user_name,
      byPhone: given.device === "Phone",
      inWaitingRoom: given.status === "in_waiting_room",
      joinMs: given.join_time,
      /** Absent while they are there. */
      leaveMs: given.leave_time,
    }),
  );

/** One stay in a call that goes on. */
export type LiveParticipant = z.output<typeof participantSchema>;

/** Who has come to a call that is live, by its UUID; those who left, too. Accounts without a dashboard are refused. */
export const listLiveParticipants = (zoom: ZoomClient, uuid: string): Promise<LiveParticipant[]> =>
  collect(
    listAll(zoom, {
      operation: "listLiveParticipants",
      path: path`/metrics/meetings/${meetingSegment(uuid)}/participants`,
      field: "participants",
      entry: participantSchema,
      query: { type: "live", include_fields: "registrant_id" },
      maxPages: 10,
    }),
  );
