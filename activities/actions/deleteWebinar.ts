import { z } from "zod";
import { ZoomError } from "../../zoom/errors.ts";
import { deleteWebinar as deleteZoomWebinar } from "../../zoom/webinars.ts";
import { defineAction } from "../action.ts";
import { webinarIdField } from "../fields.ts";
import { takingBack } from "../takingBack.ts";

/** Deletes a webinar; one that is gone already is as good as deleted. */
export const deleteWebinar = defineAction({
  key: "zoom.delete_webinar",
  title: "Delete webinar",
  description:
    "Deletes a scheduled webinar in Zoom. One that is live must be ended first; its recordings stay.",
  category: "webinars",
  effect: "idempotent",
  scopes: [
    ["webinar:write:admin", "webinar:write", "webinar:delete:webinar:admin", "webinar:delete:webinar"],
  ],
  input: z.strictObject({
    webinar_id: webinarIdField,
    notify: z.boolean().default(false).meta({ title: "Tell panelists and people who registered by mail" }),
  }),
  output: z.object({ webinar_id: z.string(), was_there: z.boolean() }),
  example: { webinar_id: "85746065432" },
  run: async ({ zoom, store }, { webinar_id, notify }) => {
    const remove = () => deleteZoomWebinar(zoom.client, webinar_id, notify);
    const wasThere = await takingBack(store, webinar_id, remove).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ZoomError && error.code === "not_found") return false;
        throw error;
      },
    );
    const title = wasThere ? `Deleted webinar ${webinar_id}` : `Webinar ${webinar_id} was gone already`;
    return {
      outputs: { webinar_id, was_there: wasThere },
      events: [{ kind: "step.completed", title, data: { meeting_id: webinar_id } }],
    };
  },
});
