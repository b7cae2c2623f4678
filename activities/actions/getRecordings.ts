import { z } from "zod";
import { ZoomError } from "../../zoom/errors.ts";
import type { Recordings } from "../../zoom/recordings.ts";
import { getRecordings as getZoomRecordings } from "../../zoom/recordings.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { durationField, meetingIdField } from "../fields.ts";
import { durationMs, durationText } from "../../domain/duration.ts";

const file = z.object({
  type: z.string(),
  kind: z.string(),
  bytes: z.number(),
  play_url: z.string().nullable(),
  started_at: z.string(),
  ended_at: z.string(),
});

const input = z.strictObject({
  meeting_id: meetingIdField,
  wait_at_most: durationField.default("6h").meta({
    title: "Wait at most",
    description: "Zoom takes about twice the length of the call to process it",
  }),
});

const output = z.object({
  meeting_id: z.string(),
  status: z.enum(["ready", "none"]),
  share_url: z.string().nullable(),
  passcode: z.string().nullable(),
  files: z.array(file),
  reason: z.string().nullable(),
});

const hourMs = 3_600_000;

/** Fetches a meeting's cloud recordings, waiting for them as long as they take. */
export const getRecordings = defineAction({
  key: "zoom.get_recordings",
  title: "Get recordings",
  description:
    "Waits for the cloud recordings of the meeting's latest session and puts their link on the timeline.",
  category: "recordings",
  effect: "read",
  scopes: [
    [
      "recording:read:admin",
      "recording:read",
      "cloud_recording:read:list_recording_files:admin",
      "cloud_recording:read:list_recording_files",
    ],
  ],
  input,
  output,
  example: { meeting_id: "85746065432" },
  patience: { tryForMs: 7 * 24 * hourMs, firstRetryMs: 15_000, lastRetryMs: 10 * 60_000 },
  onFailure: "continue",
  run: async (context, { meeting_id, wait_at_most }) => {
    try {
      const recordings = await getZoomRecordings(context.zoom.client, meeting_id);
      return { outputs: readyOutputs(meeting_id, recordings), events: [readyEvent(meeting_id, recordings)] };
    } catch (error) {
      if (!(error instanceof ZoomError) || error.code !== "not_ready") throw error;
      const waitedMs = await waitedSinceEndMs(context, meeting_id);
      const limitMs = durationMs(wait_at_most) ?? 0;
      if (waitedMs < limitMs) throw error;
      return noneOutcome(meeting_id, `none appeared within ${durationText(limitMs)} after the call`);
    }
  },
});

/** Zoom says the same of a call that was not recorded and of one that is still processed: only time tells. */
const waitedSinceEndMs = async ({ store, nowMs }: ActionContext, meetingId: string): Promise<number> => {
  const row = await store.meetings.get(meetingId);
  const ends = row?.life?.sessions.flatMap(({ endedAtMs }) => endedAtMs ?? []) ?? [];
  const since =
    ends.length > 0
      ? Math.max(...ends)
      : Date.parse(row?.meeting.created_at ?? new Date(nowMs).toISOString());
  return nowMs - since;
};

const readyOutputs = (meeting_id: string, recordings: Recordings): z.input<typeof output> => ({
  meeting_id,
  status: "ready",
  share_url: recordings.shareUrl ?? null,
  passcode: recordings.passcode ?? null,
  files: recordings.files.map(({ fileType, recordingType, bytes, playUrl, startedAt, endedAt }) => ({
    type: fileType,
    kind: recordingType,
    bytes,
    play_url: playUrl ?? null,
    started_at: startedAt,
    ended_at: endedAt,
  })),
  reason: null,
});

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

const readyEvent = (meetingId: string, { uuid, shareUrl, passcode, files }: Recordings): EventDraft => ({
  id: `meeting-${meetingId}/${uuid}/recording.ready`,
  kind: "recording.ready",
  title: `Recording is ready: ${plural(files.length, "file")}`,
  ...(passcode && { detail: `Passcode ${passcode}` }),
  data: { meeting_id: meetingId, files: files.map(({ fileType, bytes }) => ({ type: fileType, bytes })) },
  ...(shareUrl && { links: [{ title: "Watch the recording", url: shareUrl }] }),
});

const noneOutcome = (meeting_id: string, reason: string) => ({
  outputs: { meeting_id, status: "none" as const, share_url: null, passcode: null, files: [], reason },
  events: [
    {
      kind: "recording.none" as const,
      title: `There is no recording: ${reason}`,
      detail: "The call was not recorded to Zoom's cloud, or Zoom could not process it.",
      data: { meeting_id },
    },
  ],
});
