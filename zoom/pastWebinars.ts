import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { collect, listAll } from "./paging.ts";
import { listOf, text } from "./parse.ts";
import { meetingSegment, path } from "./paths.ts";
import type { Instance, PastParticipant } from "./pastMeetings.ts";
import { instanceSchema, listPastParticipants } from "./pastMeetings.ts";

/** All sessions of a webinar that are over; none if it was never live. */
export const listWebinarInstances = (zoom: ZoomClient, webinarId: string): Promise<Instance[]> =>
  zoom.get(path`/past_webinars/${webinarId}/instances`, {
    operation: "listWebinarInstances",
    answer: z.object({ webinars: listOf(instanceSchema) }).transform(({ webinars }) => webinars),
  });

/** Everybody's stays in a session, complete, host and panelists among them. */
export const listWebinarParticipants = (zoom: ZoomClient, uuid: string): Promise<PastParticipant[]> =>
  listPastParticipants(zoom, uuid, { of: "webinars" });

const absenteeSchema = z
  .object({ email: text, first_name: text, last_name: text })
  .transform(({ email, first_name, last_name }) => ({
    email,
    name: `${first_name} ${last_name}`.trim() || email,
  }));

export type Absentee = z.output<typeof absenteeSchema>;

/** Who registered for a session and did not come. Zoom refuses it of webinars without registration. */
export const listAbsentees = (zoom: ZoomClient, uuid: string): Promise<Absentee[]> =>
  collect(
    listAll(zoom, {
      operation: "listAbsentees",
      path: path`/past_webinars/${meetingSegment(uuid)}/absentees`,
      field: "registrants",
      entry: absenteeSchema,
    }),
  );
