import { randomUUID } from "node:crypto";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastify from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { createGate, guardRoutes } from "./access.ts";
import { auditChanges } from "./audit.ts";
import { sendProblem } from "./errorHandler.ts";
import { tooMany } from "./guesses.ts";
import { keepHouse } from "./housekeeping.ts";
import { parseJson } from "./jsonBody.ts";
import { useConfiguredKey } from "./keys.ts";
import { createMetrics } from "./metrics.ts";
import { describeApi } from "./openapi.ts";
import { ProblemError } from "./problems.ts";
import { actionRoutes } from "./routes/actions.ts";
import { auditRoutes } from "./routes/audit.ts";
import { calendarRoutes } from "./routes/calendar.ts";
import { codecRoutes } from "./routes/codec.ts";
import { connectorRoutes } from "./routes/connectors.ts";
import { executionRoutes } from "./routes/executions.ts";
import { healthRoutes } from "./routes/health.ts";
import { incidentRoutes } from "./routes/incidents.ts";
import { keyRoutes } from "./routes/keys.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { oidcSignIn } from "./routes/oidcSignIn.ts";
import { peopleRoutes } from "./routes/people.ts";
import { runbookRoutes } from "./routes/runbooks.ts";
import { sessionRoutes } from "./routes/session.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { signInRoutes } from "./routes/signIn.ts";
import { signInPages } from "./routes/signInPages.ts";
import { subscriberRoutes } from "./routes/subscribers.ts";
import { timelineRoutes } from "./routes/timeline.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { createSessions } from "./sessions.ts";
import { closeCleanly } from "./shutdown.ts";
import { createResuming } from "./resuming.ts";
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
  keyRoutes,
  auditRoutes,
  sessionRoutes,
  signInPages,
  oidcSignIn,
  subscriberRoutes,
  webhookRoutes,
  calendarRoutes,
  healthRoutes,
  metricsRoutes,
];

/** Answers are data: whatever a browser takes one for, it loads and runs nothing. Pages say themselves what they need. */
const nothingPolicy = Object.fromEntries(
  ["default-src", "base-uri", "form-action", "frame-ancestors"].map((each) => [each, ["'none'"]]),
);

const badPath = (): ProblemError =>
  new ProblemError("invalid-request", "The path cannot be read: a wrong escape, or a part that is too long.");

const createApp = ({ log, trustedProxies = [] }: GatewayDeps): App => {
  const app = fastify({
    ...(log ? { loggerInstance: log } : { logger: false }),
    bodyLimit: bodyLimitBytes,
    genReqId: () => randomUUID(),
    trustProxy: trustedProxies.length > 0 && trustedProxies,
    requestTimeout: 30_000,
    frameworkErrors: (_error, request, reply) => void sendProblem(badPath(), request, reply),
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

/** An office, or a proxy that is not trusted, has one address for many callers. */
const callersOfOneAddress = 5;

const limitRequests = (app: App, perMinute: number) =>
  app.register(rateLimit, {
    global: true,
    max: perMinute,
    timeWindow: "1 minute",
    errorResponseBuilder: (_request, { ttl, max }) =>
      tooMany(`At most ${max} requests a minute from one address.`, ttl),
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
  const { store, adminApiKey, links } = deps;
  await useConfiguredKey(store, adminApiKey);

  const app = createApp(deps);
  const limits = { ...defaultLimits, ...deps.limits };
  const sessions = createSessions(deps);
  const context: RouteContext = {
    ...deps,
    limits,
    sessions,
    gate: createGate({ store, sessions, publicUrl: links.publicUrl, limits }),
    now: deps.now ?? Date.now,
    metrics: createMetrics(),
    hub: await createTimelineHub(store.timeline),
    resumeParked: createResuming(app, deps),
  };
  app.addHook("onClose", () => context.hub.close());
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-request-id", request.id);
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
  closeCleanly(app, closeGraceMs);
  keepHouse(app, store, deps);
  const courier = await deps.subscribers.start(app.log);
  app.addHook("onClose", () => courier.close());
  parseJson(app);
  measureRequests(app, context);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: nothingPolicy },
    xFrameOptions: { action: "deny" },
  });
  await app.register(cookie);
  await limitRequests(app, limits.requestsPerMinute * callersOfOneAddress);
  guardRoutes(app, context.gate);
  auditChanges(app, store.audit);
  await describeApi(app, links.publicUrl);
  // A scope for each group, so that its hooks and content types stay its own.
  for (const group of routeGroups) {
    await app.register(async (scope) => group(scope.withTypeProvider<ZodTypeProvider>(), context));
  }
  await app.ready();
  return app;
};
