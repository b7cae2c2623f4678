import { z } from "zod";
import type { Caller } from "../access.ts";
import { openSessionList, session } from "../accessSchemas.ts";
import { problems } from "../answers.ts";
import { ProblemError, notFound } from "../problems.ts";
import { sessionLife } from "../sessions.ts";
import type { App, RouteContext } from "../types.ts";

const tags = ["access"];

const access = { access: "viewer" } as const;

const params = z.strictObject({ id: z.string().regex(/^session-[a-f0-9]{12}$/, "a session's id") });

/** Those of others: for administrators. */
const othersRoutes = (app: App, { store }: RouteContext): void => {
  app.route({
    method: "GET",
    url: "/api/sessions",
    config: { access: "admin" },
    schema: {
      summary: "List who is signed in, newest first",
      tags,
      response: { 200: openSessionList.describe("All that are open"), ...problems() },
    },
    handler: async () => ({ sessions: await store.sessions.list(sessionLife.idleMs) }),
  });

  app.route({
    method: "DELETE",
    url: "/api/sessions/:id",
    config: { access: "admin" },
    schema: {
      summary: "Sign somebody out",
      tags,
      params,
      response: { 204: z.null().describe("Signed out"), ...problems(404) },
    },
    handler: async ({ params: { id } }, reply) => {
      if (!(await store.sessions.remove(id))) throw notFound("session", id);
      return reply.code(204).send(null);
    },
  });
};

export const sessionRoutes = (app: App, context: RouteContext): void => {
  const { sessions } = context;
  othersRoutes(app, context);

  app.route({
    method: "GET",
    url: "/api/session",
    config: access,
    schema: {
      summary: "Say who one is",
      tags,
      response: { 200: session.describe("The key, or who signed in"), ...problems() },
    },
    // The guard let nobody else in.
    handler: async ({ caller }) => caller as Caller,
  });

  app.route({
    method: "DELETE",
    url: "/api/session",
    config: access,
    schema: {
      summary: "Sign out",
      tags,
      response: { 204: z.null().describe("Signed out"), ...problems(409) },
    },
    handler: async (request, reply) => {
      if (request.caller?.kind !== "session")
        throw new ProblemError(
          "refused",
          "An API key has no session to end. DELETE /api/keys/:id revokes it.",
        );
      await sessions.end(request, reply);
      return reply.code(204).send(null);
    },
  });
};
