import { z } from "zod";
import type { FailureCode } from "../domain/failures.ts";
import type { CallFacts } from "./errors.ts";
import { jsonOf, toZoomError, unusableAnswer, zoomBodyOf, ZoomError } from "./errors.ts";
import type { Http, HttpAnswer, HttpMethod, HttpResult } from "./http.ts";
import { createHttp } from "./http.ts";
import type { ZoomPath } from "./paths.ts";
import type { TokenSource } from "./tokens.ts";

/** How an answer's body is read: a schema, or a function that throws if it cannot. */
type Shape<T> = z.ZodType<T> | ((body: unknown) => T);

/** For answers whose body says nothing: 202, 204. */
export const nothing = (): void => undefined;

export type ZoomRequest<T> = {
  /** Our name for the call, for metrics and logs: `createMeeting`. */
  operation: string;
  answer: Shape<T>;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
  timeoutMs?: number;
};

type ZoomCall = <T>(path: ZoomPath, request: ZoomRequest<T>) => Promise<T>;

/** Zoom's API. Every call either gives what its shape reads, or throws a ZoomError (or what its signal was aborted with). */
export type ZoomClient = Readonly<Record<"get" | "post" | "patch" | "put" | "delete", ZoomCall>>;

/** What is told of each request on the wire. Holds no path, since paths hold people's addresses. */
export type ResponseNote = {
  operation: string;
  method: HttpMethod;
  /** Undefined if there was no answer. */
  status: number | undefined;
  durationMs: number;
  /** Zoom's rate limit category, in lower case: `light`. */
  category: string | undefined;
  /** Undefined on success. */
  failure: FailureCode | undefined;
};

export type ZoomClientOptions = {
  /** With its version: `https://api.zoom.us/v2`. */
  apiUrl: string;
  tokens: TokenSource;
  http?: Http;
  timeoutMs?: number;
  /** Epoch milliseconds. */
  now?: () => number;
  onResponse?: (note: ResponseNote) => void;
};

type Deps = Required<Omit<ZoomClientOptions, "onResponse">> & Pick<ZoomClientOptions, "onResponse">;

/**
 * A client of Zoom's API. It renews the token and repeats the call once if Zoom refuses the token; everything else
 * is for the caller to repeat, who knows what that may cost.
 */
export const createZoomClient = (options: ZoomClientOptions): ZoomClient => {
  const deps: Deps = {
    http: options.http ?? createHttp(),
    timeoutMs: 10_000,
    now: Date.now,
    ...options,
    apiUrl: options.apiUrl.replace(/\/+$/, ""),
  };
  return callsOf((method) => (path, request) => call(deps, method, path, request));
};

/** The same client, its calls aborted by this signal unless they bring their own. */
export const withSignal = (zoom: ZoomClient, signal: AbortSignal): ZoomClient =>
  callsOf((_method, name) => (path, request) => zoom[name](path, { signal, ...request }));

/** A client that is looked up anew for each call. */
export const deferred = (find: () => Promise<ZoomClient>): ZoomClient =>
  callsOf((_method, name) => async (path, request) => (await find())[name](path, request));

const callsOf = (callOf: (method: HttpMethod, name: keyof ZoomClient) => ZoomCall): ZoomClient => ({
  get: callOf("GET", "get"),
  post: callOf("POST", "post"),
  patch: callOf("PATCH", "patch"),
  put: callOf("PUT", "put"),
  delete: callOf("DELETE", "delete"),
});

const call = async <T>(
  deps: Deps,
  method: HttpMethod,
  path: ZoomPath,
  request: ZoomRequest<T>,
): Promise<T> => {
  const { tokens } = deps;
  let token = await tokens.accessToken();
  let mayBeStale = true;
  for (;;) {
    const tried = await attempt(deps, method, path, request, token);
    if ("value" in tried) return tried.value;
    const minAgeMs = staleAfterMs(tried.error);
    if (minAgeMs === undefined || !mayBeStale) throw tried.error;
    tokens.invalidate(token, minAgeMs);
    const next = await tokens.accessToken();
    if (next === token) throw tried.error;
    token = next;
    mayBeStale = tokens.isAdopted?.(token) ?? false;
  }
};

/**
 * From which age on another token may do better. One that lacks a scope may have been issued before somebody granted
 * it: a token keeps the scopes it was issued with for its whole hour.
 */
const staleAfterMs = (error: ZoomError): number | undefined => {
  if (isRefusedToken(error)) return 0;
  return error.code === "missing_scope" ? 10_000 : undefined;
};

/** 124 whatever the status; a bare 401 too. Other codes under 401 speak of the user or the scopes, not of the token. */
const isRefusedToken = ({ status, zoomCode, code }: ZoomError): boolean =>
  zoomCode === 124 || (status === 401 && code === "authentication" && (zoomCode ?? 4700) === 4700);

const attempt = async <T>(
  { http, apiUrl, now, timeoutMs, onResponse }: Deps,
  method: HttpMethod,
  path: ZoomPath,
  request: ZoomRequest<T>,
  token: string,
): Promise<{ value: T } | { error: ZoomError }> => {
  const startedMs = performance.now();
  const result = await http.send({
    method,
    url: `${apiUrl}${path}${queryText(request.query)}`,
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: "application/json",
      ...(request.body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    timeoutMs: request.timeoutMs ?? timeoutMs,
    ...(request.signal && { signal: request.signal }),
  });
  const facts = { method, path, nowMs: now(), secrets: [token, ...passcodesIn(request.body)] };
  const outcome = read(facts, result, request.answer);
  onResponse?.({
    operation: request.operation,
    method,
    status: result.kind === "answer" ? result.status : undefined,
    durationMs: performance.now() - startedMs,
    category: result.kind === "answer" ? result.headers["x-ratelimit-category"]?.toLowerCase() : undefined,
    failure: "error" in outcome ? outcome.error.code : undefined,
  });
  return outcome;
};

const read = <T>(
  facts: CallFacts,
  result: HttpResult,
  shape: Shape<T>,
): { value: T } | { error: ZoomError } => {
  const isSuccess = result.kind === "answer" && result.status >= 200 && result.status <= 299;
  if (!isSuccess || isErrorIn200(result)) return { error: toZoomError(facts, result) };
  const body = result.text.trim() === "" ? undefined : jsonOf(result.text);
  // A page of HTML with status 200 is a proxy's or a wrong address's: Zoom did nothing.
  if (result.text.trim() !== "" && body === undefined)
    return { error: unusableAnswer(facts, result, "not in JSON") };
  try {
    return { value: typeof shape === "function" ? shape(body) : shape.parse(body) };
  } catch (error) {
    return { error: unusableAnswer(facts, result, whyUnread(error)) };
  }
};

/** Zoom answers some refusals with status 200, such as code 200 for recordings without permission. */
const isErrorIn200 = ({ text }: HttpAnswer): boolean => (zoomBodyOf(text)?.zoomCode ?? 0) !== 0;

/** Names the fields that are missing or odd, never their values. */
const whyUnread = (error: unknown): string => {
  if (!(error instanceof z.ZodError)) return "it cannot be read";
  const fields = error.issues.slice(0, 3).map((issue) => `"${issue.path.join(".")}"`);
  return `it has no readable ${fields.join(", ")}`;
};

const queryText = (query: ZoomRequest<unknown>["query"] = {}): string => {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? "" : `?${given.toString()}`;
};

/** Passcodes on their way to Zoom, which may quote them when it dislikes them. */
const passcodesIn = (body: unknown): string[] =>
  typeof body !== "object" || body === null
    ? []
    : Object.entries(body).flatMap(([name, value]) =>
        /^(password|passcode|host_key)$/.test(name) && typeof value === "string" ? [value] : [],
      );
