import { z } from "zod";
import type { App, RouteContext } from "../types.ts";

const tags = ["health"];

const readiness = z.object({ ready: z.boolean(), parts: z.record(z.string(), z.boolean()) });

export const healthRoutes = (app: App, context: RouteContext): void => {
  const config = { access: "public", rateLimit: false } as const;

  app.route({
    method: "GET",
    url: "/livez",
    config,
    logLevel: "warn",
    schema: {
      summary: "The process lives",
      tags,
      security: [],
      response: { 200: z.object({ live: z.literal(true) }).describe("It does") },
    },
    handler: () => ({ live: true as const }),
  });

  app.route({
    method: "GET",
    url: "/readyz",
    config,
    logLevel: "warn",
    schema: {
      summary: "What the gateway needs is there",
      tags,
      security: [],
      response: { 200: readiness.describe("Ready"), 503: readiness.describe("A part does not answer") },
    },
    handler: async (_request, reply) => {
      const parts = await context.ready();
      const ready = Object.values(parts).every(Boolean);
      return reply.code(ready ? 200 : 503).send({ ready, parts });
    },
  });
};
