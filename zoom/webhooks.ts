import { createHmac, timingSafeEqual } from "node:crypto";

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export type WebhookRequest = {
  /** As it came, before anybody parsed it. */
  rawBody: Buffer | string;
  /** Names in lower case, as Node gives them. */
  headers: WebhookHeaders;
  /** All that may have signed: two while a secret is being exchanged. */
  secretTokens: readonly string[];
  /** Epoch milliseconds. */
  nowMs: number;
  toleranceMs?: number;
};

export type WebhookVerdict =
  | { ok: true; /** Which of the secrets signed. */ secretIndex: number }
  | { ok: false; reason: "missing_signature" | "bad_timestamp" | "bad_signature" | "stale" };

/**
 * Is this request Zoom's, and fresh? The signature covers the header's time, in seconds, and the body's bytes; Zoom
 * signs anew when it repeats a delivery. `stale` is said only of what was signed well: then a clock is wrong, or
 * somebody replays.
 */
export const verifyWebhook = (request: WebhookRequest): WebhookVerdict => {
  const { rawBody, headers, secretTokens, nowMs, toleranceMs = 300_000 } = request;
  const signature = headers["x-zm-signature"];
  const timestamp = headers["x-zm-request-timestamp"];
  if (typeof signature !== "string" || signature === "") return { ok: false, reason: "missing_signature" };
  if (typeof timestamp !== "string" || !/^\d{1,12}$/.test(timestamp))
    return { ok: false, reason: "bad_timestamp" };
  // Every secret is tried, whether or not an earlier one fits, so that the time taken tells nothing.
  const fitting = secretTokens.map(
    (secret) => secret !== "" && isEqual(signature, signatureOf(rawBody, timestamp, secret)),
  );
  const secretIndex = fitting.indexOf(true);
  if (secretIndex === -1) return { ok: false, reason: "bad_signature" };
  if (Math.abs(nowMs - Number(timestamp) * 1000) > toleranceMs) return { ok: false, reason: "stale" };
  return { ok: true, secretIndex };
};

const signatureOf = (rawBody: Buffer | string, timestamp: string, secretToken: string): string =>
  `v0=${createHmac("sha256", secretToken).update(`v0:${timestamp}:`).update(rawBody).digest("hex")}`;

const isEqual = (given: string, expected: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
};

export type UrlValidationAnswer = { plainToken: string; encryptedToken: string };

/** What Zoom wants to hear within 3 s, with the secret that signed the question. */
export const urlValidationAnswer = (plainToken: string, secretToken: string): UrlValidationAnswer => ({
  plainToken,
  encryptedToken: createHmac("sha256", secretToken).update(plainToken).digest("hex"),
});
