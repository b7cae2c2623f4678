import { z } from "zod";
import type { Handler } from "./call.ts";
import { defined } from "./collections.ts";
import { readBody } from "./meetingSchemas.ts";
import { requireRecording } from "./recordingCalls.ts";
import { isoDay } from "./time.ts";

const DAY_MS = 24 * 3_600_000;
const KEPT_DAYS = 30;

/** At least 8 characters with letters, digits and others; an empty one takes the passcode away. */
const isStrong = (password: string): boolean =>
  password === "" ||
  (password.length >= 8 && /\d/.test(password) && /[a-z]/i.test(password) && /[^a-z\d]/i.test(password));

const settingsSchema = z.object({
  share_recording: z.enum(["publicly", "internally", "none"]).optional(),
  recording_authentication: z.boolean().optional(),
  authentication_option: z.string().optional(),
  authentication_domains: z.string().optional(),
  viewer_download: z.boolean().optional(),
  password: z.string().max(10).refine(isStrong).optional(),
  on_demand: z.boolean().optional(),
  approval_type: z.literal([0, 1, 2]).optional(),
  send_email_to_host: z.boolean().optional(),
  show_social_share_buttons: z.boolean().optional(),
  topic: z.string().max(200).optional(),
  auto_delete: z.boolean().optional(),
});

export const getRecordingSettings: Handler = (cloud, { rawParams }) => {
  const { recording } = requireRecording(cloud, rawParams.meetingId ?? "");
  const { settings, spans } = recording;
  const deletedAtMs = (spans[0]?.startMs ?? 0) + KEPT_DAYS * DAY_MS;
  return {
    status: 200,
    body: { ...settings, ...(settings.auto_delete && { auto_delete_date: isoDay(deletedAtMs) }) },
  };
};

/** Nothing tells that a locked setting stayed as it was. */
export const updateRecordingSettings: Handler = (cloud, { rawParams, body }) => {
  const { recording } = requireRecording(cloud, rawParams.meetingId ?? "");
  const wish = defined(readBody(settingsSchema, body));
  recording.settings = { ...recording.settings, ...wish, ...cloud.settings.lockedRecordingSettings };
  return { status: 204 };
};
