import { z } from "zod";
import { auditPage } from "../accessSchemas.ts";
import { countFrom, problems } from "../answers.ts";
import type { App, RouteContext } from "../types.ts";

const query = z.strictObject({
  who: z.string().max(200).optional().meta({ description: "The id or name of a key or person" }),
  target: z.string().max(300).optional().meta({ description: "The id of what was changed" }),
  since: z.iso.datetime({ offset: true }).optional(),
  limit: countFrom(1, 500, 100),
  before: z.string().max(40).optional().meta({ description: "The `next` of the page before" }),
});

export const auditRoutes = (app: App, { store }: RouteContext): void => {
  app.route({
    method: "GET",
    url: "/api/audit",
    config: { access: "admin" },
    schema: {
      summary: "List who changed what, newest first",
      tags: ["access"],
      querystring: query,
      response: { 200: auditPage.describe("One page"), ...problems() },
    },
    handler: (request) => store.audit.list(request.query),
  });
};
