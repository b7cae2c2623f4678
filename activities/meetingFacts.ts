import { z } from "zod";
import type { Meeting, Occurrence } from "../zoom/meetings.ts";

/** One date of a recurring meeting, as outputs show it. */
export const occurrenceOutput = z.object({
  occurrence_id: z.string(),
  start_time: z.string(),
  duration_minutes: z.number(),
  cancelled: z.boolean(),
});

export const occurrenceOf = ({ id, startTime, durationMinutes, isCancelled }: Occurrence) => ({
  occurrence_id: id,
  start_time: startTime,
  duration_minutes: durationMinutes,
  cancelled: isCancelled,
});

const kinds: Readonly<Record<number, string>> = {
  1: "instant",
  2: "scheduled",
  3: "recurring_without_times",
  8: "recurring",
};

export const kindOf = ({ type }: Meeting): string => kinds[type] ?? "other";

/** A meeting for a title: its topic, and its number. */
export const calledMeeting = ({ topic, id }: Meeting): string =>
  topic ? `${topic} (${id})` : `meeting ${id}`;
