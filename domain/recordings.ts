import type { Failure } from "./failures.ts";

/** What is left of a call in Zoom's cloud, and what of it belongs on the timeline. */

/** A finished file. */
export type RecordingFile = {
  /** Zoom's; absent for some captions and timelines. */
  id?: string;
  /** `MP4`, `M4A`, `TRANSCRIPT`, `CHAT`, … */
  type: string;
  /** `shared_screen_with_speaker_view`, `audio_only`, … */
  kind: string;
  bytes: number;
  /** ISO 8601; "" if not told. Files of one start and stop have the same. */
  startedAt: string;
  endedAt: string;
  playUrl?: string;
};

/** Why a call has no recording, as far as Zoom's answers can tell. */
export type NoRecording =
  | "not_recorded"
  | "recorded_locally"
  | "plan"
  | "storage_full"
  | "one_person"
  | "trashed"
  | "stuck"
  | "unknown";

/** One session's recordings as a look at Zoom found them. */
export type SessionRecording = {
  uuid: string;
  /**
   * `ready`: all that Zoom lists is finished. `processing`: Zoom says that it works on some. `awaited`: Zoom knows of
   * none, which may change. `none`: it will not. `refused`: Zoom does not let us see.
   */
  state: "ready" | "processing" | "awaited" | "none" | "refused";
  /** Epoch milliseconds. */
  startedAtMs: number;
  endedAtMs?: number;
  /** Where people watch it. */
  shareUrl?: string;
  passcode?: string;
  /** Those that are finished, each once. */
  files: RecordingFile[];
  /** How many files Zoom has not finished; more than 0 in state `ready` means that it never will. */
  unfinished: number;
  transcript: "ready" | "awaited" | "none";
  reason?: NoRecording;
  failure?: Failure;
  /** Nothing more will come: no need to look again. */
  isSettled: boolean;
};

type Explanation = { title: string; detail: string };

export const noRecordingReasons: Readonly<Record<NoRecording, Explanation>> = {
  not_recorded: {
    title: "it was not recorded",
    detail:
      "The meeting does not record by itself, and none that somebody started by hand has appeared. Set auto_recording to cloud to have one next time.",
  },
  recorded_locally: {
    title: "it records to the host's computer",
    detail:
      "The meeting is set to local recording: ask whoever recorded for the file, or set auto_recording to cloud.",
  },
  plan: {
    title: "the host's plan has no cloud recording",
    detail: "The host is a basic user. Give the host a licence, or name a licensed host.",
  },
  storage_full: {
    title: "Zoom's cloud storage is full",
    detail:
      "Zoom starts no cloud recording while it is. Delete or archive old recordings, or buy storage; the storage report of the account tells how much is used.",
  },
  one_person: {
    title: "only one person was on the call",
    detail: "Nothing is left of it in Zoom's cloud.",
  },
  trashed: {
    title: "somebody moved it to Zoom's trash",
    detail: "It can be recovered in Zoom for 30 days after it was deleted.",
  },
  stuck: {
    title: "Zoom did not finish processing it",
    detail: "It may still appear in Zoom under Recordings; if it does not, ask Zoom's support.",
  },
  unknown: {
    title: "none appeared",
    detail:
      "Zoom does not say why: the recording was stopped at once, was deleted, or could not be processed. The host's Recordings page in Zoom tells more.",
  },
};

/** How often the recording was started: each start and stop makes a set of files of its own. */
export const setsOf = (files: readonly RecordingFile[]): number =>
  new Set(files.filter(isMedia).map(({ startedAt }) => startedAt)).size;

const isMedia = ({ type }: Pick<RecordingFile, "type">): boolean => type === "MP4" || type === "M4A";

export const isTranscript = ({ type }: Pick<RecordingFile, "type">): boolean => type === "TRANSCRIPT";
