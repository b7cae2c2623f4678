import { afterEach } from "@jest/globals";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ZoomClient, ZoomClientOptions } from "../../zoom/client.ts";
import { createZoomClient } from "../../zoom/client.ts";
import type { ZoomError } from "../../zoom/errors.ts";
import type { Http, HttpOptions } from "../../zoom/http.ts";
import { createHttp } from "../../zoom/http.ts";
import { documents } from "../support/contract/documents.ts";
import { judgeRequest } from "../support/contract/judge.ts";
import { note } from "../support/simulator.ts";
import type { TokenSource } from "../../zoom/tokens.ts";

const closers: (() => Promise<void> | void)[] = [];

/** Runs after the test that is running now. */
export const later = (close: () => Promise<void> | void): void => void closers.push(close);

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

type Seen = {
  method: string;
  path: string;
  query: Record<string, string>;
  rawUrl: string;
  headers: IncomingHttpHeaders;
  body: string;
  socket: Socket;
};

/** What a handler gives back is sent; one that answers by itself gives nothing. */
type Reply = { status?: number; headers?: Record<string, string>; json?: unknown; text?: string };

export type Handler = (
  seen: Seen,
  response: ServerResponse,
  index: number,
) => Reply | void | Promise<Reply | void>;

export type TestServer = { url: string; seen: Seen[]; sockets: Set<Socket>; server: Server };

export const startServer = async (handler: Handler, judge = notJudged): Promise<TestServer> => {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const each = await readRequest(request);
    const index = seen.push(each) - 1;
    judge(each);
    const reply = await handler(each, response, index);
    if (!reply) return;
    const { status = 200, headers = {}, json, text } = reply;
    response.writeHead(status, {
      ...(json !== undefined && { "content-type": "application/json" }),
      ...headers,
    });
    response.end(json === undefined ? text : JSON.stringify(json));
  };
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  later(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, sockets, server };
};

const notJudged = (_seen: Seen): void => undefined;

const byDocuments = ({ method, path, query, body }: Seen): void => {
  const request = { method, path: path.replace(/^\/v2/, ""), query, requestBody: body };
  if (documents) note(judgeRequest(request));
};

const readRequest = async (request: IncomingMessage): Promise<Seen> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const rawUrl = request.url ?? "";
  const url = new URL(rawUrl, "http://localhost");
  return {
    method: request.method ?? "",
    path: rawUrl.split("?", 1)[0] ?? "",
    query: Object.fromEntries(url.searchParams),
    rawUrl,
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
    socket: request.socket,
  };
};

export const testHttp = (options?: HttpOptions): Http => {
  const http = createHttp(options);
  later(() => http.close());
  return http;
};

export const theToken = "test-access-token-0123456789";

export const fixedToken = (token = theToken): TokenSource => ({
  accessToken: () => Promise.resolve(token),
  invalidate: () => undefined,
  scopes: () => undefined,
});

/** A client of a server that answers like this, and the server. */
export const clientOf = async (
  handler: Handler,
  options: Partial<ZoomClientOptions> = {},
  judge = notJudged,
): Promise<{ zoom: ZoomClient; server: TestServer }> => {
  const server = await startServer(handler, judge);
  const zoom = createZoomClient({
    apiUrl: `${server.url}/v2`,
    tokens: fixedToken(),
    http: testHttp(),
    timeoutMs: 2000,
    ...options,
  });
  return { zoom, server };
};

/** The same, whose requests have to be what Zoom's documents allow. Its answers are the test's own. */
export const judgedClientOf = (handler: Handler) => clientOf(handler, {}, byDocuments);

export const failureOf = async (call: Promise<unknown>): Promise<ZoomError> => {
  try {
    await call;
  } catch (error) {
    return error as ZoomError;
  }
  throw new Error("The call succeeded.");
};
