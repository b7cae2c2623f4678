import { recordingChanged, recordingCompleted, transcriptCompleted } from "./recordingEvents.ts";
import { digits, fileId, passcode, secret } from "./ids.ts";
import type { Cloud, Recording, RecordingFile, Session } from "./state.ts";
import { keepNewest } from "./collections.ts";

const DOWNLOAD_TOKEN_LIFE_MS = 24 * 3_600_000;

export function startRecording(cloud: Cloud, session: Session): void {
  const recording = session.recording ?? newRecording();
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

/** Files appear some time after the meeting, the transcript later still. */
export function processRecording(cloud: Cloud, session: Session): void {
  const { recording } = session;
  if (recording === undefined) return;
  const { recordingDelayMs, transcriptDelayMs } = cloud.settings;
  recording.phase = "processing";
  cloud.clock.after(recordingDelayMs, () => {
    recording.phase = "completed";
    recording.files = recording.spans.flatMap(mediaFiles);
    recordingCompleted(cloud, session, newDownloadToken(cloud, DOWNLOAD_TOKEN_LIFE_MS));
    if (transcriptDelayMs !== null)
      cloud.clock.after(transcriptDelayMs, () => addTranscript(cloud, session, recording));
  });
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
  if (first === undefined || recording.trashed) return;
  const transcript = newFile(first, "TRANSCRIPT", "VTT", "audio_transcript");
  recording.files.push(transcript);
  transcriptCompleted(cloud, session, transcript, newDownloadToken(cloud, DOWNLOAD_TOKEN_LIFE_MS));
}

/** Each start and stop makes a set of files of its own. */
const mediaFiles = (span: Recording["spans"][number]): RecordingFile[] => [
  newFile(span, "MP4", "MP4", "shared_screen_with_speaker_view"),
  newFile(span, "M4A", "M4A", "audio_only"),
];

function newFile(
  { startMs, endMs }: Recording["spans"][number],
  fileType: RecordingFile["fileType"],
  extension: RecordingFile["extension"],
  recordingType: string,
): RecordingFile {
  const id = fileId();
  const content = fileType === "TRANSCRIPT" ? transcriptText : `simulated ${fileType} ${id}\n`;
  return { id, fileType, extension, recordingType, content, startMs, endMs: endMs ?? startMs };
}

const transcriptText =
  "WEBVTT\r\n\r\n1\r\n00:00:00.000 --> 00:00:02.000\r\nSpeaker: This is a simulated transcript.\r\n";

const newRecording = (): Recording => ({
  phase: "recording",
  spans: [],
  files: [],
  trashed: false,
  shareId: fileId(),
  password: `${digits(6)}`,
  playPasscode: passcode(),
});
