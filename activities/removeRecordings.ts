import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Removal } from "../zoom/recordingRemovals.ts";
import { deleteRecordings } from "../zoom/recordingRemovals.ts";

/** Where recordings may go, as people say it and as Zoom does. */
export const removals: Readonly<Record<"trash" | "forever", Removal>> = { trash: "trash", forever: "delete" };

/** Deletes all recordings of a session. False if there were none: they are gone already. */
export const removeSession = (zoom: ZoomClient, uuid: string, removal: Removal): Promise<boolean> =>
  unlessGone(deleteRecordings(zoom, uuid, removal));

/** Code 3301 says here that there is nothing, or nothing any more. */
export const unlessGone = async (call: Promise<void>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ZoomError && (error.mayBeAbsent || error.code === "not_found")) return false;
    throw error;
  }
};
