import { z } from "zod";
import type { Caller } from "../access.ts";
import { session } from "../accessSchemas.ts";
import { problems } from "../answers.ts";
import { ProblemError } from "../problems.ts";
import type { App, RouteContext } from "../types.ts";

const tags = ["access"];

const access = { access: "viewer" } as const;

export const sessionRoutes = (app: App, { sessions }: RouteContext): void => {
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
