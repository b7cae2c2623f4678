import type { Readable } from "node:stream";
import axios from "axios";
import type { FailureCode } from "../domain/failures.ts";
import { failures } from "../domain/failures.ts";
import { ZoomError } from "./errors.ts";
import { retryAfterMs } from "./limits.ts";

/** A file of Zoom's on its way. */
export type Download = {
  /** Throws a ZoomError when the connection breaks or falls silent. Leaving it early closes the connection. */
  body: AsyncIterable<Uint8Array>;
  /** As the answer says; undefined if it does not. */
  bytes: number | undefined;
  /** `video/mp4`; "" if not told. */
  contentType: string;
};

export type DownloadOptions = {
  signal?: AbortSignal;
  /** How long Zoom may be silent, before the answer and within it. */
  idleMs?: number;
};

const mostRedirects = 5;

type Exchange = {
  place: string;
  controller: AbortController;
  signal: AbortSignal | undefined;
  idleMs: number;
};

/**
 * Opens a download address of a recording. The token goes into the Authorization header, and to no other host than the
 * one that Zoom named: Zoom's file hosts must not see it. A page in place of a file is a refusal.
 */
export const openDownload = async (
  url: string,
  token: string,
  { signal, idleMs = 30_000 }: DownloadOptions = {},
): Promise<Download> => {
  const controller = new AbortController();
  const onAbort = () => controller.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const exchange = { place: placeOf(url), controller, signal, idleMs };
  try {
    signal?.throwIfAborted();
    const { status, headers, data } = await followed(exchange, url, token);
    const contentType = textOf(headers["content-type"]);
    const refusal = refusalOf(exchange, status, contentType, headers);
    if (refusal) {
      data.destroy();
      throw refusal;
    }
    const length = Number.parseInt(textOf(headers["content-length"]), 10);
    return {
      body: watched(exchange, data, () => signal?.removeEventListener("abort", onAbort)),
      bytes: Number.isNaN(length) ? undefined : length,
      contentType,
    };
  } catch (error) {
    signal?.removeEventListener("abort", onAbort);
    throw error;
  }
};

type Answer = { status: number; headers: Record<string, unknown>; data: Readable };

const followed = async (exchange: Exchange, first: string, token: string): Promise<Answer> => {
  const { origin } = new URL(first);
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    if (!isSafe(url)) throw failed(exchange, "unexpected_answer", "it leads to an address without TLS");
    const mayHaveToken = new URL(url).origin === origin;
    const answer = await ask(exchange, url, mayHaveToken ? { Authorization: `Bearer ${token}` } : {});
    const location = textOf(answer.headers["location"]);
    if (answer.status < 300 || answer.status > 399 || location === "") return answer;
    answer.data.destroy();
    if (!URL.canParse(location, url)) break;
    url = new URL(location, url).href;
  }
  throw failed(exchange, "unexpected_answer", "its redirects lead nowhere");
};

/** Zoom has TLS everywhere; a simulator on this machine has none. */
const isSafe = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return (
    protocol === "https:" || (protocol === "http:" && /^(127\.[\d.]+|localhost|\[::1\])$/.test(hostname))
  );
};

const ask = async (exchange: Exchange, url: string, headers: Record<string, string>): Promise<Answer> => {
  const { controller, idleMs } = exchange;
  const timer = setTimeout(() => controller.abort(), idleMs);
  try {
    const {
      status,
      headers: given,
      data,
    } = await axios.get<Readable>(url, {
      adapter: "http",
      headers: { "User-Agent": "zoom-runbooks", ...headers },
      responseType: "stream",
      // As it is stored: its size is compared.
      decompress: false,
      maxRedirects: 0,
      validateStatus: () => true,
      signal: controller.signal,
    });
    return { status, headers: given as Record<string, unknown>, data };
  } catch (error) {
    throw broken(exchange, error);
  } finally {
    clearTimeout(timer);
  }
};

/** The stream, with a clock that runs only while Zoom is to speak: a slow reader is no silence of Zoom's. */
const watched = async function* (
  exchange: Exchange,
  stream: Readable,
  onEnd: () => void,
): AsyncGenerator<Uint8Array, void> {
  const chunks = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => exchange.controller.abort(), exchange.idleMs);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value as Uint8Array;
    }
  } catch (error) {
    throw broken(exchange, error);
  } finally {
    onEnd();
    stream.destroy();
  }
};

const refusals: Readonly<Record<number, FailureCode>> = {
  401: "permission",
  403: "permission",
  404: "not_found",
  408: "unavailable",
  410: "not_found",
  429: "rate_limited",
};

const refusalOf = (
  exchange: Exchange,
  status: number,
  contentType: string,
  headers: Record<string, unknown>,
): ZoomError | undefined => {
  if (status === 200 && !contentType.startsWith("text/html")) return undefined;
  if (status === 200) return failed(exchange, "permission", "a page came in place of the file");
  const code = refusals[status] ?? (status >= 500 ? "unavailable" : "unexpected_answer");
  const waitMs = retryAfterMs({ "retry-after": textOf(headers["retry-after"]) }, Date.now());
  return failed(exchange, code, `answered ${status}`, { status, retryAfterMs: waitMs });
};

/** Errors below this one carry the request, and with it the token: only a name of theirs passes. */
const broken = ({ signal, ...exchange }: Exchange, error: unknown): unknown => {
  signal?.throwIfAborted();
  const code = (error as { code?: unknown }).code;
  const how = exchange.controller.signal.aborted ? "fell silent" : "broke off";
  const name = typeof code === "string" && code !== "ERR_CANCELED" ? ` (${code})` : "";
  return failed({ ...exchange, signal }, "unavailable", `${how}${name}`);
};

const failed = (
  { place }: Exchange,
  code: FailureCode,
  what: string,
  more: { status?: number; retryAfterMs?: number | undefined } = {},
): ZoomError =>
  new ZoomError({
    code,
    message: `${failures[code].title}: the download from ${place}: ${what}`,
    method: "GET",
    path: "/rec/download",
    ...more,
  });

/** Without the path, which opens the recording to some. */
const placeOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "Zoom");

const textOf = (header: unknown): string => (typeof header === "string" ? header : "");
