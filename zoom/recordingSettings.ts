import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { nothing } from "./client.ts";
import { defined, optionalText } from "./parse.ts";
import { meetingSegment, path } from "./paths.ts";

const kept = <T>(schema: z.ZodType<T>) => schema.optional().catch(undefined);

const boolean = kept(z.boolean());

/** Who may see a recording, and how, under Zoom's names. */
const settingsSchema = z
  .object({
    share_recording: kept(z.enum(["publicly", "internally", "none"])),
    /** Viewers must sign in. */
    recording_authentication: boolean,
    authentication_option: optionalText,
    authentication_domains: optionalText,
    viewer_download: boolean,
    password: kept(z.string()),
    /** Viewers must register. */
    on_demand: boolean,
    /** Of registrations: 0 by itself, 1 by hand, 2 none needed. */
    approval_type: kept(z.literal([0, 1, 2])),
    send_email_to_host: boolean,
    show_social_share_buttons: boolean,
    topic: optionalText,
    auto_delete: boolean,
    /** `yyyy-mm-dd` */
    auto_delete_date: optionalText,
  })
  .transform(defined);

export type RecordingSettings = z.output<typeof settingsSchema>;

export const getRecordingSettings = (zoom: ZoomClient, meetingIdOrUuid: string): Promise<RecordingSettings> =>
  zoom.get(path`/meetings/${meetingSegment(meetingIdOrUuid)}/recordings/settings`, {
    operation: "getRecordingSettings",
    answer: settingsSchema,
  });

/** Zoom answers nothing, and keeps what the account locks: read the settings again to know. */
export const updateRecordingSettings = (
  zoom: ZoomClient,
  meetingIdOrUuid: string,
  changes: Omit<RecordingSettings, "auto_delete_date">,
): Promise<void> =>
  zoom.patch(path`/meetings/${meetingSegment(meetingIdOrUuid)}/recordings/settings`, {
    operation: "updateRecordingSettings",
    body: changes,
    answer: nothing,
  });
