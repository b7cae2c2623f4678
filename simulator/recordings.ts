import { recordingChanged, recordingCompleted, transcriptCompleted } from "./recordingEvents.ts";
import { keepNewest } from "./collections.ts";
import { fileId, passcode, secret } from "./ids.ts";
import { hostOf } from "./meetingViews.ts";
import { mediaFiles, transcriptFile } from "./recordingFiles.ts";
import { meetingOf } from "./references.ts";
import type { Recording, RecordingFile } from "./recordingState.ts";
import type { Cloud, Session } from "./state.ts";

const DOWNLOAD_TOKEN_LIFE_MS = 24 * 3_600_000;
const LICENSED = 2;

/** Neither a free account or user nor a full storage records; Zoom says nothing about it. */
export function startRecording(cloud: Cloud, session: Session): void {
  const meeting = meetingOf(cloud, session);
  const { plan, recordingStorageFull } = cloud.settings;
  if (plan === "free" || recordingStorageFull || hostOf(cloud, meeting).type !== LICENSED) return;
  const recording = session.recording ?? newRecording(meeting.topic);
  session.recording = recording;
  recording.phase = "recording";
  recording.spans.push({ startMs: cloud.clock.now() });
  recordingChanged(cloud, session, "started");
}

export function stopRecording(cloud: Cloud, session: Session): void {
  const span = session.recording?.spans.at(-1);
  if (session.recording === undefined || span === undefined || span.endMs !== undefined) return;
  span.endMs = cloud.clock.now();
  session.recording.phase = "stopped";
  recordingChanged(cloud, session, "stopped");
}

export function pauseRecording(cloud: Cloud, session: Session, change: "paused" | "resumed"): void {
  const [from, to] =
    change === "paused" ? (["recording", "paused"] as const) : (["paused", "recording"] as const);
  if (session.recording?.phase !== from) return;
  session.recording.phase = to;
  recordingChanged(cloud, session, change);
}

/** Files appear some time after the meeting, set by set, the transcript later still. */
export function processRecording(cloud: Cloud, session: Session): void {
  const { recording } = session;
  if (recording === undefined) return;
  const { recordingDelayMs, recordingSetDelayMs } = cloud.settings;
  recording.phase = "processing";
  if (recordingSetDelayMs === 0) {
    cloud.clock.after(recordingDelayMs, () => finish(cloud, session, recording, allFiles(cloud, recording)));
    return;
  }
  for (const index of recording.spans.keys()) {
    cloud.clock.after(recordingDelayMs + index * recordingSetDelayMs, () => {
      if (index === 0) recording.files = allFiles(cloud, recording);
      const { startMs } = recording.spans[index] ?? {};
      finish(
        cloud,
        session,
        recording,
        recording.files.filter((file) => file.startMs === startMs),
      );
    });
  }
}

const allFiles = (cloud: Cloud, { spans }: Recording): RecordingFile[] =>
  spans.flatMap((span) => mediaFiles(cloud, span));

/** One webhook for what is finished at once. */
function finish(cloud: Cloud, session: Session, recording: Recording, files: RecordingFile[]): void {
  if (recording.trashedAtMs !== undefined) return;
  recording.phase = "completed";
  for (const file of files) file.status = "completed";
  recording.files = [...new Set([...recording.files, ...files])];
  recordingCompleted(cloud, session, files, newDownloadToken(cloud, DOWNLOAD_TOKEN_LIFE_MS));
  const { transcriptDelayMs } = cloud.settings;
  const isLast = recording.files.every(({ status }) => status === "completed");
  if (transcriptDelayMs !== null && isLast)
    cloud.clock.after(transcriptDelayMs, () => addTranscript(cloud, session, recording));
}

/** Opens the files for who holds it, without being a token for the API. */
export function newDownloadToken(cloud: Cloud, lifeMs: number): string {
  const token = secret("download");
  cloud.downloadTokens.set(token, cloud.clock.now() + lifeMs);
  keepNewest(cloud.downloadTokens);
  return token;
}

function addTranscript(cloud: Cloud, session: Session, recording: Recording): void {
  const [first] = recording.spans;
  if (first === undefined || recording.trashedAtMs !== undefined) return;
  const transcript = transcriptFile(first);
  recording.files.push(transcript);
  transcriptCompleted(cloud, session, transcript, newDownloadToken(cloud, DOWNLOAD_TOKEN_LIFE_MS));
}

const newRecording = (topic: string): Recording => ({
  phase: "recording",
  spans: [],
  files: [],
  shareId: fileId(),
  playPasscode: passcode(),
  settings: {
    share_recording: "publicly",
    recording_authentication: false,
    viewer_download: true,
    password: passcode(),
    on_demand: false,
    approval_type: 2,
    send_email_to_host: false,
    show_social_share_buttons: false,
    topic,
    auto_delete: false,
  },
});
