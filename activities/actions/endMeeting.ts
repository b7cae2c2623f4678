import { z } from "zod";
import { ZoomError } from "../../zoom/errors.ts";
import { endMeeting as endZoomMeeting, getMeeting } from "../../zoom/meetings.ts";
import { defineAction } from "../action.ts";
import { meetingIdField } from "../fields.ts";

/** Ends a live meeting, and sees that it ended: Zoom answers 204 whether or not anything was running. */
export const endMeeting = defineAction({
  key: "zoom.end_meeting",
  title: "End meeting",
  description: "Ends the call for everybody in it. A meeting that is not live is left as it is.",
  category: "meetings",
  effect: "idempotent",
  scopes: [
    ["meeting:write:admin", "meeting:write", "meeting:update:status:admin", "meeting:update:status"],
    ["meeting:read:admin", "meeting:read", "meeting:read:meeting:admin", "meeting:read:meeting"],
  ],
  input: z.strictObject({ meeting_id: meetingIdField }),
  output: z.object({ meeting_id: z.string(), was_live: z.boolean() }),
  example: { meeting_id: "85746065432" },
  run: async ({ zoom, attempt }, { meeting_id }) => {
    const before = await getMeeting(zoom.client, meeting_id);
    if (before.status === "started") {
      await endZoomMeeting(zoom.client, meeting_id);
      const after = await getMeeting(zoom.client, meeting_id);
      if (after.status === "started") throw stillLive(meeting_id);
    }
    // On a later try the meeting may have ended because of the first.
    const wasLive = before.status === "started" || attempt > 1;
    const title = wasLive ? `Ended the call ${meeting_id}` : `Meeting ${meeting_id} was not live`;
    return {
      outputs: { meeting_id, was_live: wasLive },
      events: [{ kind: "step.completed", title, data: { meeting_id } }],
    };
  },
});

const stillLive = (meetingId: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Zoom took the request, but meeting ${meetingId} is still live.`,
    retryAfterMs: 2000,
    method: "PUT",
    path: `/meetings/${meetingId}/status`,
  });
