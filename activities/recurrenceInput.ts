import { z } from "zod";
import { durationMs } from "../domain/duration.ts";
import type { Recurrence } from "../zoom/meetings.ts";
import { zoomTime } from "../zoom/time.ts";
import { durationField } from "./fields.ts";
import { plannedFields, startTimeField, topicField } from "./meetingInput.ts";
import { refusal } from "./refusal.ts";

/** How a meeting repeats, with Zoom's limits. */

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

const dayOrNumber = z.union([z.string(), z.number()]);

/** By name or by number, 1 is Sunday; NaN for what is neither. */
const weekday = (given: string | number): number => {
  const named = days.findIndex((day) => day === String(given).trim().toLowerCase());
  return named < 0 ? Number(given) : named + 1;
};

const isWeekday = (day: number): boolean => Number.isInteger(day) && day >= 1 && day <= 7;
const noWeekday = "is no day of the week: monday, or 1 for Sunday to 7";

const weekdayField = dayOrNumber.transform(weekday).refine(isWeekday, noWeekday);

/** A list, or a text with commas as Zoom itself writes it. */
const weekdaysField = z
  .union([dayOrNumber.transform((given) => String(given).split(",")), z.array(dayOrNumber).min(1).max(7)])
  .transform((given) => [...new Set(given.map(weekday))])
  .refine((given) => given.every(isWeekday), noWeekday);

const weeks = { first: 1, second: 2, third: 3, fourth: 4, last: -1 } as const;

/** How far apart days, weeks and months may be. */
const longestInterval = { daily: 99, weekly: 50, monthly: 10, without_times: 1 } as const;

/** Shorter, a call would hardly end before the next; longer, Zoom's own daily repetition does. */
const everyMs = { least: 5 * 60_000, most: 24 * 3_600_000 } as const;
const lastAfterMostMs = 30 * 24 * 3_600_000;

const isTimezone = (name: string): boolean => {
  try {
    return Boolean(Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
};

const within = (text: string, least: number, most: number): boolean => {
  const ms = durationMs(text) ?? 0;
  return ms >= least && ms <= most;
};

const fields = z.strictObject({
  ...plannedFields,
  topic: topicField.meta({
    title: "Topic",
    examples: ["{{incident.short_id}} {{incident.short_title}} - Status call"],
  }),
  repeat: z.enum(["daily", "weekly", "monthly", "without_times"]).optional().meta({
    title: "Repeat",
    description: "without_times: one link that is used again and again, at no fixed times",
  }),
  repeat_interval: z.coerce.number().int().min(1).max(99).default(1).meta({
    title: "Repeat interval",
    description: "Every so many days (at most 99), weeks (50) or months (10)",
  }),
  weekly_days: weekdaysField.optional().meta({
    title: "Days of the week",
    description: "For weekly meetings: names, or 1 for Sunday to 7",
    examples: [["monday", "thursday"], "2,5"],
  }),
  monthly_day: z.coerce.number().int().min(1).max(31).optional().meta({ title: "Day of the month" }),
  monthly_week: z
    .enum(["first", "second", "third", "fourth", "last"])
    .optional()
    .meta({ title: "Week of the month", description: "Together with monthly_week_day" }),
  monthly_week_day: weekdayField.optional().meta({ title: "Day of that week" }),
  end_times: z.coerce.number().int().min(1).max(60).optional().meta({
    title: "How many times",
    description: "At most 60; 10 if neither this nor end_date_time is given",
  }),
  end_date_time: startTimeField.optional().meta({ title: "Repeats until" }),
  timezone: z
    .string()
    .refine(isTimezone, "is no time zone: a name such as Europe/Berlin")
    .default("UTC")
    .meta({ title: "Time zone", description: "In which the wall clock of each date stays the same" }),
  every: durationField
    .refine((text) => within(text, everyMs.least, everyMs.most), "must be from 5m to 24h")
    .optional()
    .meta({
      title: "Status call every",
      description:
        "Instead of repeat: one meeting, and a reminder on the timeline each time, until the incident is resolved",
      examples: ["30m", "2h"],
    }),
  for_at_most: durationField
    .refine((text) => within(text, everyMs.least, lastAfterMostMs), "must be from 5m to 30d")
    .default("7d")
    .meta({ title: "Status calls for at most", description: "Reminders stop then, resolved or not" }),
});

type Fields = z.output<typeof fields>;

type Contradiction = { field: keyof Fields; why: string; holds: (given: Fields) => boolean };

const isGiven = (value: unknown): boolean => value !== undefined;

/** The first that holds is told. */
const contradictions: readonly Contradiction[] = [
  {
    field: "repeat",
    why: "name either repeat, or every for a status call",
    holds: ({ repeat, every }) => isGiven(repeat) === isGiven(every),
  },
  {
    field: "repeat_interval",
    why: "is too large: at most 99 days, 50 weeks or 10 months",
    holds: ({ repeat, repeat_interval }) => repeat_interval > longestInterval[repeat ?? "without_times"],
  },
  {
    field: "start_time",
    why: "has no meaning for a meeting without fixed times: leave it out",
    holds: ({ repeat, start_time }) => repeat === "without_times" && isGiven(start_time),
  },
  {
    field: "end_date_time",
    why: "excludes end_times: name one of them",
    holds: ({ end_times, end_date_time }) => isGiven(end_times) && isGiven(end_date_time),
  },
  {
    field: "weekly_days",
    why: "are needed for weekly meetings, and for no others",
    holds: ({ repeat, weekly_days }) => (repeat === "weekly") !== isGiven(weekly_days),
  },
  {
    field: "monthly_week_day",
    why: "goes together with monthly_week",
    holds: ({ monthly_week, monthly_week_day }) => isGiven(monthly_week) !== isGiven(monthly_week_day),
  },
  {
    field: "monthly_day",
    why: "or else monthly_week and monthly_week_day are needed for monthly meetings, and for no others",
    holds: ({ repeat, monthly_day, monthly_week }) =>
      repeat === "monthly"
        ? isGiven(monthly_day) === isGiven(monthly_week)
        : isGiven(monthly_day) || isGiven(monthly_week),
  },
];

export const recurringInput = fields.superRefine((given, context) => {
  const found = contradictions.find(({ holds }) => holds(given));
  if (found) context.addIssue({ code: "custom", path: [found.field], message: found.why });
});

export type RecurringInput = z.output<typeof recurringInput>;

const types = { daily: 1, weekly: 2, monthly: 3 } as const;

const onDays = (given: RecurringInput): Partial<Recurrence> => {
  if (given.repeat === "weekly") return { weekly_days: (given.weekly_days ?? []).join(",") };
  if (given.repeat !== "monthly") return {};
  if (given.monthly_week === undefined || given.monthly_week_day === undefined)
    return { monthly_day: given.monthly_day ?? 1 };
  return { monthly_week: weeks[given.monthly_week], monthly_week_day: given.monthly_week_day };
};

const timesUnlessSaid = 10;

/** How it repeats in Zoom's words; undefined for a meeting without fixed times. */
export const recurrenceOf = (given: RecurringInput, startMs: number): Recurrence | undefined => {
  const { repeat, end_date_time } = given;
  if (repeat === undefined || repeat === "without_times") return undefined;
  if (end_date_time !== undefined && Date.parse(end_date_time) <= startMs) throw endsBefore(end_date_time);
  return {
    type: types[repeat],
    repeat_interval: given.repeat_interval,
    ...onDays(given),
    ...(end_date_time === undefined
      ? { end_times: given.end_times ?? timesUnlessSaid }
      : { end_date_time: zoomTime(Date.parse(end_date_time)) }),
  };
};

const endsBefore = (end: string) =>
  refusal("invalid_input", `The meeting cannot repeat until ${end}: that is before it starts.`, {
    field: "end_date_time",
  });
