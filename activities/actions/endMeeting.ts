import { z } from "zod";
import { ZoomError } from "../../zoom/errors.ts";
import { getMeeting } from "../../zoom/meetings.ts";
import { getPastMeeting } from "../../zoom/pastMeetings.ts";
import type { ActionContext } from "../action.ts";
import { defineAction } from "../action.ts";
import { endCall } from "../endCall.ts";
import { meetingIdField } from "../fields.ts";
import { explained } from "../refusal.ts";
import { endMeetingScopes, readMeetingScopes } from "../scopes.ts";

/** Ends a live meeting, and sees that it ended: Zoom answers 204 whether or not anything was running. */
export const endMeeting = defineAction({
  key: "zoom.end_meeting",
  title: "End meeting",
  description: "Ends the call for everybody in it. A meeting that is not live is left as it is.",
  category: "meetings",
  effect: "idempotent",
  scopes: [endMeetingScopes, readMeetingScopes],
  input: z.strictObject({ meeting_id: meetingIdField }),
  output: z.object({
    meeting_id: z.string(),
    was_live: z.boolean().meta({ description: "false: nobody was in it, so there was nothing to end" }),
  }),
  example: { meeting_id: "85746065432" },
  run: async (context, { meeting_id }) => {
    const wasLive = await endIfLive(context, meeting_id);
    const title = wasLive
      ? `Ended the call ${meeting_id}`
      : `Nothing to end: meeting ${meeting_id} is not live`;
    return {
      outputs: { meeting_id, was_live: wasLive },
      events: [{ kind: "step.completed", title, data: { meeting_id, was_live: wasLive } }],
    };
  },
});

/** False when there was nothing to end, or it ended before Zoom heard of it. */
const endIfLive = async (context: ActionContext, meetingId: string): Promise<boolean> => {
  const { client } = context.zoom;
  try {
    const { status } = await getMeeting(client, meetingId);
    return status === "started"
      ? await endCall(client, meetingId)
      : await endedByEarlierTry(context, meetingId);
  } catch (error) {
    if (!(error instanceof ZoomError) || error.code !== "not_found") throw error;
    throw explained(error, {
      field: "meeting_id",
      advice: "It was deleted or has expired, so there is no call to end: skip the step, or correct the id.",
    });
  }
};

/** A try whose answer was lost may have ended the call: then it ended after the step was asked for. */
const endedByEarlierTry = async (
  { zoom, attempt, askedAtMs }: ActionContext,
  meetingId: string,
): Promise<boolean> => {
  if (attempt === 1) return false;
  const past = await getPastMeeting(zoom.client, meetingId).catch((error: unknown) => {
    if (error instanceof ZoomError) return undefined;
    throw error;
  });
  return past !== undefined && past.endMs >= askedAtMs;
};
