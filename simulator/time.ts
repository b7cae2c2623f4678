const DAY_MS = 24 * 3_600_000;

/** Zoom's date-times carry no milliseconds. */
export const isoTime = (instantMs: number): string =>
  new Date(instantMs).toISOString().replace(/\.\d+Z$/, "Z");

export const isoDay = (instantMs: number): string => isoTime(instantMs).slice(0, 10);

export const nextUtcMidnightMs = (instantMs: number): number => (Math.floor(instantMs / DAY_MS) + 1) * DAY_MS;

export function isTimezone(name: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** "2026-03-29T02:30:00" read on the wall clock of a time zone. */
export function localToUtcMs(local: string, timezone: string): number {
  const asIfUtcMs = Date.parse(`${local}Z`);
  const firstGuessMs = asIfUtcMs - offsetMs(asIfUtcMs, timezone);
  return asIfUtcMs - offsetMs(firstGuessMs, timezone);
}

/** The wall clock of a time zone at an instant, as "2026-03-29T02:30:00". */
export const utcToLocal = (instantMs: number, timezone: string): string =>
  isoTime(instantMs + offsetMs(instantMs, timezone)).slice(0, 19);

function offsetMs(instantMs: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(instantMs);
  const read = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  const wallMs = Date.UTC(
    read("year"),
    read("month") - 1,
    read("day"),
    read("hour"),
    read("minute"),
    read("second"),
  );
  return wallMs - Math.floor(instantMs / 1000) * 1000;
}
