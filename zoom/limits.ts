import type { FailureCode } from "../domain/failures.ts";

const secondMs = 1000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A wait that nobody told: Zoom's per-second limits. */
const shortWaitMs = secondMs;

export type Limit = { code: Extract<FailureCode, "rate_limited" | "daily_limit">; retryAfterMs: number };

type LimitAnswer = { headers: Record<string, string>; text: string; nowMs: number };

/**
 * What a 429 means and how long to wait. Documented headers decide where they are sent; in practice the 100 requests
 * a day and host come without any. Then the hour of the reset in the text, which survives translation, tells.
 */
export const limitOf = ({ headers, text, nowMs }: LimitAnswer): Limit => {
  const toldMs = retryAfterMs(headers, nowMs);
  if (isDaily(headers, text, toldMs)) {
    const isSensible = toldMs !== undefined && toldMs > 0 && toldMs <= 2 * dayMs;
    return { code: "daily_limit", retryAfterMs: isSensible ? toldMs : untilMidnightMs(nowMs) };
  }
  return { code: "rate_limited", retryAfterMs: toldMs || waitInText(text) || shortWaitMs };
};

/** Milliseconds until 00:00 UTC, when Zoom's daily limits start anew. */
export const untilMidnightMs = (nowMs: number): number => dayMs - (nowMs % dayMs);

/** `Retry-After` as seconds, as ISO 8601 or as an HTTP date, or a reset in epoch seconds; in milliseconds from now. */
export const retryAfterMs = (headers: Record<string, string>, nowMs: number): number | undefined => {
  const given = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(given)) return Math.ceil(Number(given) * secondMs);
  const atMs = given === "" ? Number.NaN : Date.parse(given);
  if (!Number.isNaN(atMs)) return Math.max(0, atMs - nowMs);
  const resetSeconds = Number(headers["x-ratelimit-reset"] ?? Number.NaN);
  const resetMs = resetSeconds * secondMs - nowMs;
  return resetMs > 0 && resetMs <= 2 * dayMs ? resetMs : undefined;
};

const isDaily = (headers: Record<string, string>, text: string, toldMs: number | undefined): boolean => {
  const type = headers["x-ratelimit-type"]?.toLowerCase() ?? "";
  if (type.includes("daily")) return true;
  if (type.includes("qps")) return false;
  return (toldMs !== undefined && toldMs > hourMs) || /\b00:00\b|daily rate limit/i.test(text);
};

/** "…after 5 seconds": the limits of live controls. */
const waitInText = (text: string): number => {
  const seconds = Number(/(\d{1,3}) ?(?:s\b|sec|second)/i.exec(text)?.[1] ?? 0);
  return seconds * secondMs;
};
