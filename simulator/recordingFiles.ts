import { Readable } from "node:stream";
import { fileId } from "./ids.ts";
import type { Recording, RecordingFile } from "./recordingState.ts";
import type { Cloud } from "./state.ts";

type Span = Recording["spans"][number];
type FileKind = Pick<RecordingFile, "fileType" | "extension" | "recordingType">;

const CHUNK_BYTES = 64 * 1024;

/** Each start and stop makes a set of files of its own. */
export const mediaFiles = (cloud: Cloud, span: Span): RecordingFile[] => {
  const { recordingMediaBytes, recordingExtras } = cloud.settings;
  const video = kind("MP4", "MP4", "shared_screen_with_speaker_view");
  return [
    newFile(span, video, recordingMediaBytes),
    newFile(span, kind("M4A", "M4A", "audio_only"), Math.ceil(recordingMediaBytes / 10)),
    ...recordingExtras.map((extra) => newFile(span, EXTRAS[extra], 40)),
  ];
};

export const transcriptFile = (span: Span): RecordingFile => ({
  ...newFile(span, kind("TRANSCRIPT", "VTT", "audio_transcript"), TRANSCRIPT.length),
  status: "completed",
  content: TRANSCRIPT,
});

/** The bytes of a file, made as they are read: a large one takes no memory. */
export function contentOf({ content, bytes }: RecordingFile): Readable {
  const chunk = Buffer.from(content.repeat(Math.ceil(CHUNK_BYTES / content.length)));
  const whole = chunk.length - (chunk.length % content.length);
  return Readable.from(
    (function* () {
      for (let left = bytes; left > 0; left -= whole) yield chunk.subarray(0, Math.min(left, whole));
    })(),
  );
}

const kind = (
  fileType: RecordingFile["fileType"],
  extension: RecordingFile["extension"],
  recordingType: string,
): FileKind => ({ fileType, extension, recordingType });

const EXTRAS = {
  CHAT: kind("CHAT", "TXT", "chat_file"),
  TIMELINE: kind("TIMELINE", "JSON", "timeline"),
} as const;

function newFile({ startMs, endMs }: Span, what: FileKind, bytes: number): RecordingFile {
  const id = fileId();
  const content = `simulated ${what.fileType} ${id}\n`;
  return { ...what, id, status: "processing", content, bytes, startMs, endMs: endMs ?? startMs };
}

const TRANSCRIPT = [
  "WEBVTT",
  "",
  "1",
  "00:00:00.000 --> 00:00:02.000",
  "Ana: The checkout is down since ten.",
  "",
  "2",
  "00:00:02.500 --> 00:00:04.000",
  "Bo: I roll the last release back.",
  "",
].join("\r\n");
