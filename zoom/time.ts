/** A time as Zoom's requests want it: UTC, without milliseconds. `2026-11-23T20:37:00Z` */
export const zoomTime = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

/** Whether Zoom would keep two times, ISO 8601, as the same: it cuts seconds. */
export const isSameMinute = (a: string, b: string): boolean =>
  Math.abs(Date.parse(a) - Date.parse(b)) < 60_000;
