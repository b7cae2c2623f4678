import { z } from "zod";
import { newSecretSchema, newSubscriberSchema, subscriberPatchSchema } from "../../domain/subscriber.ts";
import { incidentIdSchema } from "../../domain/incident.ts";
import { startedBy } from "../access.ts";
import { countFrom, problems } from "../answers.ts";
import { deliveryPage, resent, subscriber, subscriberList, tried, withSecret } from "../subscriberSchemas.ts";
import type { App, RouteContext } from "../types.ts";

const tags = ["subscribers"];

const access = { access: "admin" } as const;

const params = z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,64}$/, "a subscriber's id") });

const maxSeq = 2 ** 31 - 1;

const position = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/\d{1,9}$/, "the `next` of the page before it")
  .transform((text) => {
    const [incidentId = "", seq] = text.split("/");
    return { incidentId, seq: Number(seq) };
  });

const deliveriesQuery = z.strictObject({
  state: z.enum(["pending", "dead"]).default("pending"),
  limit: countFrom(1, 200, 50),
  after: position.optional(),
});

const resendBody = z
  .strictObject({ incident_id: incidentIdSchema, seq: z.int().min(1).max(maxSeq) })
  .partial()
  .refine(({ incident_id, seq }) => seq === undefined || incident_id !== undefined, {
    path: ["seq"],
    error: "needs incident_id, since each incident counts its own events",
  });

const readRoutes = (app: App, { subscribers }: RouteContext): void => {
  app.route({
    method: "GET",
    url: "/api/subscribers",
    config: access,
    schema: {
      summary: "List who is sent the events of timelines",
      tags,
      response: { 200: subscriberList.describe("All of them"), ...problems() },
    },
    handler: async () => ({ subscribers: await subscribers.list() }),
  });

  app.route({
    method: "GET",
    url: "/api/subscribers/:id",
    config: access,
    schema: {
      summary: "Show a subscriber",
      tags,
      params,
      response: { 200: subscriber.describe("How it stands"), ...problems(404) },
    },
    handler: ({ params: { id } }) => subscribers.get(id),
  });

  app.route({
    method: "GET",
    url: "/api/subscribers/:id/deliveries",
    config: access,
    schema: {
      summary: "List the events that wait to be delivered, or were given up",
      tags,
      params,
      querystring: deliveriesQuery,
      response: { 200: deliveryPage.describe("One page"), ...problems(404) },
    },
    handler: async ({ params: { id }, query: { state, limit, after } }) => {
      const deliveries = await subscribers.deliveries(id, state, { limit, after });
      const last = deliveries.length === limit ? deliveries.at(-1) : undefined;
      return { deliveries, next: last ? `${last.incident_id}/${last.seq}` : null };
    },
  });
};

const changeRoutes = (app: App, { subscribers }: RouteContext): void => {
  app.route({
    method: "POST",
    url: "/api/subscribers",
    config: access,
    schema: {
      summary: "Send the events of timelines to a URL, as signed Standard Webhooks",
      description:
        "It is sent what is recorded from now on: each event at least once, those of an incident in order.",
      tags,
      body: newSubscriberSchema,
      response: { 201: withSecret.describe("Added"), ...problems(409, 422) },
    },
    handler: async (request, reply) =>
      reply.code(201).send(await subscribers.add(request.body, startedBy(request).name)),
  });

  app.route({
    method: "PATCH",
    url: "/api/subscribers/:id",
    config: access,
    schema: {
      summary: "Change a subscriber, disable it, or enable it again",
      description: "What waits for it is tried again at once.",
      tags,
      params,
      body: subscriberPatchSchema,
      response: { 200: subscriber.describe("As it stands now"), ...problems(404, 409, 422) },
    },
    handler: ({ params: { id }, body }) => subscribers.change(id, body),
  });

  app.route({
    method: "DELETE",
    url: "/api/subscribers/:id",
    config: access,
    schema: {
      summary: "Remove a subscriber, its secret and what waits for it",
      tags,
      params,
      response: { 204: z.null().describe("Removed"), ...problems(404) },
    },
    handler: async ({ params: { id } }, reply) => {
      await subscribers.remove(id);
      return reply.code(204).send(null);
    },
  });
};

const commandRoutes = (app: App, { subscribers }: RouteContext): void => {
  app.route({
    method: "POST",
    url: "/api/subscribers/:id/rotate",
    config: access,
    schema: {
      summary: "Replace a subscriber's secret",
      description: "For a day, webhooks carry two signatures: of the new secret, and of the one before.",
      tags,
      params,
      body: newSecretSchema,
      response: { 200: withSecret.describe("Replaced"), ...problems(404, 409) },
    },
    handler: ({ params: { id }, body }) => subscribers.rotate(id, body.secret),
  });

  app.route({
    method: "POST",
    url: "/api/subscribers/:id/test",
    config: access,
    schema: {
      summary: "Send a subscriber a webhook of type `subscriber.test`",
      tags,
      params,
      response: { 200: tried.describe("How that came out"), ...problems(404) },
    },
    handler: ({ params: { id } }) => subscribers.test(id),
  });

  app.route({
    method: "POST",
    url: "/api/subscribers/:id/resend",
    config: access,
    schema: {
      summary: "Send again what was given up",
      description: "All of it, that of one incident, or one event; as many as there is time for.",
      tags,
      params,
      body: resendBody,
      response: { 200: resent.describe("How that came out"), ...problems(404, 409) },
    },
    handler: ({ params: { id }, body: { incident_id: incidentId, seq } }) =>
      subscribers.resend(id, { incidentId, seq }),
  });
};

export const subscriberRoutes = (app: App, context: RouteContext): void => {
  readRoutes(app, context);
  changeRoutes(app, context);
  commandRoutes(app, context);
};
