import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type SinkRequest = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

/** `hangUp` ends the connection without an answer; `silent` gives none. */
export type SinkAnswer =
  | { status?: number; headers?: Record<string, string>; body?: string }
  | "hangUp"
  | "silent";

/** A real HTTP server that keeps what it is sent and answers as it is told. */
export const startHttpSink = async (
  answer: (request: SinkRequest) => SinkAnswer = () => ({}),
  host = "127.0.0.1",
) => {
  const requests: SinkRequest[] = [];
  const rules = { answer };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const received = { method, path, headers, body: Buffer.concat(chunks).toString() };
      requests.push(received);
      const given = rules.answer(received);
      if (given === "hangUp") return request.socket.destroy();
      if (given === "silent") return undefined;
      const { status = 200, headers: more, body = "ok" } = given;
      return response.writeHead(status, more).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    requests,
    rules,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
