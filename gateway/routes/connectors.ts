import { z } from "zod";
import { newConnectorSchema } from "../../domain/connector.ts";
import { startedBy } from "../access.ts";
import { problems } from "../answers.ts";
import { connector, connectorCheck, connectorList } from "../schemas.ts";
import type { App, RouteContext } from "../types.ts";

const tags = ["connectors"];

const access = { access: "admin" } as const;

const params = z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,64}$/, "a connector's id") });

const changeRoutes = (app: App, { connectors }: RouteContext): void => {
  app.route({
    method: "POST",
    url: "/api/connectors",
    config: access,
    schema: {
      summary: "Connect a Zoom account",
      description:
        "Account credentials are tried out before they are kept. For signing in, open the answer's `sign_in_url` in a browser.",
      tags,
      body: newConnectorSchema,
      response: {
        201: connector.describe("Connected, or waiting for somebody to sign in"),
        ...problems(409, 422),
      },
    },
    handler: async (request, reply) =>
      reply.code(201).send(await connectors.add(request.body, startedBy(request).name)),
  });

  app.route({
    method: "DELETE",
    url: "/api/connectors/:id",
    config: access,
    schema: {
      summary: "Remove a connector and its secrets",
      description: "What somebody granted by signing in is given back to Zoom first.",
      tags,
      params,
      response: { 204: z.null().describe("Removed"), ...problems(404, 409) },
    },
    handler: async (request, reply) => {
      await connectors.remove(request.params.id);
      request.log.info({ connector: request.params.id, by: request.caller?.id }, "connector removed");
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/connectors/:id/default",
    config: access,
    schema: {
      summary: "Let runbooks work in this account",
      tags,
      params,
      response: { 200: connector.describe("The default now"), ...problems(404, 409) },
    },
    handler: ({ params: { id } }) => connectors.makeDefault(id),
  });
};

export const connectorRoutes = (app: App, context: RouteContext): void => {
  const { connectors, catalogue } = context;
  app.route({
    method: "GET",
    url: "/api/connectors",
    config: access,
    schema: {
      summary: "List the Zoom accounts that are connected",
      tags,
      response: { 200: connectorList.describe("All of them"), ...problems() },
    },
    handler: async () => ({ connectors: await connectors.list() }),
  });

  changeRoutes(app, context);

  app.route({
    method: "POST",
    url: "/api/connectors/:id/test",
    config: access,
    schema: {
      summary: "Try a connector out",
      description: "Which actions work, and which scope or licence the others lack. Changes nothing in Zoom.",
      tags,
      params,
      response: { 200: connectorCheck.describe("What was found"), ...problems(404) },
    },
    handler: ({ params: { id } }) => connectors.check(id, catalogue),
  });
};
