import { z } from "zod";
import { shared } from "./meetingSchemas.ts";

const boolean = z.boolean();
const text = z.string();

const reminder = z.object({
  enable: boolean.optional(),
  type: z.literal([0, 1, 2, 3, 4, 5, 6, 7]).optional(),
});

/** Settings of a webinar that Zoom checks; what it does not know it ignores. */
const settings = z.object({
  allow_multiple_devices: boolean,
  alternative_hosts: text,
  approval_type: z.literal([0, 1, 2]),
  attendees_and_panelists_reminder_email_notification: reminder,
  audio: z.enum(["both", "telephony", "voip", "thirdParty"]),
  auto_recording: text,
  close_registration: boolean,
  contact_email: text,
  contact_name: text,
  email_in_attendee_report: boolean,
  follow_up_absentees_email_notification: reminder,
  follow_up_attendees_email_notification: reminder,
  hd_video: boolean,
  host_video: boolean,
  meeting_authentication: boolean,
  on_demand: boolean,
  panelist_authentication: boolean,
  panelists_invitation_email_notification: boolean,
  panelists_video: boolean,
  post_webinar_survey: boolean,
  practice_session: boolean,
  question_and_answer: z.object({
    enable: boolean.optional(),
    allow_submit_questions: boolean.optional(),
    allow_anonymous_questions: boolean.optional(),
    answer_questions: z.enum(["only", "all"]).optional(),
    attendees_can_comment: boolean.optional(),
    attendees_can_upvote: boolean.optional(),
  }),
  registrants_confirmation_email: boolean,
  registrants_email_notification: boolean,
  registrants_restrict_number: z.int().min(0).max(20_000),
  registration_type: z.literal([1, 2, 3]),
  show_share_button: boolean,
});

const fields = {
  ...shared,
  settings: settings.partial().optional(),
  type: z.literal([5, 6, 9]).optional(),
};

export const createWebinarSchema = z.object({ ...fields, default_passcode: boolean.optional() });
export const updateWebinarSchema = z.object(fields);
/** Unlike a meeting, a webinar cannot be recovered. */
export const webinarStatusSchema = z.object({ action: z.literal("end") });

export const panelistsSchema = z.object({
  panelists: z.array(z.object({ name: text.min(1), email: z.email() })).max(30),
});

export const registrantSchema = z.object({
  first_name: text.min(1).max(64),
  last_name: text.max(64).default(""),
  email: z.email().max(128),
});

export type CreateWebinarWish = z.infer<typeof createWebinarSchema>;
export type UpdateWebinarWish = z.infer<typeof updateWebinarSchema>;
