import { cleanText } from "../zoom/cleanText.ts";
import type { HttpAnswer, HttpResult } from "../zoom/http.ts";
import { retryAfterMs } from "../zoom/limits.ts";
import type { Delivery } from "./deliverOnce.ts";
import { secretForms } from "./secrets.ts";

/** Slack and Google Chat take one message a second and channel; not all of them say how long to wait. */
const shortWaitMs = 2000;

/** What a chat's answer means for the message. `url` is the secret that no reply may repeat. */
export const chatDelivery = (result: HttpResult, url: string, nowMs: number): Delivery => {
  if (result.kind === "no_answer") {
    const reply = result.detail;
    return result.sent ? { outcome: "maybe_sent", reply } : { outcome: "later", reply };
  }
  const status = statusOf(result);
  const reply = `${status} ${cleanText(result.text, secretsIn(url).flatMap(secretForms))}`.trim();
  if (status === 429) {
    return { outcome: "later", reply, retryAfterMs: retryAfterMs(result.headers, nowMs) || shortWaitMs };
  }
  // Of the server's failures this one alone says that nothing was done.
  if (status === 503) return { outcome: "later", reply, retryAfterMs: retryAfterMs(result.headers, nowMs) };
  if (status >= 500) return { outcome: "maybe_sent", reply };
  return status >= 200 && status <= 299 ? { outcome: "sent" } : { outcome: "refused", reply };
};

/**
 * Teams' older webhooks answer 200 whatever happened, with the real status in the text:
 * https://github.com/atc0005/go-teams-notify/issues/59
 */
const statusOf = ({ status, text }: HttpAnswer): number => {
  const hidden = status === 200 ? /returned HTTP error (\d{3})/.exec(text)?.[1] : undefined;
  return hidden === undefined ? status : Number(hidden);
};

/** A webhook's address is a secret for its path and its query. */
const secretsIn = (url: string): string[] => {
  const { pathname, searchParams } = new URL(url);
  return [url, pathname, ...pathname.split("/").filter((part) => part.length >= 8), ...searchParams.values()];
};
