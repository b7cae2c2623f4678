import Fastify from "fastify";
import type { FastifyInstance } from "fastify";
import type { AddressInfo } from "node:net";
import { answerCall } from "./api.ts";
import { unknownEndpoint } from "./errors.ts";
import type { ClockOptions } from "./clock.ts";
import { createClock } from "./clock.ts";
import { addControls } from "./controls.ts";
import type { CloudOptions } from "./defaults.ts";
import { createCloud } from "./defaults.ts";
import { answerDownload, answerFile } from "./downloads.ts";
import { formOf, issueToken, revokeToken } from "./oauth.ts";
import { queryOf, serve } from "./serve.ts";
import { authorize, decide } from "./signIn.ts";
import type { Cloud } from "./state.ts";

export type SimulatorOptions = CloudOptions & { port?: number; host?: string; clock?: ClockOptions };

export type Simulator = { url: string; port: number; close(): Promise<void> };

/** A stand-in for Zoom's cloud on a port of this machine. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = "127.0.0.1" } = options;
  const cloud = createCloud(createClock(options.clock), options);
  const app = buildApp(cloud, options);
  await app.listen({ port, host });
  const files = buildFilesHost(cloud);
  await files.listen({ port: 0, host });
  const listening = portOf(app);
  cloud.baseUrl = `http://${host}:${listening}`;
  cloud.filesUrl = `http://${host}:${portOf(files)}`;
  const close = async () => {
    cloud.closing.abort();
    cloud.clock.reset();
    await Promise.all([app.close(), files.close()]);
  };
  return { url: cloud.baseUrl, port: listening, close };
}

const portOf = (app: FastifyInstance): number => (app.server.address() as AddressInfo).port;

/** Zoom's downloads lead to a host of their own, which must not be shown the caller's token. */
function buildFilesHost(cloud: Cloud): FastifyInstance {
  const files = Fastify({ forceCloseConnections: true });
  files.get("/rec/file/*", (request, reply) =>
    serve(cloud, request, reply, () => answerFile(cloud, request)),
  );
  return files;
}

function buildApp(cloud: Cloud, options: CloudOptions): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.get("/oauth/authorize", (request, reply) =>
    serve(cloud, request, reply, () => authorize(cloud, queryOf(request))),
  );
  app.post("/oauth/authorize", (request, reply) =>
    serve(cloud, request, reply, () => decide(cloud, formOf(request.body))),
  );
  app.post("/oauth/token", (request, reply) =>
    serve(cloud, request, reply, () => issueToken(cloud, tokenRequest(request))),
  );
  app.post("/oauth/revoke", (request, reply) =>
    serve(cloud, request, reply, () => revokeToken(cloud, tokenRequest(request))),
  );
  app.all("/v2/*", (request, reply) => serve(cloud, request, reply, () => answerCall(cloud, request)));
  app.get("/rec/*", (request, reply) => serve(cloud, request, reply, () => answerDownload(cloud, request)));
  app.setNotFoundHandler((request, reply) =>
    serve(cloud, request, reply, () => {
      throw unknownEndpoint();
    }),
  );
  addControls(app, cloud, options);
  return app;
}

const tokenRequest = (request: Parameters<typeof queryOf>[0]) => ({
  authorization: request.headers.authorization,
  query: queryOf(request),
  body: request.body,
});
