import type { ZoomClient } from "./client.ts";
import { nothing } from "./client.ts";
import { ZoomError } from "./errors.ts";
import { path } from "./paths.ts";

/** What can be asked of a meeting that is live; calls by phone and to rooms also of one that is not. */
export type LiveControl =
  | { method: `recording.${"start" | "stop" | "pause" | "resume"}` }
  | { method: "participant.invite"; params: { contacts: { id: string }[] } }
  | {
      method: "participant.invite.callout";
      params: {
        invitee_name: string;
        /** With country code; an extension follows after a dash. */
        phone_number: string;
        invite_options: { require_greeting: boolean; require_pressing_one: boolean };
      };
    }
  | {
      method: "participant.invite.room_system_callout";
      params: { call_type: "h323" | "sip"; device_ip: string };
    }
  | { method: "participant.remove"; params: { participant_uuid: string } };

/** Contacts in one request. */
export const contactsAtOnce = 10;

/**
 * Zoom only queues the request and answers nothing: what came of it, its webhooks tell. Of a meeting that is not live
 * it says the same as of one that does not exist.
 */
export const controlLiveMeeting = (
  zoom: ZoomClient,
  meetingId: string,
  control: LiveControl,
): Promise<void> =>
  zoom.patch(path`/live_meetings/${meetingId}/events`, {
    operation: "controlLiveMeeting",
    body: control,
    answer: nothing,
  });

/** Whether a request that failed may have been carried out all the same: its answer was lost, or broke off. */
export const mayHaveHappened = ({ method, code, status = 0 }: ZoomError): boolean =>
  method === "PATCH" && (code === "outcome_unknown" || status >= 500 || status === 408);

/** Zoom means the rights of who asks, and says only "No permission." */
export const explained = (error: unknown): unknown => {
  if (!(error instanceof ZoomError) || error.code !== "permission") return error;
  const { code, message, method, path: at, status, zoomCode, trackingId } = error;
  const advice =
    "The app's user must host the meeting or be an alternative host of it, and the account must allow this in meetings: ask a Zoom administrator, then retry the step.";
  return new ZoomError({ code, message, method, path: at, status, zoomCode, trackingId, advice });
};
