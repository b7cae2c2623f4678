import axios from "axios";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import http from "node:http";
import https from "node:https";
import type { LookupFunction, Socket } from "node:net";

export type HttpMethod = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

type HttpRequest = {
  method: HttpMethod;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** For all of it: waiting for a connection, the request, and the last byte of the answer. */
  timeoutMs: number;
  signal?: AbortSignal;
};

export type HttpAnswer = {
  kind: "answer";
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  text: string;
};

export type NoAnswer = {
  kind: "no_answer";
  /** Of an answer that began, and was not read to its end. */
  status?: number | undefined;
  /** May the request have reached the other side? False only if there was never a connection to write it to. */
  sent: boolean;
  reason: "timeout" | "too_large" | "connection";
  /** The system's name for it: `ECONNREFUSED`. */
  detail: string;
};

export type HttpResult = HttpAnswer | NoAnswer;

/** One request out, one result back. Throws only what the caller's own signal was aborted with. */
export type Http = {
  send(request: HttpRequest): Promise<HttpResult>;
  /** Closes the connections that are kept for later. */
  close(): void;
};

export type HttpOptions = {
  /** Connections to one host at a time; further requests wait for one. */
  maxSockets?: number;
  maxAnswerBytes?: number;
  /** Finds the addresses of hosts instead of the system's own. No proxy is used then, which would look them up itself. */
  lookup?: LookupFunction;
};

/** Shorter than what load balancers commonly grant, so that we seldom write to a connection that they just closed. */
const idleSocketMs = 15_000;

/** HTTP through axios, on connections that are kept alive. Redirects are answers, not followed: the API has none. */
export const createHttp = (options: HttpOptions = {}): Http => {
  const { maxAnswerBytes = 5 * 1024 * 1024, lookup } = options;
  const agents = keptAlive(options);
  const instance = axios.create({
    ...agents,
    ...(lookup && { proxy: false }),
    adapter: "http",
    maxRedirects: 0,
    maxContentLength: maxAnswerBytes,
    responseType: "text",
    transformRequest: [(body: unknown) => body],
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
  });
  return {
    send: async ({ method, url, headers, body, timeoutMs, signal }) => {
      signal?.throwIfAborted();
      const deadline = startDeadline(timeoutMs, signal);
      let sent = false;
      let status: number | undefined;
      try {
        const answer = await instance.request<unknown>({
          method,
          url,
          headers: { "User-Agent": "zoom-runbooks", ...headers },
          ...(body !== undefined && { data: body }),
          signal: deadline.signal,
          transport: watchedTransport(
            () => void (sent = true),
            (begun) => void (status = begun.statusCode),
          ),
        });
        return toAnswer(answer);
      } catch (error) {
        signal?.throwIfAborted();
        if (!axios.isAxiosError(error) && !axios.isCancel(error)) throw error;
        return { kind: "no_answer", status, sent, ...reasonOf(error, deadline.isOver()) };
      } finally {
        deadline.clear();
      }
    },
    close: () => {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
};

const keptAlive = ({ maxSockets = 50, lookup }: HttpOptions) => {
  const options = {
    keepAlive: true,
    maxSockets,
    maxFreeSockets: 10,
    timeout: idleSocketMs,
    ...(lookup && { lookup }),
  };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
};

/** axios' own timeout starts anew with every byte; this one is for the whole exchange. */
const startDeadline = (timeoutMs: number, signal: AbortSignal | undefined) => {
  const controller = new AbortController();
  let over = false;
  const abort = () => controller.abort();
  const timer = setTimeout(() => {
    over = true;
    abort();
  }, timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  const clear = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, isOver: () => over, clear };
};

/** Node's own transport, telling when there is a connection to write to, its TLS handshake done, and when it is answered. */
const watchedTransport = (onConnected: () => void, onBegun: (answer: IncomingMessage) => void) => ({
  request: (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void): ClientRequest => {
    const request = (options.protocol === "https:" ? https : http).request(options, onAnswer);
    request.once("response", onBegun);
    request.once("socket", (socket: Socket & { encrypted?: boolean; secureConnecting?: boolean }) => {
      if (!socket.connecting && !socket.secureConnecting) onConnected();
      else socket.once(socket.encrypted ? "secureConnect" : "connect", onConnected);
    });
    return request;
  },
});

const toAnswer = ({
  status,
  headers,
  data,
}: {
  status: number;
  headers: object;
  data: unknown;
}): HttpAnswer => ({
  kind: "answer",
  status,
  headers: Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name.toLowerCase(), value]] : [],
    ),
  ),
  text: typeof data === "string" ? data : "",
});

/** Only names are taken: an axios error carries the whole request, its Authorization header too. */
const reasonOf = (error: unknown, isTimeout: boolean): Pick<NoAnswer, "reason" | "detail"> => {
  if (isTimeout) return { reason: "timeout", detail: "timeout" };
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (String(message).includes("maxContentLength")) return { reason: "too_large", detail: "too large" };
  return { reason: "connection", detail: typeof code === "string" ? code : "no answer" };
};
