import type { FailureCode } from "../domain/failures.ts";
import { failures } from "../domain/failures.ts";
import { cleanText } from "./cleanText.ts";
import type { Refusal, Verdict } from "./errorRules.ts";
import { scopesIn, verdictOn } from "./errorRules.ts";
import type { HttpAnswer, HttpMethod, HttpResult, NoAnswer } from "./http.ts";
import { limitOf, retryAfterMs } from "./limits.ts";
import { defined } from "./parse.ts";

export type ZoomErrorDetails = {
  code: FailureCode;
  /** What happened, to what. Free of secrets. */
  message: string;
  method: HttpMethod;
  /** Without query string: `/users/host1@example.com/meetings`. */
  path: string;
  /** HTTP status, if there was an answer. */
  status?: number | undefined;
  /** Zoom's own number for it, such as 3001. */
  zoomCode?: number | undefined;
  retryAfterMs?: number | undefined;
  /** Scopes of which any one would do. */
  scopes?: string[] | undefined;
  /** The field at fault as Zoom names it: `settings.alternative_hosts`. */
  field?: string | undefined;
  /** Better advice than the failure's own. */
  advice?: string | undefined;
  /** Zoom's id of the request, for its support. */
  trackingId?: string | undefined;
  /** With `not_ready`: what was asked for may also never come. */
  mayBeAbsent?: true | undefined;
};

/**
 * Every way in which a call to Zoom fails. It holds no cause on purpose: the errors below it carry the request,
 * and with it the access token.
 */
export class ZoomError extends Error {
  override readonly name = "ZoomError";
  declare readonly code: FailureCode;
  declare readonly method: HttpMethod;
  declare readonly path: string;
  declare readonly status?: number;
  declare readonly zoomCode?: number;
  declare readonly retryAfterMs?: number;
  declare readonly scopes?: string[];
  declare readonly field?: string;
  declare readonly advice?: string;
  declare readonly trackingId?: string;
  declare readonly mayBeAbsent?: true;
  /** May the same call succeed later without anybody doing anything? */
  readonly retryable: boolean;

  constructor({ message, ...details }: ZoomErrorDetails) {
    super(message);
    this.retryable = failures[details.code].retryable;
    Object.assign(this, defined(details));
  }
}

export type CallFacts = {
  method: HttpMethod;
  path: string;
  nowMs: number;
  /** Values that must not be repeated: the token, passcodes that were sent. */
  secrets?: readonly string[];
};

/** The one place where what came back from Zoom's API, or did not, gets its name. */
export const toZoomError = (call: CallFacts, result: HttpResult): ZoomError =>
  result.kind === "no_answer" ? lostError(call, result) : refusedError(call, result);

/** An answer of success that cannot be read. After a create that means: done, but what was made is not known. */
export const unusableAnswer = (call: CallFacts, { status, headers }: HttpAnswer, why: string): ZoomError => {
  const code = call.method === "POST" ? "outcome_unknown" : "unexpected_answer";
  return new ZoomError({
    ...placeOf(call),
    code,
    message: `${failures[code].title}: ${callName(call)} answered ${status}, but ${why}`,
    status,
    trackingId: trackingOf(headers),
  });
};

type ZoomBody = { zoomCode?: number; text: string; field?: string; fieldText?: string };

/** Zoom's own words in an answer: `{code, message, errors: [{field, message}]}`. Undefined for any other shape. */
export const zoomBodyOf = (text: string): ZoomBody | undefined => {
  const body = jsonOf(text);
  if (!isRecord(body)) return undefined;
  const code = typeof body.code === "string" ? Number(body.code) : body.code;
  if (typeof code !== "number" || !Number.isInteger(code) || typeof body.message !== "string")
    return undefined;
  const first: unknown = Array.isArray(body.errors) ? body.errors[0] : undefined;
  return {
    zoomCode: code,
    text: body.message,
    ...(isRecord(first) && typeof first.field === "string" && { field: first.field.slice(0, 100) }),
    ...(isRecord(first) && typeof first.message === "string" && { fieldText: first.message }),
  };
};

export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const refusedError = (call: CallFacts, answer: HttpAnswer): ZoomError => {
  const { status, headers } = answer;
  const body = zoomBodyOf(answer.text);
  const refusal: Refusal = { method: call.method, status, zoomCode: body?.zoomCode, text: body?.text ?? "" };
  const limit = isLimit(refusal) ? limitOf({ headers, text: refusal.text, nowMs: call.nowMs }) : undefined;
  const verdict: Verdict = limit ? { failure: limit.code } : verdictOn(refusal);
  const scopes = verdict.failure === "missing_scope" ? scopesIn(refusal.text) : [];
  return new ZoomError({
    ...placeOf(call),
    code: verdict.failure,
    message: refusalMessage(call, refusal, body, verdict),
    status,
    zoomCode: refusal.zoomCode,
    retryAfterMs: limit?.retryAfterMs ?? waitAfterOutageMs(call, answer),
    scopes: scopes.length > 0 ? scopes : undefined,
    field: body?.field ?? verdict.field,
    advice: verdict.advice,
    mayBeAbsent: verdict.mayBeAbsent,
    trackingId: trackingOf(headers),
  });
};

const isLimit = ({ status, zoomCode }: Refusal): boolean =>
  status === 429 || zoomCode === 429 || zoomCode === 4001;

const waitAfterOutageMs = ({ nowMs }: CallFacts, { status, headers }: HttpAnswer): number | undefined =>
  status >= 500 ? retryAfterMs(headers, nowMs) : undefined;

const refusalMessage = (
  call: CallFacts,
  { status, zoomCode }: Refusal,
  body: ZoomBody | undefined,
  { failure, note }: Verdict,
): string => {
  const said = [body?.text, body?.field && `${body.field}: ${body.fieldText ?? ""}`]
    .filter(Boolean)
    .join(" ");
  const text = cleanText(said, call.secrets);
  const number = zoomCode === undefined ? "" : `, code ${zoomCode}`;
  const answered = `${callName(call)} answered ${status}${number}`;
  return [`${failures[failure].title}: ${answered}${text ? `: ${text}` : ""}`, note]
    .filter(Boolean)
    .join(" ");
};

const lostError = (call: CallFacts, { sent, reason, detail }: NoAnswer): ZoomError => {
  const code = lostCode(call.method, sent, reason);
  const what = {
    timeout: "did not answer in time",
    too_large: "answered more than we read",
    connection: "broke off",
  };
  const how = sent ? what[reason] : "could not be sent: there was no connection";
  return new ZoomError({
    ...placeOf(call),
    code,
    message: `${failures[code].title}: ${callName(call)} ${how} (${detail})`,
  });
};

const lostCode = (method: HttpMethod, sent: boolean, reason: NoAnswer["reason"]): FailureCode => {
  if (!sent) return "unavailable";
  if (method !== "GET") return "outcome_unknown";
  return reason === "too_large" ? "unexpected_answer" : "unavailable";
};

const callName = ({ method, path }: CallFacts): string => `${method} ${placeOf({ method, path }).path}`;

const placeOf = ({ method, path }: Pick<CallFacts, "method" | "path">) => ({
  method,
  path: path.split("?", 1)[0]?.slice(0, 300) ?? "",
});

const trackingOf = (headers: Record<string, string>): string | undefined =>
  headers["x-zm-trackingid"]?.slice(0, 200);

/** Zoom's answer; undefined where it refuses with one of these codes. */
export const unlessRefused = async <T>(
  codes: readonly FailureCode[],
  answer: Promise<T>,
): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ZoomError && codes.includes(error.code)) return undefined;
    throw error;
  }
};

/** Zoom answers 404 for what was deleted, has expired, or has never been. */
export const unlessGone = <T>(answer: Promise<T>): Promise<T | undefined> =>
  unlessRefused(["not_found"], answer);
