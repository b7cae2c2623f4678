import { z } from "zod";
import { deleteMeeting as deleteZoomMeeting } from "../../zoom/meetings.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { defineAction } from "../action.ts";
import { meetingIdField } from "../fields.ts";
import { explained } from "../refusal.ts";
import { deleteMeetingScopes } from "../scopes.ts";
import { takingBack } from "../takingBack.ts";

const input = z.strictObject({
  meeting_id: meetingIdField,
  occurrence_id: z.string().min(1).max(50).optional().meta({
    title: "Occurrence id",
    description: "One date of a recurring meeting; the whole meeting if left out",
  }),
  notify_hosts: z.boolean().default(false).meta({ title: "Tell host and alternative hosts by mail" }),
  notify_registrants: z.boolean().default(false).meta({ title: "Tell people who registered by mail" }),
});

type Input = z.output<typeof input>;

/** Deletes a meeting; one that is gone already is as good as deleted. */
export const deleteMeeting = defineAction({
  key: "zoom.delete_meeting",
  title: "Delete meeting",
  description:
    "Deletes a meeting in Zoom, or one date of it, telling people by mail if asked. Recordings stay.",
  category: "meetings",
  effect: "idempotent",
  scopes: [deleteMeetingScopes],
  input,
  output: z.object({ meeting_id: z.string(), was_there: z.boolean() }),
  example: { meeting_id: "85746065432" },
  run: async ({ zoom, store }, given) => {
    const { meeting_id, occurrence_id } = given;
    const remove = () =>
      deleteZoomMeeting(zoom.client, meeting_id, {
        occurrenceId: occurrence_id,
        notifyHosts: given.notify_hosts,
        notifyRegistrants: given.notify_registrants,
      });
    // One date of it leaves the meeting there, for others to delete.
    const removing = occurrence_id === undefined ? takingBack(store, meeting_id, remove) : remove();
    const wasThere = await removing.then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof ZoomError)) throw error;
        if (error.code === "not_found") return false;
        throw clearer(error);
      },
    );
    return {
      outputs: { meeting_id, was_there: wasThere },
      events: [{ kind: "step.completed", title: titleOf(given, wasThere), data: { meeting_id } }],
    };
  },
});

const endFirst = "People are in the call: end it first (zoom.end_meeting), then retry the step.";

const clearer = (error: ZoomError): ZoomError => {
  // Zoom's current documents do not list 3002 any more.
  if (error.zoomCode === 3002) return explained(error, { field: "meeting_id", advice: endFirst });
  if (error.code === "invalid_input" && error.message.includes("occurrence_id"))
    return explained(error, { field: "occurrence_id", advice: nameOne });
  return error;
};

const nameOne = "zoom.get_meeting lists the dates to come: name one of them, or skip the step.";

const titleOf = (given: Input, wasThere: boolean): string => {
  const { meeting_id, occurrence_id, notify_hosts, notify_registrants } = given;
  const what = occurrence_id === undefined ? `meeting ${meeting_id}` : `one date of meeting ${meeting_id}`;
  if (!wasThere) return `Nothing to delete: ${what} was gone already`;
  const told = [notify_hosts ? "hosts" : "", notify_registrants ? "registrants" : ""].filter(Boolean);
  return `Deleted ${what}${told.length > 0 ? `; Zoom tells its ${told.join(" and ")} by mail` : ""}`;
};
