import { z } from "zod";
import { durationMs } from "../../domain/duration.ts";
import type { RecordingFile, SessionRecording } from "../../domain/recordings.ts";
import { setsOf } from "../../domain/recordings.ts";
import type { EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { durationField, meetingIdField, recordingWaitField } from "../fields.ts";
import type { Findings } from "../readyRecordings.ts";
import { readyRecordings, titleOf } from "../readyRecordings.ts";
import { recordingPatience } from "../recordings.ts";
import { lookForRecordingsScopes } from "../scopes.ts";

const input = z.strictObject({
  meeting_id: meetingIdField,
  wait_at_most: recordingWaitField,
  transcript: z.boolean().default(false).meta({
    title: "Wait for the transcript too",
    description: "Wait for the transcript too, which comes some time after the recording",
  }),
  keep_for: durationField.optional().meta({
    title: "Kept for",
    description:
      "How long recordings are kept after their call, to say so; zoom.delete_recordings deletes them. The runbook's recordings.keep_for if left out",
    examples: ["90d"],
  }),
});

const file = z.object({
  id: z.string().nullable(),
  type: z.string().meta({ title: "Type", description: "MP4, M4A, TRANSCRIPT, CHAT, …" }),
  kind: z.string().meta({ title: "Kind", description: "shared_screen_with_speaker_view, audio_only, …" }),
  bytes: z.number().meta({ title: "Size in bytes" }),
  play_url: z.string().nullable(),
  started_at: z.string(),
  ended_at: z.string(),
});

const transcript = z.enum(["ready", "awaited", "none"]);

const session = z.object({
  uuid: z.string(),
  started_at: z.string(),
  status: z.enum(["ready", "none"]),
  share_url: z.string().nullable(),
  passcode: z.string().nullable(),
  parts: z.number().meta({ title: "Parts", description: "One for each time the recording was started" }),
  transcript,
  files: z.array(file),
  reason: z.string().nullable(),
});

const output = z.object({
  meeting_id: z.string(),
  status: z.enum(["ready", "none"]),
  share_url: z
    .string()
    .nullable()
    .meta({ title: "Link to watch it", description: "Where people watch the latest session" }),
  passcode: z.string().nullable(),
  transcript,
  total_bytes: z.number().meta({ title: "Size of all files in bytes" }),
  files: z.array(file).meta({ title: "Files of all sessions" }),
  sessions: z
    .array(session)
    .meta({ title: "Sessions", description: "The same for each time the meeting was live" }),
  reason: z.string().nullable().meta({ title: "Why there is none" }),
  kept_until: z
    .string()
    .nullable()
    .meta({ title: "Kept until", description: "The latest session's, if that is said" }),
});

type Output = z.input<typeof output>;

/** Fetches the cloud recordings of all of a meeting's sessions, waiting for them as long as they take. */
export const getRecordings = defineAction({
  key: "zoom.get_recordings",
  title: "Get recordings",
  description:
    "Waits for the cloud recordings of every session of the meeting, puts their links on the timeline as they come, or says why there are none.",
  category: "recordings",
  effect: "read",
  scopes: lookForRecordingsScopes,
  input,
  output,
  example: { meeting_id: "85746065432" },
  patience: recordingPatience,
  recordingPolicy: () => ["keep_for"],
  onFailure: "continue",
  run: async (context, { meeting_id, wait_at_most, keep_for, transcript: withTranscript }) => {
    const patienceMs = durationMs(wait_at_most) ?? 0;
    const found = await readyRecordings(context, { meetingId: meeting_id, patienceMs, withTranscript });
    const kept_until = keptUntil(found, keep_for);
    return {
      outputs: { ...outputsOf(meeting_id, found), kept_until },
      events: [...found.events, ...keptEvents(meeting_id, kept_until, keep_for)],
    };
  },
});

/** Counted from when what was recorded last ended, which is in the call: so nothing is kept for longer than is said. */
const keptUntil = ({ sessions }: Findings, keepFor: string | undefined): string | null => {
  const keepMs = keepFor === undefined ? undefined : durationMs(keepFor);
  const ends = sessions.flatMap(({ files }) => files.map(({ endedAt }) => Date.parse(endedAt)));
  if (keepMs === undefined || ends.length === 0) return null;
  return new Date(Math.max(...ends) + keepMs).toISOString();
};

const keptEvents = (meetingId: string, until: string | null, keepFor = ""): EventDraft[] =>
  until === null
    ? []
    : [
        {
          kind: "note",
          title: `The recording is kept in Zoom until ${until.slice(0, 10)}`,
          detail: `The runbook keeps recordings for ${keepFor} after their call.`,
          data: { meeting_id: meetingId },
        },
      ];

const fileOutput = ({ id, type, kind, bytes, playUrl, startedAt, endedAt }: RecordingFile) => ({
  id: id ?? null,
  type,
  kind,
  bytes,
  play_url: playUrl ?? null,
  started_at: startedAt,
  ended_at: endedAt,
});

const sessionOutput = (each: SessionRecording): Output["sessions"][number] => ({
  uuid: each.uuid,
  started_at: new Date(each.startedAtMs).toISOString(),
  status: each.state === "ready" ? "ready" : "none",
  share_url: each.shareUrl ?? null,
  passcode: each.passcode ?? null,
  parts: setsOf(each.files),
  transcript: each.transcript,
  files: each.files.map(fileOutput),
  reason: each.state === "ready" ? null : titleOf(each),
});

const outputsOf = (meeting_id: string, { sessions: found, reason }: Findings): Omit<Output, "kept_until"> => {
  const latest = found.findLast(({ state }) => state === "ready");
  const sessions = found.map(sessionOutput);
  const files = sessions.flatMap((each) => each.files);
  return {
    meeting_id,
    status: latest ? "ready" : "none",
    share_url: latest?.shareUrl ?? null,
    passcode: latest?.passcode ?? null,
    transcript: latest?.transcript ?? "none",
    total_bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files,
    sessions,
    reason: reason ?? null,
  };
};
