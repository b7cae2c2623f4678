import swagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { timelineWebhook } from "./subscriberSchemas.ts";
import type { App } from "./types.ts";

const description = `Incidents, their timelines, and the runbooks that work on them in Zoom.

Every error is a problem document (RFC 9457, \`application/problem+json\`) that names each field at fault. Lists are
paged. Send an API key as \`Authorization: Bearer <key>\`, or come from our own pages, signed in. Viewers read, responders work on
incidents, admins change runbooks, connectors and keys; \`x-role\` says which role an operation needs.`;

const tags = [
  { name: "incidents", description: "Declare, change and look at incidents" },
  { name: "timeline", description: "What happened to an incident, in order" },
  { name: "executions", description: "Runs of runbooks, and what operators do with them" },
  { name: "runbooks", description: "Runbooks as code, and the actions they are made of" },
  { name: "connectors", description: "Zoom accounts, and what they can do" },
  { name: "access", description: "API keys, who is signed in, and what was changed by whom" },
  { name: "subscribers", description: "Who is sent the events of timelines as signed webhooks" },
  { name: "webhooks", description: "What Zoom sends" },
  { name: "health", description: "For machines that watch" },
];

/** What an operation needs is told from where the guard takes it. */
const withRole: typeof jsonSchemaTransform = (input) => {
  const { schema, url } = jsonSchemaTransform(input);
  const { access = "public" } = input.route.config ?? {};
  return { schema: access === "public" ? schema : { ...schema, "x-role": access }, url };
};

/** What subscribers are sent. Its schema is among the components because it has an id. */
const webhooks = {
  "timeline.event": {
    post: {
      summary: "Something happened to an incident",
      description:
        "A Standard Webhook (https://www.standardwebhooks.com): verify its signature with the subscriber's secret.",
      tags: ["subscribers"],
      parameters: ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => ({
        name,
        in: "header" as const,
        required: true,
        schema: { type: "string" as const },
      })),
      requestBody: {
        required: true,
        content: {
          "application/json": { schema: { $ref: `#/components/schemas/${timelineWebhook.meta()?.id}` } },
        },
      },
      responses: { "2XX": { description: "Accepted; anything else is tried again, and 410 ends it" } },
    },
  },
};

/** Makes `/openapi.json` from the schemas of the routes that are registered after it. */
export const describeApi = async (app: App, publicUrl: string): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "zoom-runbooks",
        version: "1",
        description,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: publicUrl }],
      tags,
      components: { securitySchemes: { apiKey: { type: "http", scheme: "bearer" } } },
      security: [{ apiKey: [] }],
    },
    transform: withRole,
    transformObject: (document) => ({ ...jsonSchemaTransformObject(document), webhooks }),
  });

  app.route({
    method: "GET",
    url: "/openapi.json",
    config: { access: "public" },
    schema: { summary: "This description", tags: ["health"], security: [] },
    handler: () => app.swagger(),
  });
};
