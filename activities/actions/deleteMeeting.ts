import { z } from "zod";
import { deleteMeeting as deleteZoomMeeting } from "../../zoom/meetings.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { defineAction } from "../action.ts";
import { meetingIdField } from "../fields.ts";

/** Deletes a meeting; one that is gone already is as good as deleted. */
export const deleteMeeting = defineAction({
  key: "zoom.delete_meeting",
  title: "Delete meeting",
  description: "Deletes a scheduled meeting in Zoom. Its recordings stay.",
  category: "meetings",
  effect: "idempotent",
  scopes: [
    ["meeting:write:admin", "meeting:write", "meeting:delete:meeting:admin", "meeting:delete:meeting"],
  ],
  input: z.strictObject({
    meeting_id: meetingIdField,
    notify_hosts: z.boolean().default(false).meta({ title: "Tell host and alternative hosts by mail" }),
  }),
  output: z.object({ meeting_id: z.string(), was_there: z.boolean() }),
  example: { meeting_id: "85746065432" },
  run: async ({ zoom }, { meeting_id, notify_hosts }) => {
    const wasThere = await deleteZoomMeeting(zoom.client, meeting_id, { notifyHosts: notify_hosts }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ZoomError && error.code === "not_found") return false;
        throw error;
      },
    );
    const title = wasThere ? `Deleted meeting ${meeting_id}` : `Meeting ${meeting_id} was gone already`;
    return {
      outputs: { meeting_id, was_there: wasThere },
      events: [{ kind: "step.completed", title, data: { meeting_id } }],
    };
  },
});
