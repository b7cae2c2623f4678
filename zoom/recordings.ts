import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { count, defined, id, listOf, optionalText, text } from "./parse.ts";
import { meetingSegment, path } from "./paths.ts";

/** Links of Zoom's may carry tokens in their query, which ours must not. */
const link = optionalText.transform((url) => url && withoutTokens(url));

const withoutTokens = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const tokens = [...parsed.searchParams.keys()].filter((name) => /token|zak/i.test(name));
  if (tokens.length === 0) return url;
  for (const name of tokens) parsed.searchParams.delete(name);
  return parsed.toString();
};

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
 * A token that downloads these recordings, for an Authorization header only. Keep it in memory: whoever has it has
 * the recordings.
 */
export const getDownloadToken = (
  zoom: ZoomClient,
  meetingIdOrUuid: string,
  ttlSeconds = 3600,
): Promise<string> =>
  zoom.get(path`/meetings/${meetingSegment(meetingIdOrUuid)}/recordings`, {
    operation: "getDownloadToken",
    query: { include_fields: "download_access_token", ttl: ttlSeconds },
    answer: z
      .object({ download_access_token: z.string().min(1) })
      .transform((given) => given.download_access_token),
  });
