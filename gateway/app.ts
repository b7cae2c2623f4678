import { randomUUID } from "node:crypto";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastify from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { guardRoutes, useConfiguredKey } from "./access.ts";
import { sendProblem } from "./errorHandler.ts";
import { keepHouse } from "./housekeeping.ts";
import { parseJson } from "./jsonBody.ts";
import { createMetrics } from "./metrics.ts";
import { describeApi } from "./openapi.ts";
import { ProblemError } from "./problems.ts";
import { actionRoutes } from "./routes/actions.ts";
import { calendarRoutes } from "./routes/calendar.ts";
import { codecRoutes } from "./routes/codec.ts";
import { connectorRoutes } from "./routes/connectors.ts";
import { executionRoutes } from "./routes/executions.ts";
import { healthRoutes } from "./routes/health.ts";
import { incidentRoutes } from "./routes/incidents.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { peopleRoutes } from "./routes/people.ts";
import { runbookRoutes } from "./routes/runbooks.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { signInRoutes } from "./routes/signIn.ts";
import { timelineRoutes } from "./routes/timeline.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { closeCleanly } from "./shutdown.ts";
import { createTimelineHub } from "./timelineHub.ts";
import type { App, GatewayDeps, RouteContext } from "./types.ts";
import { defaultLimits } from "./types.ts";
import { validatorCompiler } from "./validation.ts";

export type { GatewayDeps, Readiness } from "./types.ts";

const bodyLimitBytes = 1024 * 1024;

/** How long requests that are under way may take when the gateway closes. */
const closeGraceMs = 10_000;

const routeGroups = [
  incidentRoutes,
  timelineRoutes,
  executionRoutes,
  runbookRoutes,
  actionRoutes,
  connectorRoutes,
  secretRoutes,
  codecRoutes,
  peopleRoutes,
  signInRoutes,
  webhookRoutes,
  calendarRoutes,
  healthRoutes,
  metricsRoutes,
];

const createApp = ({ log, trustProxy = false }: GatewayDeps): App => {
  const app = fastify({
    ...(log ? { loggerInstance: log } : { logger: false }),
    bodyLimit: bodyLimitBytes,
    genReqId: () => randomUUID(),
    trustProxy,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 300 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler(() => {
    throw new ProblemError("not-found", "There is no such route: /openapi.json lists them.");
  });
  return app;
};

const limitRequests = (app: App, perMinute: number) =>
  app.register(rateLimit, {
    global: true,
    max: perMinute,
    timeWindow: "1 minute",
    errorResponseBuilder: (_request, { ttl }) =>
      new ProblemError("too-many-requests", `At most ${perMinute} requests a minute from one address.`, {
        retryAfterSeconds: Math.ceil(ttl / 1000),
      }),
  });

const measureRequests = (app: App, { metrics }: RouteContext): void => {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    metrics.requestSeconds.observe(labels, reply.elapsedTime / 1000);
  });
};

/** The whole HTTP API, ready to listen or to be injected into. Closing it ends streams, not the store. */
export const buildGateway = async (deps: GatewayDeps): Promise<App> => {
  const { store, adminApiKey } = deps;
  if (adminApiKey !== undefined) await useConfiguredKey(store.apiKeys, adminApiKey);

  const app = createApp(deps);
  const context: RouteContext = {
    ...deps,
    limits: { ...defaultLimits, ...deps.limits },
    now: deps.now ?? Date.now,
    metrics: createMetrics(),
    hub: await createTimelineHub(store.timeline),
  };
  app.addHook("onClose", () => context.hub.close());
  app.addHook("onSend", async (request, reply) => void reply.header("x-request-id", request.id));
  closeCleanly(app, closeGraceMs);
  keepHouse(app, store, deps.personalDataDays);
  parseJson(app);
  measureRequests(app, context);
  await app.register(helmet);
  await limitRequests(app, context.limits.requestsPerMinute);
  guardRoutes(app, store.apiKeys);
  await describeApi(app, deps.links.publicUrl);
  // A scope for each group, so that its hooks and content types stay its own.
  for (const group of routeGroups) {
    await app.register(async (scope) => group(scope.withTypeProvider<ZodTypeProvider>(), context));
  }
  await app.ready();
  return app;
};
