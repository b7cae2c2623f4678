import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { link } from "./links.ts";
import { listAll } from "./paging.ts";
import { count, defined, id, listOf, optionalText, text } from "./parse.ts";
import { meetingSegment, path } from "./paths.ts";

const fileSchema = z
  .object({
    id: optionalText,
    file_type: text,
    file_extension: text,
    recording_type: text,
    status: optionalText,
    recording_start: text,
    recording_end: text,
    file_size: count,
    play_url: link,
    download_url: link,
  })
  .transform((given) =>
    defined({
      /** Absent for some captions and timelines. */
      id: given.id,
      /** `MP4`, `M4A`, `TRANSCRIPT`, `CHAT`, … */
      fileType: given.file_type,
      extension: given.file_extension,
      /** `shared_screen_with_speaker_view`, `audio_only`, … */
      recordingType: given.recording_type,
      isComplete: (given.status ?? "completed") === "completed",
      /** ISO 8601; "" if not told. */
      startedAt: given.recording_start,
      endedAt: given.recording_end,
      bytes: given.file_size,
      playUrl: given.play_url,
      /** Of no use without a token. */
      downloadUrl: given.download_url,
    }),
  );

/** Shared with the webhooks, which carry the same object. */
export const recordingsSchema = z
  .object({
    id,
    uuid: z.string().min(1),
    topic: text,
    host_id: text,
    start_time: text,
    duration: count,
    total_size: count,
    share_url: link,
    password: optionalText,
    recording_files: listOf(fileSchema).catch([]),
    participant_audio_files: listOf(fileSchema).catch([]),
  })
  .transform((given) =>
    defined({
      meetingId: given.id,
      /** The session's. */
      uuid: given.uuid,
      topic: given.topic,
      hostId: given.host_id,
      /** ISO 8601. */
      startTime: given.start_time,
      durationMinutes: given.duration,
      totalBytes: given.total_size,
      shareUrl: given.share_url,
      /** What people type to watch it, if one is set and the app may see it. */
      passcode: given.password,
      files: given.recording_files,
      /** Each participant's own sound, where the account records that. */
      participantFiles: given.participant_audio_files,
    }),
  );

/** The cloud recordings of one session. Without tokens: see `getDownloadToken`. */
export type Recordings = z.output<typeof recordingsSchema>;

/**
 * Of a meeting's latest session (by id), or of the session of a UUID. Fails with `not_ready` and `mayBeAbsent` while
 * there is none, which may mean "being processed" or "never made".
 */
export const getRecordings = (zoom: ZoomClient, meetingIdOrUuid: string): Promise<Recordings> =>
  zoom.get(path`/meetings/${meetingSegment(meetingIdOrUuid)}/recordings`, {
    operation: "getRecordings",
    answer: recordingsSchema,
  });

/**
 * The same with a token that downloads the files, for an Authorization header only. Keep it in memory: whoever has it
 * has the recordings.
 */
export const getDownloads = (
  zoom: ZoomClient,
  meetingIdOrUuid: string,
  ttlSeconds = 3600,
): Promise<{ recordings: Recordings; downloadToken: string }> =>
  zoom.get(path`/meetings/${meetingSegment(meetingIdOrUuid)}/recordings`, {
    operation: "getDownloads",
    query: { include_fields: "download_access_token", ttl: ttlSeconds },
    answer: (body) => ({
      recordings: recordingsSchema.parse(body),
      downloadToken: tokenSchema.parse(body).download_access_token,
    }),
  });

const tokenSchema = z.object({ download_access_token: z.string().min(1) });

export type RecordingListOptions = {
  /** First and last day, `yyyy-mm-dd` in UTC, at most a month apart. */
  from: string;
  to: string;
  /** Those in the trash instead. */
  trash?: boolean;
  meetingId?: string;
};

/** Sessions of this host (id or email) that have recordings. */
export const listUserRecordings = (
  zoom: ZoomClient,
  userId: string,
  { from, to, trash, meetingId }: RecordingListOptions,
): AsyncGenerator<Recordings, void> =>
  listAll(zoom, {
    operation: "listUserRecordings",
    path: path`/users/${userId}/recordings`,
    field: "meetings",
    entry: recordingsSchema,
    query: {
      from,
      to,
      meeting_id: meetingId,
      ...(trash && { trash: true, trash_type: "meeting_recordings" }),
    },
  });
