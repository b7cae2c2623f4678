import { z } from "zod";

/** How far apart days, weeks and months may be. */
const LONGEST_INTERVAL = { 1: 99, 2: 50, 3: 10 } as const;

/** A wrong field is named; of two that exclude each other, the latter. */
export const recurrence = z
  .object({
    type: z.literal([1, 2, 3]),
    repeat_interval: z.int().min(1).optional(),
    weekly_days: z
      .string()
      .regex(/^[1-7](,[1-7])*$/)
      .optional(),
    monthly_day: z.int().min(1).max(31).optional(),
    monthly_week: z.literal([-1, 1, 2, 3, 4]).optional(),
    monthly_week_day: z.int().min(1).max(7).optional(),
    end_times: z.int().min(0).max(60).optional(),
    end_date_time: z
      .string()
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      .optional(),
  })
  .refine(({ type, repeat_interval = 1 }) => repeat_interval <= LONGEST_INTERVAL[type], {
    path: ["repeat_interval"],
  })
  .refine(({ end_times, end_date_time }) => end_times === undefined || end_date_time === undefined, {
    path: ["end_date_time"],
  })
  .refine(
    ({ monthly_week, monthly_week_day }) => monthly_week === undefined || monthly_week_day !== undefined,
    { path: ["monthly_week_day"] },
  );
