import type { ZoomClient } from "./client.ts";
import { nothing } from "./client.ts";
import { meetingSegment, path } from "./paths.ts";

/** Zoom keeps what is trashed for 30 days. */
export type Removal = "trash" | "delete";

/** All recordings of a session. Fails with `not_ready` and `mayBeAbsent` where there are none. */
export const deleteRecordings = (zoom: ZoomClient, meetingIdOrUuid: string, action: Removal): Promise<void> =>
  zoom.delete(path`/meetings/${meetingSegment(meetingIdOrUuid)}/recordings`, {
    operation: "deleteRecordings",
    query: { action },
    answer: nothing,
  });

export const deleteRecordingFile = (
  zoom: ZoomClient,
  meetingIdOrUuid: string,
  fileId: string,
  action: Removal,
): Promise<void> =>
  zoom.delete(path`/meetings/${meetingSegment(meetingIdOrUuid)}/recordings/${fileId}`, {
    operation: "deleteRecordingFile",
    query: { action },
    answer: nothing,
  });
