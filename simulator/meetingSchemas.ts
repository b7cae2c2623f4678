import { z } from "zod";
import { invalidFields } from "./errors.ts";
import { recurrence } from "./recurrenceSchema.ts";
import { isTimezone } from "./time.ts";

const boolean = z.boolean();
const text = z.string();

/** As Zoom's help pages have it; its API's document names no limit. */
const MOST_ROOMS = 100;
const MOST_PREASSIGNED = 1_000;

/** Settings of a meeting that Zoom checks; what it does not know it ignores. */
const settings = z.object({
  allow_multiple_devices: boolean,
  alternative_hosts: text,
  alternative_hosts_email_notification: boolean,
  approval_type: z.literal([0, 1, 2]),
  audio: z.enum(["both", "telephony", "voip", "thirdParty"]),
  auto_recording: text,
  auto_start_ai_companion_questions: boolean,
  auto_start_meeting_summary: boolean,
  breakout_room: z.object({
    enable: boolean.optional(),
    rooms: z
      .array(z.object({ name: text.optional(), participants: z.array(text).optional() }))
      .max(MOST_ROOMS)
      .refine((rooms) => rooms.flatMap(({ participants = [] }) => participants).length <= MOST_PREASSIGNED)
      .optional(),
  }),
  close_registration: boolean,
  contact_email: text,
  contact_name: text,
  continuous_meeting_chat: z.object({ enable: boolean.optional() }),
  email_in_attendee_report: boolean,
  email_notification: boolean,
  encryption_type: z.enum(["enhanced_encryption", "e2ee"]),
  focus_mode: boolean,
  global_dial_in_countries: z.array(text),
  host_video: boolean,
  internal_meeting: boolean,
  jbh_time: z.literal([0, 5, 10, 15]),
  join_before_host: boolean,
  meeting_authentication: boolean,
  meeting_invitees: z.array(z.object({ email: z.email().optional() })),
  mute_upon_entry: boolean,
  participant_video: boolean,
  private_meeting: boolean,
  registrants_confirmation_email: boolean,
  registrants_email_notification: boolean,
  registration_type: z.literal([1, 2, 3]),
  request_permission_to_unmute_participants: boolean,
  show_share_button: boolean,
  use_pmi: boolean,
  waiting_room: boolean,
  waiting_room_options: z.object({
    mode: z.enum(["follow_setting", "custom"]),
    who_goes_to_waiting_room: text.optional(),
  }),
  watermark: boolean,
  who_can_ask_questions: z.literal([1, 2, 3, 4, 5]),
  who_will_receive_summary: z.literal([1, 2, 3, 4]),
});

/** Zoom documents whole seconds; fractions are let through, as its own document's pattern does. */
const startTime = text
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$/)
  .refine((value) => !Number.isNaN(Date.parse(value)));

export const shared = {
  topic: text.max(200).optional(),
  agenda: text.max(2_000).optional(),
  duration: z.int().min(1).max(1_440).optional(),
  password: text.max(10).optional(),
  start_time: startTime.optional(),
  timezone: text.refine(isTimezone).optional(),
  schedule_for: text.optional(),
  recurrence: recurrence.optional(),
  tracking_fields: z.array(z.object({ field: text, value: text.default("") })).optional(),
  settings: settings.partial().optional(),
  type: z.literal([1, 2, 3, 8, 10]).optional(),
};

export const createSchema = z.object({ ...shared, default_password: boolean.optional() });
export const updateSchema = z.object(shared);
export const statusSchema = z.object({ action: z.enum(["end", "recover"]) });

export type CreateWish = z.infer<typeof createSchema>;
export type UpdateWish = z.infer<typeof updateSchema>;

/** Reads a body as Zoom would, or refuses it with every bad field named. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw invalidFields([...new Set(read.error.issues.map(({ path }) => path.join(".")))]);
}
