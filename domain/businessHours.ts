import { Temporal } from "temporal-polyfill";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

type Weekday = (typeof weekdays)[number];

/** When meetings may take place, on the clocks of one time zone. */
export type BusinessHours = {
  /** IANA name: `Europe/Berlin`. */
  time_zone: string;
  /** `HH:MM`; `to` may be `24:00`. */
  from: string;
  to: string;
  days: readonly Weekday[];
  /** `YYYY-MM-DD`. */
  holidays: readonly string[];
};

/** What is wrong with business hours, and in which field. */
type HoursProblem = { field: keyof BusinessHours; message: string };

const dayMinutes = 24 * 60;
const minuteMs = 60_000;

/** A holiday a day for two years would be a mistake; so far we look. */
const mostDays = 2 * 366;

const dayNames: Record<Weekday, string> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};

/** Minutes of the day, or undefined for what is no time of day. */
const minutesOf = (time: string): number | undefined => {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(time) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return total <= dayMinutes ? total : undefined;
};

const isZone = (name: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
};

const isDate = (text: string): boolean => {
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" }).toString() === text;
  } catch {
    return false;
  }
};

const problemOfTimes = ({ from, to }: BusinessHours): HoursProblem | undefined => {
  const times = { from, to };
  for (const field of ["from", "to"] as const) {
    if (minutesOf(times[field]) === undefined)
      return { field, message: `"${times[field]}" is no time of day: write 09:00` };
  }
  const opens = minutesOf(from) ?? 0;
  const closes = minutesOf(to) ?? 0;
  return opens < closes ? undefined : { field: "to", message: `${to} is not after ${from}` };
};

/** The first thing that is wrong, or undefined. */
export const problemOfHours = (hours: BusinessHours): HoursProblem | undefined => {
  const { time_zone, days, holidays } = hours;
  if (!isZone(time_zone))
    return {
      field: "time_zone",
      message: `"${time_zone}" is no time zone: use an IANA name such as Europe/Berlin`,
    };
  if (days.length === 0) return { field: "days", message: "name at least one working day" };
  const wrong = holidays.find((date) => !isDate(date));
  if (wrong !== undefined) return { field: "holidays", message: `"${wrong}" is no date: write 2030-12-25` };
  return problemOfTimes(hours);
};

/** Thrown for business hours that no meeting fits into; `field` is the one to correct. */
export class BusinessHoursError extends Error {
  override readonly name = "BusinessHoursError";
  readonly field: string;
  constructor({ field, message }: { field: string; message: string }) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

type Interval = { startMs: number; endMs: number };

const weekdayOf = (date: Temporal.PlainDate): Weekday => weekdays[date.dayOfWeek - 1] ?? "mon";

const isWorkingDay = (date: Temporal.PlainDate, { days, holidays }: BusinessHours): boolean =>
  days.includes(weekdayOf(date)) && !holidays.includes(date.toString());

/**
 * The instants of a day at which its clocks show business hours. Where clocks are changed the day is cut in two, each
 * part with its own offset: an hour that is skipped is in neither, one that comes twice is in both.
 */
const openOn = (date: Temporal.PlainDate, { time_zone, from, to }: BusinessHours): Interval[] => {
  const next = date.add({ days: 1 }).toZonedDateTime(time_zone);
  const open: Interval[] = [];
  let part: Temporal.ZonedDateTime | null = date.toZonedDateTime(time_zone);
  while (part && part.epochMilliseconds < next.epochMilliseconds) {
    const change: Temporal.ZonedDateTime | null = part.getTimeZoneTransition("next");
    const midnightMs = part.epochMilliseconds - localMs(part);
    const startMs = Math.max(part.epochMilliseconds, midnightMs + (minutesOf(from) ?? 0) * minuteMs);
    const endMs = Math.min(
      midnightMs + (minutesOf(to) ?? 0) * minuteMs,
      next.epochMilliseconds,
      change?.epochMilliseconds ?? Infinity,
    );
    if (startMs < endMs) open.push({ startMs, endMs });
    part = change;
  }
  return open;
};

const openFrom = function* (first: Temporal.PlainDate, hours: BusinessHours): Generator<Interval> {
  for (let day = 0; day <= mostDays; day += 1) {
    const date = first.add({ days: day });
    if (isWorkingDay(date, hours)) yield* openOn(date, hours);
  }
};

const localMs = (at: Temporal.ZonedDateTime): number =>
  ((at.hour * 60 + at.minute) * 60 + at.second) * 1000 + at.millisecond;

const pad = (value: number): string => String(value).padStart(2, "0");

/** Why a meeting cannot start when it was wished to. */
const reasonOf = (wish: Temporal.ZonedDateTime, durationMinutes: number, hours: BusinessHours): string => {
  const date = wish.toPlainDate();
  const day = weekdayOf(date);
  const shown = `${date.toString()} ${pad(wish.hour)}:${pad(wish.minute)} (${hours.time_zone})`;
  if (!hours.days.includes(day)) return `${shown} is a ${dayNames[day]}`;
  if (hours.holidays.includes(date.toString())) return `${shown} is a holiday`;
  const isEarly = localMs(wish) < (minutesOf(hours.from) ?? 0) * minuteMs;
  if (isEarly) return `${shown} is before ${hours.from}`;
  return `${durationMinutes} min from ${shown} are not over by ${hours.to}`;
};

/**
 * The first instant at or after the wished one from which the whole meeting lies in business hours, and why it is not
 * the wished one (null if it is). Throws a BusinessHoursError when there is none.
 */
export const nextInBusinessHours = (
  wishMs: number,
  durationMinutes: number,
  hours: BusinessHours,
): { startMs: number; reason: string | null } => {
  const problem = problemOfHours(hours);
  if (problem) throw new BusinessHoursError(problem);
  const wish = Temporal.Instant.fromEpochMilliseconds(wishMs).toZonedDateTimeISO(hours.time_zone);
  const durationMs = durationMinutes * minuteMs;
  let open: Interval = { startMs: wishMs, endMs: wishMs };
  for (const next of openFrom(wish.toPlainDate(), hours)) {
    // What is open without a break, over a change of clocks or over midnight, is one.
    open = next.startMs === open.endMs ? { ...open, endMs: next.endMs } : next;
    const startMs = Math.max(open.startMs, wishMs);
    if (startMs + durationMs > open.endMs) continue;
    return { startMs, reason: startMs === wishMs ? null : reasonOf(wish, durationMinutes, hours) };
  }
  throw new BusinessHoursError(neverFits(durationMinutes, hours));
};

const neverFits = (durationMinutes: number, { from, to }: BusinessHours): HoursProblem => {
  const openMinutes = (minutesOf(to) ?? 0) - (minutesOf(from) ?? 0);
  return openMinutes < durationMinutes
    ? { field: "to", message: `a meeting of ${durationMinutes} min does not fit between ${from} and ${to}` }
    : { field: "holidays", message: "no working day is left within two years" };
};
