import { z } from "zod";
import { hostingSwitchesSchema } from "./hostingSwitches.ts";
import { recordingSwitchesSchema } from "./recordingSwitches.ts";
import { liveSchema, registrationSchema } from "./peopleSettings.ts";

const delayMs = z
  .number()
  .min(0)
  .max(10 ** 10);
const regularExpression = z.string().refine(isRegularExpression, "is no regular expression");

const faultKinds = [
  "status",
  "timeoutBefore",
  "timeoutAfter",
  "reset",
  "slow",
  "expiredToken",
  "dropWebhook",
  "doubleWebhook",
  "delayWebhook",
  "shuffleWebhook",
] as const;

const fault = z.strictObject({
  kind: z.enum(faultKinds),
  method: z.string().optional(),
  path: regularExpression.optional(),
  event: regularExpression.optional(),
  meetingId: z.int().optional(),
  times: z.int().min(1).optional(),
  skip: z.int().min(0).default(0),
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().default(1),
  status: z.int().min(200).max(599).default(500),
  code: z.int().optional(),
  message: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  commit: z.boolean().default(false),
  delayMs: delayMs.default(1_000),
  holdMs: delayMs.max(600_000).default(30_000),
});

/** One rule or a list of them. */
export const faultsSchema = z.preprocess(
  (given) => (Array.isArray(given) ? given : [given]),
  z.array(fault).max(100),
);

export const joinSchema = z.strictObject({
  name: z.string().min(1).max(200),
  email: z.email().optional(),
  waiting_room: z.boolean().optional(),
  phone_number: z.string().optional(),
  customer_key: z.string().max(35).optional(),
  registrant_id: z.string().optional(),
  waits: z.boolean().optional(),
});

const who = { user_id: z.string().optional(), email: z.string().optional(), name: z.string().optional() };

export const leaveSchema = z.strictObject({ ...who, reason: z.string().optional() });
export const breakoutSchema = z.strictObject({ ...who, room: z.string().min(1).max(32).nullable() });
export const admitSchema = z.strictObject({ ...who, all: z.boolean().optional() });
export const uninstallSchema = z.strictObject({ email: z.email().optional() });
export const endSchema = z.strictObject({ reason: z.string().optional() });

export const clockSchema = z
  .strictObject({
    advanceMs: z.number().min(0).optional(),
    scale: z.number().min(0.001).max(100_000).optional(),
  })
  .refine(
    ({ advanceMs, scale }) => advanceMs !== undefined || scale !== undefined,
    "give advanceMs, scale or both",
  );

/** null, or a url of null, stops the sending. */
export const webhooksSchema = z.preprocess(
  (given) => given ?? { url: null },
  z.strictObject({
    url: z.url({ protocol: /^https?$/ }).nullable(),
    secretToken: z.string().min(1).optional(),
    events: z.array(z.string()).optional(),
    validate: z.boolean().default(true),
  }),
);

const label = z.enum(["LIGHT", "MEDIUM", "HEAVY", "RESOURCE-INTENSIVE"]);

const limits = z.preprocess(
  (given) => (typeof given === "boolean" ? { enabled: given } : given),
  z.strictObject({
    enabled: z.boolean().optional(),
    hostDailyMax: z.int().min(0).nullable().optional(),
    headers: z.enum(["observed", "documented"]).optional(),
    perSecond: z.partialRecord(label, z.int().min(0)).optional(),
  }),
);

const user = z.strictObject({
  email: z.email(),
  type: z.literal([1, 2, 99]).optional(),
  licensed: z.boolean().optional(),
  status: z.enum(["active", "inactive"]).optional(),
  role: z.enum(["admin", "member"]).optional(),
  largeMeeting: z.int().min(0).optional(),
  webinar: z.int().min(0).optional(),
  first_name: z.string().max(64).optional(),
  last_name: z.string().max(64).optional(),
  groups: z.array(z.string()).optional(),
});

export const settingsSchema = z.strictObject({
  plan: z.enum(["free", "pro", "business"]).optional(),
  limits: limits.optional(),
  lockedSettings: z.record(z.string(), z.unknown()).optional(),
  generatePasscodes: z.boolean().optional(),
  passcodeRule: z.enum(["any", "numeric", "mixed"]).optional(),
  refusedAlternativeHosts: z.array(z.email()).optional(),
  endIdle: z.enum(["accepted", "refused"]).optional(),
  scopes: z.array(z.string()).optional(),
  appDisabled: z.boolean().optional(),
  accountId: z.string().min(1).max(64).optional(),
  appKind: z.enum(["any", "general", "server_to_server"]).optional(),
  redirectUrls: z.array(z.url()).nullable().optional(),
  signInAs: z
    .union([z.email(), z.literal("ask")])
    .nullable()
    .optional(),
  refreshGraceMs: delayMs.optional(),
  recordingDelayMs: delayMs.optional(),
  transcriptDelayMs: delayMs.nullable().optional(),
  attendanceDelayMs: delayMs.optional(),
  listLagMs: delayMs.optional(),
  latencyMs: delayMs.max(600_000).optional(),
  endWhenEmpty: z.boolean().optional(),
  enforceJoinBeforeHost: z.boolean().optional(),
  listOnePersonMeetings: z.boolean().optional(),
  uuidStyle: z.enum(["mixed", "plain", "slash", "doubleSlash"]).optional(),
  ...hostingSwitchesSchema,
  ...recordingSwitchesSchema,
  live: liveSchema.optional(),
  registration: registrationSchema.optional(),
  users: z.array(user).optional(),
  removeUsers: z.array(z.string()).optional(),
});

export type SettingsChange = z.infer<typeof settingsSchema>;
export type UserChange = z.infer<typeof user>;

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
