import { z } from "zod";
import type { Handler } from "./call.ts";
import { invalidFields, noRecording, storageFull, uncompletedRecording } from "./errors.ts";
import { readBody } from "./meetingSchemas.ts";
import { requireRecording } from "./recordingCalls.ts";
import { recordingRemoved } from "./recordingEvents.ts";
import { newDownloadToken } from "./recordings.ts";
import { isInTrash, visibleFiles } from "./recordingTrash.ts";
import { findEndedSession } from "./references.ts";
import type { RecordingFile } from "./recordingState.ts";
import type { Cloud, Session } from "./state.ts";

const DAY_MS = 24 * 3_600_000;
const TRASH_MS = 30 * DAY_MS;

const recoverSchema = z.object({ action: z.literal("recover") });

export const deleteRecordings: Handler = (cloud, { rawParams, query }) => {
  const { session, recording } = requireRecording(cloud, rawParams.meetingId ?? "");
  const files = visibleFiles(recording);
  if (isForGood(query)) delete session.recording;
  else {
    recording.trashedAtMs = cloud.clock.now();
    emptyTrash(cloud, session);
  }
  recordingRemoved(cloud, session, files, isForGood(query) ? "deleted" : "trashed");
  return { status: 204 };
};

export const deleteRecordingFile: Handler = (cloud, { rawParams, params, query }) => {
  const { session, recording } = requireRecording(cloud, rawParams.meetingId ?? "");
  const file = visibleFiles(recording).find(({ id }) => id === params.recordingId);
  if (file === undefined) throw noRecording();
  if (file.status === "processing") throw uncompletedRecording();
  if (isForGood(query)) recording.files = recording.files.filter((other) => other !== file);
  else file.trashedAtMs = cloud.clock.now();
  recordingRemoved(cloud, session, [file], isForGood(query) ? "deleted" : "trashed");
  return { status: 204 };
};

export const recoverRecordings: Handler = (cloud, { rawParams, body }) => {
  readBody(recoverSchema, body);
  const session = findEndedSession(cloud, rawParams.meetingId ?? "");
  const { recording } = session ?? {};
  if (session === undefined || recording === undefined || !isInTrash(recording)) throw noRecording();
  if (cloud.settings.recordingStorageFull) throw storageFull();
  delete recording.trashedAtMs;
  recovered(cloud, session, visibleFiles(recording));
  return { status: 200 };
};

export const recoverRecordingFile: Handler = (cloud, { rawParams, params, body }) => {
  readBody(recoverSchema, body);
  const session = findEndedSession(cloud, rawParams.meetingId ?? "");
  const file = session?.recording?.files.find(({ id }) => id === params.recordingId);
  if (session === undefined || file?.trashedAtMs === undefined) throw noRecording();
  if (cloud.settings.recordingStorageFull) throw storageFull();
  delete file.trashedAtMs;
  recovered(cloud, session, [file]);
  return { status: 204 };
};

const recovered = (cloud: Cloud, session: Session, files: RecordingFile[]): void =>
  recordingRemoved(cloud, session, files, "recovered", newDownloadToken(cloud, DAY_MS));

/** What was in the trash for 30 days is gone. */
function emptyTrash(cloud: Cloud, session: Session): void {
  const { recording } = session;
  cloud.clock.after(TRASH_MS, () => {
    const { trashedAtMs = Number.POSITIVE_INFINITY } = recording ?? {};
    if (session.recording === recording && cloud.clock.now() - trashedAtMs >= TRASH_MS)
      delete session.recording;
  });
}

function isForGood({ action = "trash" }: Record<string, string>): boolean {
  if (action !== "trash" && action !== "delete") throw invalidFields(["action"]);
  return action === "delete";
}
