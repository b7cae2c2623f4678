import { z } from "zod";
import { ZoomError } from "../../zoom/errors.ts";
import { endMeeting as endZoomMeeting, getMeeting } from "../../zoom/meetings.ts";
import { getPastMeeting } from "../../zoom/pastMeetings.ts";
import type { ActionContext } from "../action.ts";
import { defineAction } from "../action.ts";
import { meetingIdField } from "../fields.ts";
import { explained } from "../refusal.ts";
import { stillLive } from "../liveCall.ts";
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
    const wasLive = (await isLive(context, meeting_id))
      ? await end(context, meeting_id)
      : await endedByEarlierTry(context, meeting_id);
    const title = wasLive
      ? `Ended the call ${meeting_id}`
      : `Nothing to end: meeting ${meeting_id} is not live`;
    return {
      outputs: { meeting_id, was_live: wasLive },
      events: [{ kind: "step.completed", title, data: { meeting_id, was_live: wasLive } }],
    };
  },
});

const isLive = async ({ zoom }: ActionContext, meetingId: string): Promise<boolean> => {
  try {
    return (await getMeeting(zoom.client, meetingId)).status === "started";
  } catch (error) {
    if (!(error instanceof ZoomError) || error.code !== "not_found") throw error;
    throw explained(error, {
      field: "meeting_id",
      advice: "It was deleted or has expired, so there is no call to end: skip the step, or correct the id.",
    });
  }
};

/** False when the call was over before Zoom heard of it, which Zoom may refuse in words of its own. */
const end = async (context: ActionContext, meetingId: string): Promise<boolean> => {
  const refused = await endZoomMeeting(context.zoom.client, meetingId).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refused !== undefined && !isAboutMeeting(refused)) throw refused;
  const isLiveStill = await isLive(context, meetingId);
  if (isLiveStill) throw refused ?? stillLive("meeting", meetingId);
  return refused === undefined;
};

/** "Not started" and "ended already" have no code of their own: what counts is how the meeting stands after it. */
const isAboutMeeting = (error: unknown): boolean =>
  error instanceof ZoomError && ["invalid_input", "not_ready", "not_found"].includes(error.code);

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
