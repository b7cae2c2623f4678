import { OutgoingError } from "../outgoing/errors.ts";
import type { OutgoingRequest } from "../outgoing/http.ts";
import { cleanText } from "../zoom/cleanText.ts";
import type { HttpAnswer, HttpResult } from "../zoom/http.ts";
import { retryAfterMs } from "../zoom/limits.ts";
import type { ActionContext } from "./action.ts";
import { deliveryKey } from "./deliverOnce.ts";
import { secretForms } from "./secrets.ts";

export type Exchange = OutgoingRequest & {
  /** Statuses that are success; 200 to 299 when empty. */
  expected: readonly number[];
  /** Whether the other side does the same however often it hears it. */
  mayRepeat: boolean;
  /** What no message may repeat. */
  secrets: readonly string[];
};

/**
 * One request whose answer is success, or a typed failure. What may not be repeated is claimed first, and each claim is
 * sent at most once; an operator who retries the step, having read that it may have been done, makes a new one.
 */
export const exchangeOnce = async (context: ActionContext, exchange: Exchange): Promise<HttpAnswer> => {
  const { store, request, http, signal, nowMs } = context;
  if (exchange.mayRepeat) return success(await http.send({ ...exchange, signal }), exchange, nowMs);
  const key = deliveryKey(request, "http", `round ${request.round}`);
  if ((await store.sendings.claim(key, null)).state !== "claimed")
    throw maybeDone(exchange, "an earlier try sent it");
  try {
    const answer = success(await http.send({ ...exchange, signal }), exchange, nowMs);
    await store.sendings.sent(key);
    return answer;
  } catch (error) {
    // All but these leave no doubt: nothing was sent, or the other side said no.
    if (error instanceof OutgoingError && error.code !== "maybe_done") await store.sendings.release(key);
    throw error;
  }
};

const success = (result: HttpResult, exchange: Exchange, nowMs: number): HttpAnswer => {
  if (result.kind === "no_answer") throw noAnswer(result, exchange);
  const { status } = result;
  const { expected } = exchange;
  const isExpected = expected.length > 0 ? expected.includes(status) : status >= 200 && status <= 299;
  if (isExpected) return result;
  throw unexpected(result, exchange, nowMs);
};

const nameOf = ({ method, url }: Exchange): string => `${method} ${new URL(url).host}`;

const noAnswer = (result: Extract<HttpResult, { kind: "no_answer" }>, exchange: Exchange): OutgoingError => {
  const { sent, reason, detail } = result;
  if (sent && !exchange.mayRepeat) return maybeDone(exchange, detail);
  if (sent && reason === "too_large") {
    return new OutgoingError({
      code: "refused",
      message: `${nameOf(exchange)} answered more than is read here, 256 KiB.`,
      advice: "Ask for less, with a filter or a page in the URL, then retry the step.",
    });
  }
  const how = sent ? "did not answer" : "could not be reached";
  return new OutgoingError({ code: "unreachable", message: `${nameOf(exchange)} ${how} (${detail}).` });
};

const maybeDone = (exchange: Exchange, why: string): OutgoingError =>
  new OutgoingError({
    code: "maybe_done",
    message: `${nameOf(exchange)} may have been done, and is not sent again by itself: its answer was lost (${why}).`,
  });

/** Statuses that say to come back: what was asked was not done. */
const waitStatuses: ReadonlySet<number> = new Set([425, 429, 503]);

const unexpected = (answer: HttpAnswer, exchange: Exchange, nowMs: number): OutgoingError => {
  const { status, headers } = answer;
  const message = `${nameOf(exchange)} answered ${status}${saidIn(answer, exchange)}`;
  const waitMs = retryAfterMs(headers, nowMs);
  if (waitStatuses.has(status)) {
    const code = status === 429 ? "rate_limited" : "unreachable";
    return new OutgoingError({ code, message, retryAfterMs: waitMs });
  }
  const isPassing = status >= 500 || status === 408;
  if (isPassing && exchange.mayRepeat) {
    return new OutgoingError({ code: "unreachable", message, retryAfterMs: waitMs });
  }
  return isPassing
    ? maybeDone(exchange, `it answered ${status}`)
    : new OutgoingError({ code: "refused", message, ...adviceOn(status) });
};

const saidIn = ({ text }: HttpAnswer, { secrets }: Exchange): string => {
  const said = cleanText(text, secrets.flatMap(secretForms));
  return said ? `: ${said}` : ".";
};

const adviceOn = (status: number): { advice?: string } => {
  if (status >= 300 && status <= 399)
    return {
      advice: "Redirects are not followed: put the address it leads to into the step, then run it again.",
    };
  return status === 401 || status === 403
    ? { advice: "Check the secret that the step names and what it permits, then retry the step." }
    : {};
};
