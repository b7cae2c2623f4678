import { digits } from "./ids.ts";
import type { Occurrence, Recurrence } from "./state.ts";
import { localToUtcMs, utcToLocal } from "./time.ts";

const DAY_MS = 24 * 3_600_000;
const MOST_OCCURRENCES = 60;
const FURTHEST_DAYS = 3 * 366;

/** The dates of a recurring meeting with fixed times, at the same wall clock in its time zone. */
export function occurrencesOf(
  recurrence: Recurrence,
  startMs: number,
  durationMinutes: number,
  timezone: string,
): Occurrence[] {
  const [firstDay = "", wallTime = ""] = utcToLocal(startMs, timezone).split("T");
  const firstDayMs = Date.parse(`${firstDay}T00:00:00Z`);
  const endMs = recurrence.end_date_time === undefined ? Infinity : Date.parse(recurrence.end_date_time);
  const count = recurrence.end_times || MOST_OCCURRENCES;
  const occurrences: Occurrence[] = [];
  for (let day = 0; day < FURTHEST_DAYS && occurrences.length < count; day += 1) {
    const dayMs = firstDayMs + day * DAY_MS;
    const beginsMs = localToUtcMs(`${new Date(dayMs).toISOString().slice(0, 10)}T${wallTime}`, timezone);
    if (beginsMs > endMs) break;
    if (!falls(recurrence, firstDayMs, dayMs)) continue;
    occurrences.push({ id: occurrenceId(beginsMs), startMs: beginsMs, durationMinutes, status: "available" });
  }
  return occurrences;
}

const occurrenceId = (beginsMs: number): string => `${beginsMs}${digits(1)}`.slice(0, 13);

function falls(recurrence: Recurrence, firstDayMs: number, dayMs: number): boolean {
  const interval = recurrence.repeat_interval ?? 1;
  const days = (dayMs - firstDayMs) / DAY_MS;
  switch (recurrence.type) {
    case 1:
      return days % interval === 0;
    case 2:
      return weekOf(dayMs, firstDayMs) % interval === 0 && weekdays(recurrence).includes(zoomWeekday(dayMs));
    case 3:
      return monthsBetween(firstDayMs, dayMs) % interval === 0 && isDayOfMonth(recurrence, dayMs);
  }
}

/** Zoom counts weekdays from 1, Sunday. */
const zoomWeekday = (dayMs: number): number => new Date(dayMs).getUTCDay() + 1;

const weekdays = ({ weekly_days }: Recurrence): number[] => (weekly_days ?? "1").split(",").map(Number);

const weekOf = (dayMs: number, firstDayMs: number): number => {
  const firstSundayMs = firstDayMs - new Date(firstDayMs).getUTCDay() * DAY_MS;
  return Math.floor((dayMs - firstSundayMs) / (7 * DAY_MS));
};

const monthsBetween = (firstMs: number, laterMs: number): number => {
  const [first, later] = [new Date(firstMs), new Date(laterMs)];
  return (later.getUTCFullYear() - first.getUTCFullYear()) * 12 + later.getUTCMonth() - first.getUTCMonth();
};

function isDayOfMonth(recurrence: Recurrence, dayMs: number): boolean {
  const dayOfMonth = new Date(dayMs).getUTCDate();
  if (recurrence.monthly_week === undefined) return dayOfMonth === (recurrence.monthly_day ?? 1);
  if (zoomWeekday(dayMs) !== recurrence.monthly_week_day) return false;
  const isLast = new Date(dayMs + 7 * DAY_MS).getUTCMonth() !== new Date(dayMs).getUTCMonth();
  return recurrence.monthly_week === -1 ? isLast : Math.ceil(dayOfMonth / 7) === recurrence.monthly_week;
}
