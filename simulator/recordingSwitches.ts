import { z } from "zod";

const delayMs = z
  .number()
  .min(0)
  .max(10 ** 10);

/** What can be switched about recordings and summaries, beside their delays. */
export const recordingSwitchesSchema = {
  recordingSetDelayMs: delayMs.optional(),
  recordingNotReady: z.enum(["processing", "none"]).optional(),
  recordingMediaBytes: z
    .int()
    .min(1)
    .max(2 ** 40)
    .optional(),
  recordingExtras: z.array(z.enum(["CHAT", "TIMELINE"])).optional(),
  recordingStorageFull: z.boolean().optional(),
  lockedRecordingSettings: z.record(z.string(), z.unknown()).optional(),
  downloadLinkMs: delayMs.nullable().optional(),
  summaries: z.enum(["on", "off", "restricted"]).optional(),
  summaryDelayMs: delayMs.optional(),
};

export type RecordingSwitches = {
  /** Between the end of one set of files and the next, when a recording was started several times. */
  recordingSetDelayMs: number;
  /** What code 3301 says while a recording is processed: Zoom has been seen to say either. */
  recordingNotReady: "processing" | "none";
  /** The size of an MP4; other media have a tenth of it. */
  recordingMediaBytes: number;
  /** Further files of each set. */
  recordingExtras: ("CHAT" | "TIMELINE")[];
  /** No recording starts, and none is recovered. */
  recordingStorageFull: boolean;
  /** These win over what a recording's settings are asked to be. */
  lockedRecordingSettings: Record<string, unknown>;
  /** How long a download address from an answer works; null: for good. */
  downloadLinkMs: number | null;
  summaries: "on" | "off" | "restricted";
  /** After the end of the session. */
  summaryDelayMs: number;
};

export const recordingSwitches = (): RecordingSwitches => ({
  recordingSetDelayMs: 0,
  recordingNotReady: "processing",
  recordingMediaBytes: 50,
  recordingExtras: [],
  recordingStorageFull: false,
  lockedRecordingSettings: {},
  downloadLinkMs: null,
  summaries: "on",
  summaryDelayMs: 2_000,
});
