import { z } from "zod";
import { listOf } from "./parse.ts";

/** A setting whose value is of an unknown kind counts as not told: it must not cost us the whole answer. */
export const kept = <T>(schema: z.ZodType<T>) => schema.optional().catch(undefined);

const boolean = kept(z.boolean());
const number = kept(z.number());
const string = kept(z.string());
const strings = kept(z.array(z.string()));

/** Zoom writes the list with semicolons, and an empty one as an empty string. */
export const hosts = kept(
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) =>
      (typeof given === "string" ? given.split(/[;,]/) : given)
        .map((host) => host.trim())
        .filter((host) => host !== ""),
    ),
);

const dialInNumber = z.object({
  number: z.string().min(1),
  country_name: z.string().catch(""),
  city: z.string().catch(""),
  type: z.string().catch(""),
});

/** The settings we know, under Zoom's names, in requests and answers alike. */
export const meetingSettings = z.object({
  join_before_host: boolean,
  /** Minutes before the start at which people may join without the host; 0 is any time. */
  jbh_time: number,
  /** Switches join_before_host off. */
  waiting_room: boolean,
  waiting_room_options: kept(z.object({ mode: z.string(), who_goes_to_waiting_room: z.string().optional() })),
  auto_recording: kept(z.enum(["none", "local", "cloud"])),
  alternative_hosts: hosts,
  alternative_hosts_email_notification: boolean,
  alternative_host_update_polls: boolean,
  alternative_host_manage_meeting_summary: boolean,
  alternative_host_manage_cloud_recording: boolean,
  /** Zoom sends them no mail by itself. */
  meeting_invitees: kept(z.array(z.object({ email: z.string() }))),
  /** Registration: 0 automatic approval, 1 by hand, 2 none. */
  approval_type: number,
  registration_type: number,
  registrants_confirmation_email: boolean,
  registrants_email_notification: boolean,
  email_notification: boolean,
  close_registration: boolean,
  contact_name: string,
  contact_email: string,
  mute_upon_entry: boolean,
  host_video: boolean,
  participant_video: boolean,
  audio: string,
  allow_multiple_devices: boolean,
  show_share_button: boolean,
  use_pmi: boolean,
  watermark: boolean,
  focus_mode: boolean,
  private_meeting: boolean,
  internal_meeting: boolean,
  participant_focused_meeting: boolean,
  encryption_type: string,
  meeting_authentication: boolean,
  authentication_option: string,
  authentication_domains: string,
  breakout_room: kept(
    z.object({
      enable: z.boolean(),
      rooms: z
        .array(z.object({ name: z.string(), participants: z.array(z.string()).default([]) }))
        .default([]),
    }),
  ),
  continuous_meeting_chat: kept(z.object({ enable: z.boolean() })),
  global_dial_in_countries: strings,
  /** In answers only. */
  global_dial_in_numbers: kept(listOf(dialInNumber)),
  additional_data_center_regions: strings,
  push_change_to_calendar: boolean,
  auto_start_meeting_summary: boolean,
  who_will_receive_summary: number,
  auto_start_ai_companion_questions: boolean,
  who_can_ask_questions: number,
  summary_template_id: string,
});

export type MeetingSettings = z.output<typeof meetingSettings>;
