import { z } from "zod";

/** How the account treats people who are called into a live meeting, and its controls. */
export type LiveSettings = {
  /** What becomes of who is called; `none`: nobody reacts until the ringing ends, unless a control answers. */
  answer: "accept" | "decline" | "none";
  answerAfterMs: number;
  ringMs: number;
  /** Requests within five seconds, of one meeting and of one phone number; null: no limit. */
  perMeeting: number | null;
  perNumber: number | null;
  /** Zoom's support has to switch it on for an account. */
  removal: boolean;
};

export type RegistrationSettings = {
  capacity: number;
  blockedDomains: string[];
  /** Requests a day for one registrant of one meeting. */
  addsPerDay: number;
  changesPerDay: number;
};

export const LIVE_DEFAULTS: LiveSettings = {
  answer: "accept",
  answerAfterMs: 300,
  ringMs: 30_000,
  perMeeting: 10,
  perNumber: 1,
  removal: false,
};

export const REGISTRATION_DEFAULTS: RegistrationSettings = {
  capacity: 4_999,
  blockedDomains: [],
  addsPerDay: 3,
  changesPerDay: 10,
};

const delayMs = z.number().min(0).max(3_600_000);
const limit = z.int().min(0).nullable();

export const liveSchema = z.strictObject({
  answer: z.enum(["accept", "decline", "none"]).optional(),
  answerAfterMs: delayMs.optional(),
  ringMs: delayMs.optional(),
  perMeeting: limit.optional(),
  perNumber: limit.optional(),
  removal: z.boolean().optional(),
});

export const registrationSchema = z.strictObject({
  capacity: z.int().min(0).optional(),
  blockedDomains: z.array(z.string().toLowerCase()).optional(),
  addsPerDay: z.int().min(0).optional(),
  changesPerDay: z.int().min(0).optional(),
});

/** Whom the controls mean among those who are being called. */
export const answerSchema = z.strictObject({
  email: z.string().optional(),
  phone_number: z.string().optional(),
  device_ip: z.string().optional(),
  answer: z.enum(["accept", "decline", "none", "fail"]),
});
