import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";

export type Health = { port: number; close(): Promise<void> };

/**
 * What an orchestrator asks: `/livez` is the process, `/readyz` its connections to Temporal and the database,
 * `/metrics` is for Prometheus.
 */
export const serveHealth = async (
  options: { host: string; port: number },
  ready: () => Promise<void>,
  metrics = new Registry(),
): Promise<Health> => {
  const server = createServer((request, response) => {
    const answer = (status: number, body: string, type = "text/plain") =>
      response.writeHead(status, { "content-type": type }).end(body);
    if (request.url === "/livez") return answer(200, "alive\n");
    if (request.url === "/metrics") {
      return void metrics.metrics().then(
        (text) => answer(200, text, metrics.contentType),
        () => answer(500, "metrics failed\n"),
      );
    }
    if (request.url !== "/readyz") return answer(404, "there is /livez, /readyz and /metrics\n");
    return void ready().then(
      () => answer(200, "ready\n"),
      (error: Error) => answer(503, `not ready: ${error.message}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port, options.host, resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, close };
};
