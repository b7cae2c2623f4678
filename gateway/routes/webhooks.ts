import { z } from "zod";
import { ProblemError } from "../problems.ts";
import { problem } from "../schemaParts.ts";
import type { App, RouteContext } from "../types.ts";
import { createIntake } from "../webhookIntake.ts";

const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problem } },
});

const schema = {
  summary: "Take an event from Zoom",
  description:
    "Signed by Zoom with the app's secret token. What is forged or stale is refused; what is taken twice changes nothing; what cannot be handed over now is answered 503, so that Zoom sends it again.",
  tags: ["webhooks"],
  security: [],
  consumes: ["application/json"],
  response: {
    200: z.object({ plainToken: z.string(), encryptedToken: z.string() }).describe("Zoom validates the URL"),
    204: z.null().describe("Taken, or none of our business"),
    401: refusal("Not signed with one of the secret tokens, or stale"),
    413: refusal("The body is too large"),
    503: refusal("Could not be handed over: send it again"),
  },
};

/** The signature covers the bytes as they came, so nothing parses them before it is checked. */
export const webhookRoutes = (app: App, context: RouteContext): void => {
  const intake = createIntake(context);
  const { metrics } = context;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) => body);

  app.route({
    method: "POST",
    url: "/webhooks/zoom",
    // Zoom sends from few addresses, and what is answered 429 it never sends again.
    config: { access: "public", rateLimit: false },
    schema,
    handler: async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      try {
        const { result, validation } = await intake({ rawBody, headers: request.headers, log: request.log });
        metrics.webhooks.inc({ result });
        if (result === "forged")
          throw new ProblemError("not-verified", "It is not signed as Zoom signs, or it is old.");
        return validation ? await reply.code(200).send(validation) : await reply.code(204).send(null);
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        metrics.webhooks.inc({ result: "failed" });
        const detail = "It could not be handed over. Send it again.";
        throw new ProblemError("unavailable", detail, { cause: error });
      }
    },
  });
};
