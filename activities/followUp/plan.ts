import { z } from "zod";
import { BusinessHoursError, nextInBusinessHours } from "../../domain/businessHours.ts";
import { durationMs } from "../../domain/duration.ts";
import { InputError } from "../action.ts";
import type { FollowUpInput } from "./input.ts";

const roundMs = 5 * 60_000;

/** What the clocks of a zone show, for people: `2030-03-04 09:00 (Europe/Berlin)`. */
export const clockText = (atMs: number, zone = "UTC"): string => {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  return `${format.format(atMs)} (${zone})`;
};

/** When the meeting is to start, and why that is not the time that was wished for (null if it is). */
export type PlannedStart = { startMs: number; reason: string | null };

/**
 * The resolution plus the offset, on a full five minutes so that calendars stay tidy, never in the past, in business
 * hours. An incident that is not resolved yet counts from now.
 */
export const plannedStart = (
  given: FollowUpInput,
  resolvedAt: string | null,
  nowMs: number,
): PlannedStart => {
  const baseMs = resolvedAt === null ? nowMs : Date.parse(resolvedAt);
  const wishMs = Math.max(baseMs + (durationMs(given.start_offset) ?? 0), nowMs + 60_000);
  const roundedMs = Math.ceil(wishMs / roundMs) * roundMs;
  if (given.business_hours === undefined) return { startMs: roundedMs, reason: null };
  try {
    return nextInBusinessHours(roundedMs, given.duration_minutes, given.business_hours);
  } catch (error) {
    if (!(error instanceof BusinessHoursError)) throw error;
    const { field, message } = error;
    throw new InputError(
      new z.ZodError([{ code: "custom", path: ["business_hours", field], message, input: given }]),
    );
  }
};
