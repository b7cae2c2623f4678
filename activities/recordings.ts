import { failure } from "../domain/failures.ts";
import type { NoRecording, RecordingFile, SessionRecording } from "../domain/recordings.ts";
import { isTranscript } from "../domain/recordings.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { defined } from "../zoom/parse.ts";
import type { Recordings } from "../zoom/recordings.ts";
import { getRecordings } from "../zoom/recordings.ts";
import { getTranscript } from "../zoom/transcripts.ts";
import { whyNone } from "./noRecording.ts";

/** A session as the meeting's life knows it. Times in epoch milliseconds. */
export type Session = { uuid: string; startedAtMs: number; endedAtMs?: number };

const hourMs = 3_600_000;

/** Zoom takes about twice the length of the call, and up to a day when it is busy. */
const usualPatienceMs = 24 * hourMs;

/** How long a transcript may take of which Zoom does not even say that it works on it. */
const unknownTranscriptMs = 6 * hourMs;

/** How actions that wait for recordings are tried: a recording may be due long after the call. */
export const recordingPatience = {
  tryForMs: 7 * 24 * hourMs,
  firstRetryMs: 15_000,
  lastRetryMs: 10 * 60_000,
} as const;

type LookOptions = {
  /** How long after a session's end to take "none" for "not yet". */
  patienceMs?: number;
};

/**
 * What Zoom has of each session, asked by the session's own UUID, since the meeting's id tells of the latest only.
 * Throws only what may pass by itself: an outage, a rate limit.
 */
export const lookForRecordings = (
  zoom: ZoomClient,
  meetingId: string,
  sessions: readonly Session[],
  nowMs: number,
  { patienceMs = usualPatienceMs }: LookOptions = {},
): Promise<SessionRecording[]> =>
  Promise.all(
    sessions.map((session) => {
      const ageMs = session.endedAtMs === undefined ? 0 : nowMs - session.endedAtMs;
      return lookAt({ zoom, meetingId, session, ageMs, isLate: ageMs >= patienceMs });
    }),
  );

type Look = { zoom: ZoomClient; meetingId: string; session: Session; ageMs: number; isLate: boolean };

const lookAt = async (look: Look): Promise<SessionRecording> => {
  try {
    return await present(look, await getRecordings(look.zoom, look.session.uuid));
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    if (error.code === "not_ready") return absent(look, error);
    if (error.retryable) throw error;
    return refused(look, error);
  }
};

const nothing = ({ session }: Look) => ({
  ...session,
  files: [],
  unfinished: 0,
  transcript: "none" as const,
});

const present = async (look: Look, recordings: Recordings): Promise<SessionRecording> => {
  const files = recordings.files.filter(({ isComplete }) => isComplete).map(fileOf);
  const unfinished = recordings.files.length - files.length;
  const found = {
    ...look.session,
    files,
    unfinished,
    ...defined({ shareUrl: recordings.shareUrl, passcode: recordings.passcode }),
  };
  if (unfinished > 0 && !look.isLate)
    return { ...found, state: "processing", transcript: "awaited", isSettled: false };
  if (files.length === 0) return none(look, "stuck");
  const transcript = await transcriptOf(look, files);
  return { ...found, state: "ready", transcript, isSettled: transcript !== "awaited" };
};

const fileOf = (file: Recordings["files"][number]): RecordingFile =>
  defined({
    id: file.id,
    type: file.fileType,
    kind: file.recordingType,
    bytes: file.bytes,
    startedAt: file.startedAt,
    endedAt: file.endedAt,
    playUrl: file.playUrl,
  });

/** Zoom lists a transcript with the other files once it is there; until then only its own address tells of it. */
const transcriptOf = async (
  { zoom, session, ageMs, isLate }: Look,
  files: readonly RecordingFile[],
): Promise<SessionRecording["transcript"]> => {
  if (files.some(isTranscript)) return "ready";
  if (isLate) return "none";
  const unknown = ageMs < unknownTranscriptMs ? "awaited" : "none";
  try {
    const { canDownload, restriction } = await getTranscript(zoom, session.uuid);
    if (canDownload) return "ready";
    if (restriction === "NOT_READY") return "awaited";
    return restriction === undefined ? unknown : "none";
  } catch (error) {
    // Whether Zoom tells or not, the transcript would turn up among the files.
    if (error instanceof ZoomError) return unknown;
    throw error;
  }
};

/** Code 3301 means "none" and "not yet"; a text that says "being processed" is a promise, another says nothing. */
const absent = async (look: Look, { mayBeAbsent }: ZoomError): Promise<SessionRecording> => {
  if (!look.isLate) {
    const state = mayBeAbsent ? "awaited" : "processing";
    return { ...nothing(look), state, transcript: "awaited", isSettled: false };
  }
  return none(look, mayBeAbsent ? await whyNone(look.zoom, look.meetingId, look.session) : "stuck");
};

const none = (look: Look, reason: NoRecording): SessionRecording => ({
  ...nothing(look),
  state: "none",
  reason,
  isSettled: true,
});

const refused = (look: Look, error: ZoomError): SessionRecording => ({
  ...nothing(look),
  state: "refused",
  failure: failure(error.code, error.message, defined({ scopes: error.scopes, advice: error.advice })),
  isSettled: true,
});
