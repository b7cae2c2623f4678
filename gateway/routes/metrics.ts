import type { App, RouteContext } from "../types.ts";

export const metricsRoutes = (app: App, { metrics }: RouteContext): void => {
  app.route({
    method: "GET",
    url: "/metrics",
    config: { access: "public", rateLimit: false },
    logLevel: "warn",
    schema: { summary: "Metrics for Prometheus", tags: ["health"], security: [] },
    handler: async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  });
};
