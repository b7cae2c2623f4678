import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { nothing } from "./client.ts";
import { collect, listAll } from "./paging.ts";
import { defined, id, optionalText, text } from "./parse.ts";
import { path } from "./paths.ts";

export type RegistrantStatus = "approved" | "pending" | "denied";

// Addresses, phone numbers, answers to questions and PIN codes do not pass.
const registrantSchema = z
  .object({ id, email: text, first_name: text, last_name: text, join_url: optionalText })
  .transform((given) =>
    defined({
      id: given.id,
      email: given.email.toLowerCase(),
      name: `${given.first_name} ${given.last_name}`.trim(),
      /** Personal: whoever holds it joins as this person. Absent until approved. */
      joinUrl: given.join_url,
    }),
  );

type Registrant = z.output<typeof registrantSchema>;

/** Everybody of one status; those who cancelled are in no list. Fails when the meeting has no registration. */
export const listRegistrants = (
  zoom: ZoomClient,
  meetingId: string,
  status: RegistrantStatus,
): Promise<Registrant[]> =>
  collect(
    listAll(zoom, {
      operation: "listRegistrants",
      path: path`/meetings/${meetingId}/registrants`,
      field: "registrants",
      entry: registrantSchema,
      query: { status },
    }),
  );

const registeredSchema = z
  .object({ registrant_id: id, join_url: optionalText })
  .transform((given) => defined({ id: given.registrant_id, joinUrl: given.join_url }));

export type RegistrationRequest = { email: string; first_name: string; last_name?: string };

/**
 * Registers one person. Without a `joinUrl` in the answer, somebody has to approve them. Zoom takes the same person
 * three times a day at most.
 */
export const addRegistrant = (
  zoom: ZoomClient,
  meetingId: string,
  request: RegistrationRequest,
): Promise<z.output<typeof registeredSchema>> =>
  zoom.post(path`/meetings/${meetingId}/registrants`, {
    operation: "addRegistrant",
    body: request,
    answer: registeredSchema,
  });

/** Zoom takes 30 at a time. */
const batchSize = 30;

/** Their links stop working; Zoom tells them by mail if the meeting is set so. */
export const cancelRegistrants = async (
  zoom: ZoomClient,
  meetingId: string,
  registrants: readonly { id: string; email: string }[],
): Promise<void> => {
  for (let from = 0; from < registrants.length; from += batchSize) {
    await zoom.put(path`/meetings/${meetingId}/registrants/status`, {
      operation: "cancelRegistrants",
      body: {
        action: "cancel",
        registrants: registrants
          .slice(from, from + batchSize)
          .map(({ id: registrantId, email }) => ({ id: registrantId, email })),
      },
      answer: nothing,
    });
  }
};
