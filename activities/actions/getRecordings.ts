import { z } from "zod";
import { durationMs, durationText } from "../../domain/duration.ts";
import { recordingEvents } from "../../domain/recordingEvents.ts";
import type { RecordingFile, SessionRecording } from "../../domain/recordings.ts";
import { noRecordingReasons, setsOf } from "../../domain/recordings.ts";
import { ZoomError } from "../../zoom/errors.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { durationField, meetingIdField } from "../fields.ts";
import { sessionsOf } from "../meetingSessions.ts";
import type { Session } from "../recordings.ts";
import { lookForRecordings } from "../recordings.ts";
import { listInstancesScopes, readPastMeetingScopes, readRecordingsScopes } from "../scopes.ts";

const input = z.strictObject({
  meeting_id: meetingIdField,
  wait_at_most: durationField.default("24h").meta({
    title: "Wait at most",
    description:
      "After the call has ended. Zoom takes about twice the length of the call, seldom up to a day",
  }),
  transcript: z
    .boolean()
    .default(false)
    .meta({ title: "Wait for the transcript too", description: "It comes some time after the recording" }),
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
  share_url: z.string().nullable().meta({ title: "Link to watch it", description: "Of the latest session" }),
  passcode: z.string().nullable(),
  transcript,
  total_bytes: z.number().meta({ title: "Size of all files in bytes" }),
  files: z.array(file).meta({ title: "Files of all sessions" }),
  sessions: z
    .array(session)
    .meta({ title: "Sessions", description: "One for each time the meeting was live" }),
  reason: z.string().nullable().meta({ title: "Why there is none" }),
});

type Output = z.input<typeof output>;

const hourMs = 3_600_000;

/** Fetches the cloud recordings of all of a meeting's sessions, waiting for them as long as they take. */
export const getRecordings = defineAction({
  key: "zoom.get_recordings",
  title: "Get recordings",
  description:
    "Waits for the cloud recordings of every session of the meeting, puts their links on the timeline as they come, or says why there are none.",
  category: "recordings",
  effect: "read",
  scopes: [readRecordingsScopes, listInstancesScopes, readPastMeetingScopes],
  input,
  output,
  example: { meeting_id: "85746065432" },
  patience: { tryForMs: 7 * 24 * hourMs, firstRetryMs: 15_000, lastRetryMs: 10 * 60_000 },
  onFailure: "continue",
  run: async (context, { meeting_id, wait_at_most, transcript: withTranscript }) => {
    const patienceMs = durationMs(wait_at_most) ?? 0;
    const { zoom, nowMs } = context;
    const sessions = await sessionsToLookAt(context, meeting_id, patienceMs);
    if (sessions.length === 0) return neverLive(meeting_id, patienceMs);
    const found = await lookForRecordings(zoom.client, meeting_id, sessions, nowMs, { patienceMs });
    const refusal = found.find(({ state }) => state === "refused");
    if (refusal && found.every(({ state }) => state !== "ready")) throw refusedError(meeting_id, refusal);
    const events = eventsOf(meeting_id, found);
    if (found.some((each) => isPending(each, withTranscript))) {
      await context.record(events);
      throw notReady(meeting_id);
    }
    return { outputs: outputsOf(meeting_id, found), events };
  },
});

/** None at all once nobody has come for as long as we wait. */
const sessionsToLookAt = async (
  { zoom, store, nowMs }: ActionContext,
  meetingId: string,
  patienceMs: number,
): Promise<Session[]> => {
  const row = await store.meetings.get(meetingId);
  const sessions = await sessionsOf(zoom.client, meetingId, row?.life);
  const madeMs = row ? Date.parse(row.meeting.created_at) : nowMs;
  if (sessions.length === 0 && nowMs - madeMs < patienceMs) throw notReady(meetingId);
  return sessions;
};

const isPending = ({ state, transcript: text }: SessionRecording, withTranscript: boolean): boolean =>
  state === "processing" ||
  state === "awaited" ||
  (withTranscript && state === "ready" && text === "awaited");

/** A session without a recording is worth a line only if no other has one. */
const eventsOf = (meetingId: string, found: SessionRecording[]): EventDraft[] => {
  const ready = found.filter(({ state }) => state === "ready");
  const isOver = found.every(({ state }) => state === "none");
  return (isOver ? found.slice(-1) : ready).flatMap((each) => recordingEvents(meetingId, each));
};

const fileOutput = ({ id, type, kind, bytes, playUrl, startedAt, endedAt }: RecordingFile) => ({
  id: id ?? null,
  type,
  kind,
  bytes,
  play_url: playUrl ?? null,
  started_at: startedAt,
  ended_at: endedAt,
});

const titleOf = ({ reason }: SessionRecording): string => noRecordingReasons[reason ?? "unknown"].title;

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

const outputsOf = (meeting_id: string, found: SessionRecording[]): Output => {
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
    reason: latest ? null : titleOf(found.at(-1) as SessionRecording),
  };
};

const neverLive = (meeting_id: string, patienceMs: number) => {
  const reason = `nobody came within ${durationText(patienceMs)}`;
  const empty = { share_url: null, passcode: null, transcript: "none" as const, total_bytes: 0 };
  return {
    outputs: { meeting_id, status: "none" as const, ...empty, files: [], sessions: [], reason },
    events: [
      {
        kind: "recording.none" as const,
        title: `There is no recording: ${reason}`,
        detail: "Zoom knows of no call in this meeting.",
        data: { meeting_id },
      },
    ],
  };
};

const place = (meetingId: string) => ({ method: "GET", path: `/meetings/${meetingId}/recordings` }) as const;

const notReady = (meetingId: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `The recordings of meeting ${meetingId} are not all there yet.`,
    ...place(meetingId),
  });

const refusedError = (meetingId: string, { failure }: SessionRecording): ZoomError =>
  new ZoomError({
    code: failure?.code ?? "permission",
    message: failure?.message ?? `Zoom does not show the recordings of meeting ${meetingId}.`,
    scopes: failure?.scopes,
    ...place(meetingId),
  });
