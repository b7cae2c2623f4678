import { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { countFrom, incidentParams, problems } from "../answers.ts";
import { ProblemError } from "../problems.ts";
import { timelinePage } from "../schemas.ts";
import { timelineStream } from "../timelineStream.ts";
import type { App, RouteContext } from "../types.ts";
import { storedIncident } from "./incidents.ts";

const tags = ["timeline"];

const maxSeq = Number.MAX_SAFE_INTEGER;

const pageQuery = z.strictObject({
  after: countFrom(0, maxSeq, 0).meta({ description: "Events with a higher sequence number" }),
  limit: countFrom(1, 1000, 200),
});

const streamQuery = z.strictObject({ after: countFrom(0, maxSeq, 0) });

const streamHeaders = z.looseObject({
  "last-event-id": z
    .string()
    .regex(/^\d{1,15}$/, "the id of the last event seen")
    .optional()
    .meta({ description: "Wins over `after`" }),
});

/** Counts open streams, and ends them all when the gateway shuts down. */
const createStreams = (context: RouteContext) => {
  const open = new Map<AbortController, string>();
  const { limits, metrics } = context;
  const openOf = (key: string): number => [...open.values()].filter((each) => each === key).length;
  const settle = (): void => metrics.streams.set(open.size);

  return {
    begin: (request: FastifyRequest): AbortController => {
      const key = request.caller?.id ?? "";
      if (open.size >= limits.streams || openOf(key) >= limits.streamsPerKey) {
        throw new ProblemError(
          "unavailable",
          "Too many timeline streams are open. Close some, or read the list.",
          {
            retryAfterSeconds: 30,
          },
        );
      }
      const controller = new AbortController();
      open.set(controller, key);
      settle();
      return controller;
    },
    end: (controller: AbortController): void => {
      controller.abort();
      open.delete(controller);
      settle();
    },
    endAll: (): void => {
      for (const controller of open.keys()) controller.abort();
    },
  };
};

const pageRoute = (app: App, context: RouteContext): void => {
  app.route({
    method: "GET",
    url: "/api/incidents/:id/timeline",
    config: { access: "viewer" },
    schema: {
      summary: "List what happened to an incident, in order",
      tags,
      params: incidentParams,
      querystring: pageQuery,
      response: { 200: timelinePage.describe("One page"), ...problems(404) },
    },
    handler: async ({ params, query }) => {
      await storedIncident(context, params.id);
      const events = await context.store.timeline.list(params.id, query);
      return { events, next: events.at(-1)?.seq ?? query.after };
    },
  });
};

const streamSchema = {
  summary: "Follow an incident's timeline (server-sent events)",
  description:
    "Each event is `event: timeline`, its id the sequence number, its data a TimelineEvent as JSON.",
  tags,
  params: incidentParams,
  querystring: streamQuery,
  headers: streamHeaders,
  response: {
    200: {
      description: "The stream",
      content: { "text/event-stream": { schema: z.unknown().meta({ type: "string" }) } },
    },
    ...problems(404),
  },
};

export const timelineRoutes = (app: App, context: RouteContext): void => {
  pageRoute(app, context);
  const streams = createStreams(context);
  app.addHook("preClose", async () => streams.endAll());

  app.route({
    method: "GET",
    url: "/api/incidents/:id/timeline/stream",
    config: { access: "viewer" },
    exposeHeadRoute: false,
    schema: streamSchema,
    handler: async (request, reply) => {
      const { id } = request.params;
      await storedIncident(context, id);
      const controller = streams.begin(request);
      const timer = setTimeout(() => controller.abort(), context.limits.streamMs);
      reply.raw.once("close", () => {
        clearTimeout(timer);
        streams.end(controller);
      });
      const lastSeen = request.headers["last-event-id"];
      const events = timelineStream({
        incidentId: id,
        after: lastSeen === undefined ? request.query.after : Number(lastSeen),
        read: (page) => context.store.timeline.list(id, page),
        hub: context.hub,
        heartbeatMs: context.limits.heartbeatMs,
        signal: controller.signal,
      });
      return reply
        .headers({
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-cache, no-transform",
          "x-accel-buffering": "no",
        })
        .send(Readable.from(events, { objectMode: false }));
    },
  });
};
