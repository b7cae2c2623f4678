import { z } from "zod";
import { bytesText } from "../../domain/bytes.ts";
import { durationMs, durationText } from "../../domain/duration.ts";
import { displayText } from "../../domain/template.ts";
import type { MeetingRow } from "../../store/index.ts";
import type { ZoomClient } from "../../zoom/client.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { deleteRecordingFile } from "../../zoom/recordingRemovals.ts";
import type { Recordings } from "../../zoom/recordings.ts";
import { getRecordings } from "../../zoom/recordings.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { durationField, meetingIdField } from "../fields.ts";
import { sessionsOf } from "../meetingSessions.ts";
import type { Session } from "../recordings.ts";
import { recordingPatience } from "../recordings.ts";
import { removals, removeSession, unlessGone } from "../removeRecordings.ts";
import { lookForRecordingsScopes, removeRecordingFileScopes, removeRecordingsScopes } from "../scopes.ts";

const fileTypes = ["MP4", "M4A", "TRANSCRIPT", "CHAT", "CC", "CSV", "SUMMARY"] as const;

const input = z.strictObject({
  meeting_id: meetingIdField,
  how: z.enum(["trash", "forever"]).default("trash").meta({
    title: "How",
    description: "To Zoom's trash, which it keeps for 30 days, or forever",
  }),
  file_types: z
    .array(z.enum(fileTypes))
    .default([])
    .meta({
      title: "Only these kinds of file",
      description: "Only these kinds of file; without any, everything",
      examples: [["CHAT"]],
    }),
  older_than: durationField.optional().meta({
    title: "Only if the call ended longer ago than",
    description: "Only if the call ended longer ago than; recordings of later calls are left for good",
    examples: ["30d"],
  }),
  keep_for: durationField.optional().meta({
    title: "Keep each for",
    description:
      "How long after its call each recording is kept: the step waits for those that are too young and deletes each in its turn; skip it to keep what is left. The runbook's recordings.keep_for if left out",
    examples: ["30d"],
  }),
});

const output = z.object({
  meeting_id: z.string(),
  how: z.enum(["trash", "forever"]),
  deleted_files: z.number().meta({ title: "Files deleted" }),
  deleted_bytes: z.number().meta({ title: "Their size in bytes" }),
  kept_sessions: z.number().meta({ title: "Sessions too young to be deleted" }),
});

type Input = z.output<typeof input>;
type Deleted = { files: number; bytes: number };

/** Deletes a meeting's recordings in Zoom. What is gone already is as good as deleted. */
export const deleteRecordings = defineAction({
  key: "zoom.delete_recordings",
  title: "Delete recordings",
  description:
    "Moves the cloud recordings of every session of the meeting to Zoom's trash, or deletes them forever; all of them, or some kinds of file.",
  category: "recordings",
  effect: "idempotent",
  scopes: [...lookForRecordingsScopes, removeRecordingsScopes, removeRecordingFileScopes],
  input,
  output,
  example: { meeting_id: "85746065432", how: "trash" },
  recordingPolicy: ({ older_than }) => (older_than === undefined ? ["keep_for"] : []),
  seesTo: () => ["recordings", "retention"],
  patience: recordingPatience,
  // What a template says is known only when the step runs.
  waitsMs: ({ keep_for }) => (keep_for === undefined ? 0 : (durationMs(displayText(keep_for)) ?? longestMs)),
  onFailure: "pause",
  run: async (context, given) => {
    const { zoom, store, nowMs } = context;
    const { meeting_id, how, older_than, keep_for = older_than } = given;
    const row = await store.meetings.get(meeting_id);
    const sessions = await sessionsOf(zoom.client, meeting_id, row);
    const ageMs = keep_for === undefined ? Number.NEGATIVE_INFINITY : (durationMs(keep_for) ?? 0);
    const old = sessions.filter(({ endedAtMs }) => endedAtMs !== undefined && nowMs - endedAtMs > ageMs);
    const deleted: Deleted = { files: 0, bytes: 0 };
    for (const session of old) {
      const { files, bytes } = await remove(zoom.client, given, session);
      deleted.files += files;
      deleted.bytes += bytes;
    }
    const kept = sessions.length - old.length;
    if (given.keep_for !== undefined) {
      const since = sessions.length > 0 ? endsOfYoung(sessions, old, nowMs) : [madeMs(context, row)];
      const nextMs = Math.min(...since) + ageMs;
      if (since.length > 0 && nextMs > nowMs) {
        await context.record([
          ...(deleted.files > 0
            ? [{ ...deletedEvent(given, deleted, kept), id: eventId(context, old) }]
            : []),
          keepingEvent(context, meeting_id, kept, nextMs),
        ]);
        throw tooYoung(meeting_id, nextMs - nowMs);
      }
    }
    return {
      outputs: {
        meeting_id,
        how,
        deleted_files: deleted.files,
        deleted_bytes: deleted.bytes,
        kept_sessions: kept,
      },
      events: [{ ...deletedEvent(given, deleted, kept), id: eventId(context, old) }],
    };
  },
});

const dayMs = 24 * 3_600_000;
const longestMs = 3650 * dayMs;

/** When calls ended that are too young; one that goes on ends now at the earliest. */
const endsOfYoung = (sessions: Session[], old: Session[], nowMs: number): number[] =>
  sessions.filter((session) => !old.includes(session)).map(({ endedAtMs = nowMs }) => endedAtMs);

/** Before anybody has met, what is to come counts from when the meeting was made. */
const madeMs = ({ askedAtMs }: ActionContext, row: MeetingRow | undefined): number =>
  row ? Date.parse(row.meeting.created_at) : askedAtMs;

/** Every call whose turn came is told of, however many tries they are apart. */
const eventId = ({ request }: ActionContext, old: Session[]): string =>
  `${request.executionId}/${request.step}/recording.deleted/${old.length}`;

const keepingEvent = (
  { request }: ActionContext,
  meetingId: string,
  kept: number,
  nextMs: number,
): EventDraft => {
  const day = new Date(nextMs).toISOString().slice(0, 10);
  const what = kept === 0 ? "" : ` of ${kept === 1 ? "a call" : `${kept} calls`}`;
  return {
    id: `${request.executionId}/${request.step}/keeping/${day}`,
    kind: "note",
    title: `Keeping the recordings${what}: the next is deleted on ${day}`,
    detail: "Skip the step to keep them.",
    data: { meeting_id: meetingId },
  };
};

const tooYoung = (meetingId: string, retryAfterMs: number): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Recordings of meeting ${meetingId} are kept for another ${durationText(retryAfterMs)}.`,
    retryAfterMs,
    method: "DELETE",
    path: `/meetings/${meetingId}/recordings`,
  });

const remove = async (zoom: ZoomClient, given: Input, { uuid }: Session): Promise<Deleted> => {
  const recordings = await ifThere(getRecordings(zoom, uuid));
  if (!recordings) return { files: 0, bytes: 0 };
  if (recordings.files.some(({ isComplete }) => !isComplete)) throw unfinished(given.meeting_id);
  const removal = removals[given.how];
  if (given.file_types.length === 0) {
    const wasThere = await removeSession(zoom, uuid, removal);
    return wasThere ? sizeOf(recordings.files) : { files: 0, bytes: 0 };
  }
  const chosen = recordings.files.filter((file) => isChosen(given, file));
  const gone: Recordings["files"] = [];
  for (const file of chosen) {
    if (file.id !== undefined && (await unlessGone(deleteRecordingFile(zoom, uuid, file.id, removal))))
      gone.push(file);
  }
  return sizeOf(gone);
};

const isChosen = ({ file_types }: Input, { fileType }: Recordings["files"][number]): boolean =>
  file_types.some((type) => type === fileType);

const sizeOf = (files: Recordings["files"]): Deleted => ({
  files: files.length,
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** While Zoom says that it works on them it is too early; where it says that there are none, there is nothing to do. */
const ifThere = async (recordings: Promise<Recordings>): Promise<Recordings | undefined> => {
  try {
    return await recordings;
  } catch (error) {
    if (error instanceof ZoomError && error.mayBeAbsent) return undefined;
    throw error;
  }
};

const unfinished = (meetingId: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Zoom still works on the recordings of meeting ${meetingId}: they cannot be deleted yet.`,
    method: "DELETE",
    path: `/meetings/${meetingId}/recordings`,
  });

const deletedEvent = (
  { meeting_id, how, keep_for, older_than }: Input,
  deleted: Deleted,
  kept: number,
): EventDraft => {
  const data = { meeting_id, how, ...deleted };
  if (deleted.files === 0) {
    const why = kept > 0 ? `${kept} younger than ${keep_for ?? older_than} kept` : "none are there";
    return { kind: "step.completed", title: `No recordings to delete: ${why}`, data };
  }
  const size = `${deleted.files} file${deleted.files === 1 ? "" : "s"}, ${bytesText(deleted.bytes)}`;
  return how === "trash"
    ? {
        kind: "recording.deleted",
        title: `Moved the recording to Zoom's trash: ${size}`,
        detail: "It can be recovered in Zoom for 30 days, under Recordings, Trash.",
        data,
      }
    : { kind: "recording.deleted", title: `Deleted the recording in Zoom: ${size}`, data };
};
