import { z } from "zod";
import { newApiKeySchema } from "../../domain/access.ts";
import { startedBy } from "../access.ts";
import { problems } from "../answers.ts";
import { apiKeyList, apiKeyMade } from "../accessSchemas.ts";
import { configuredKeyId, createKey } from "../keys.ts";
import { ProblemError, notFound } from "../problems.ts";
import type { App, RouteContext } from "../types.ts";

const tags = ["access"];

const access = { access: "admin" } as const;

const params = z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,64}$/, "a key's id") });

/** So that the list of keys stays one that a person can read. */
const mostKeys = 500;

const makeRoute = (app: App, { store, now }: RouteContext): void => {
  app.route({
    method: "POST",
    url: "/api/keys",
    config: access,
    schema: {
      summary: "Make an API key",
      description: "The key is in this answer and is never shown again.",
      tags,
      body: newApiKeySchema,
      response: { 201: apiKeyMade.describe("Made"), ...problems(409, 413, 415) },
    },
    handler: async (request, reply) => {
      const { name, role, expires_at } = request.body;
      const expiresAt = expires_at === undefined ? null : new Date(expires_at).toISOString();
      if (expiresAt !== null && Date.parse(expiresAt) <= now())
        throw new ProblemError("invalid-request", "In the body: expires_at is over.", {
          errors: [{ path: "expires_at", message: "must be in the future" }],
        });
      if ((await store.apiKeys.count()) >= mostKeys)
        throw new ProblemError("refused", `There are ${mostKeys} API keys. Revoke those that nobody uses.`);
      const by = startedBy(request).name;
      return reply.code(201).send(await createKey(store.apiKeys, { name, role, expiresAt, by }));
    },
  });
};

const revokeRoute = (app: App, { store, adminApiKey }: RouteContext): void => {
  app.route({
    method: "DELETE",
    url: "/api/keys/:id",
    config: access,
    schema: {
      summary: "Revoke an API key",
      description:
        "It is refused from then on, and who signed in with it is signed out. The last admin's key stays.",
      tags,
      params,
      response: { 204: z.null().describe("Revoked"), ...problems(404, 409) },
    },
    handler: async ({ params: { id } }, reply) => {
      if (id === configuredKeyId && adminApiKey !== undefined)
        throw new ProblemError("refused", "This key is ADMIN_API_KEY: unset it and restart the gateway.");
      switch (await store.apiKeys.revoke(id)) {
        case "unknown":
          throw notFound("API key", id);
        case "last_admin":
          throw new ProblemError(
            "refused",
            "It is the last admin's key. Make another one first: zoom-runbooks key add NAME --role admin.",
          );
        case "revoked":
          return reply.code(204).send(null);
      }
    },
  });
};

export const keyRoutes = (app: App, context: RouteContext): void => {
  app.route({
    method: "GET",
    url: "/api/keys",
    config: access,
    schema: {
      summary: "List the API keys",
      tags,
      response: { 200: apiKeyList.describe("All of them, without the keys themselves"), ...problems() },
    },
    handler: async () => ({ keys: await context.store.apiKeys.list() }),
  });
  makeRoute(app, context);
  revokeRoute(app, context);
};
