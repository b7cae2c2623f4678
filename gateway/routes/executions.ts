import { z } from "zod";
import type { ExecutionAnswer, StepCommandName } from "../../client/api.ts";
import { isRunbooksError } from "../../client/errors.ts";
import type { Execution, Json } from "../../domain/plan.ts";
import { incidentIdSchema } from "../../domain/incident.ts";
import { keySchema } from "../../domain/runbook.ts";
import { startedBy } from "../access.ts";
import { executionParams, idempotencyHeaders, problems } from "../answers.ts";
import { executionLinks } from "../links.ts";
import { notFound } from "../problems.ts";
import { executionAnswer, executionStarted } from "../schemas.ts";
import type { App, RouteContext } from "../types.ts";
import { onceKey, storedIncident } from "./incidents.ts";

const tags = ["executions"];

const anyJson: z.ZodType<Json> = z.json();

const inputs = z
  .strictObject({ inputs: z.record(z.string().max(63), anyJson).default({}) })
  .default({ inputs: {} })
  .meta({ description: "The runbook's inputs" });

const stepBody = z
  .strictObject({
    step: z
      .string()
      .max(63)
      .optional()
      .meta({ description: "The step's id; may be left out when only one can be meant" }),
  })
  .default({});

const commands = {
  retry: { method: "retryStep", summary: "Try a parked step again" },
  skip: { method: "skipStep", summary: "Go on without a parked or waiting step" },
  approve: { method: "approve", summary: "Approve what a step waits for" },
  cancel: { method: "cancel", summary: "Cancel the run; what it made is undone unless a step says keep" },
} as const satisfies Record<StepCommandName, { method: string; summary: string }>;

const isOver = ({ ended_at: endedAt }: Execution): boolean => endedAt !== null;

/** An execution that has ended is read from the store; one that runs is asked, and if it does not answer, read. */
const executionNow = async (context: RouteContext, id: string): Promise<ExecutionAnswer> => {
  const { store, runbooks, links } = context;
  const stored = await store.executions.get(id);
  if (!stored) throw notFound("execution", id);
  const answer = { links: executionLinks(links, id) };
  if (isOver(stored)) return { ...answer, execution: stored, live: false };
  try {
    return { ...answer, execution: await runbooks.execution(id), live: true };
  } catch (error) {
    if (!isRunbooksError(error)) throw error;
    return { ...answer, execution: stored, live: false };
  }
};

const executeRoute = (app: App, context: RouteContext): void => {
  app.route({
    method: "POST",
    url: "/api/incidents/:id/runbooks/:key/executions",
    config: { access: "responder" },
    schema: {
      summary: "Execute a runbook for an incident",
      tags,
      headers: idempotencyHeaders,
      params: z.strictObject({ id: incidentIdSchema, key: keySchema }),
      body: inputs,
      response: { 201: executionStarted.describe("Started"), ...problems(404, 409, 413, 415, 422) },
    },
    handler: async (request, reply) => {
      const { id, key } = request.params;
      const { incident } = await storedIncident(context, id);
      if (!(await context.store.runbooks.get(key))) throw notFound("runbook", key);
      const { executionId } = await context.runbooks.executeRunbook(
        incident,
        { runbook: key, inputs: request.body.inputs, by: startedBy(request) },
        onceKey(request),
      );
      const links = executionLinks(context.links, executionId);
      return reply.code(201).header("location", links.self).send({ execution_id: executionId, links });
    },
  });
};

const commandRoute = (app: App, context: RouteContext, name: StepCommandName): void => {
  const { method, summary } = commands[name];
  app.route({
    method: "POST",
    url: `/api/executions/:id/${name}`,
    config: { access: "responder" },
    schema: {
      summary,
      tags,
      headers: idempotencyHeaders,
      params: executionParams,
      body: stepBody,
      response: {
        200: executionAnswer.describe("The execution after it"),
        ...problems(404, 409, 413, 415, 422),
      },
    },
    handler: async (request) => {
      const { id } = request.params;
      const { step } = request.body;
      const command = { by: startedBy(request), ...(step !== undefined && { step }) };
      const execution = await context.runbooks[method](id, command, onceKey(request));
      return { execution, live: true, links: executionLinks(context.links, id) };
    },
  });
};

export const executionRoutes = (app: App, context: RouteContext): void => {
  executeRoute(app, context);
  for (const name of Object.keys(commands) as StepCommandName[]) commandRoute(app, context, name);

  app.route({
    method: "GET",
    url: "/api/executions/:id",
    config: { access: "viewer" },
    schema: {
      summary: "Show how an execution stands",
      tags,
      params: executionParams,
      response: { 200: executionAnswer.describe("The execution"), ...problems(404) },
    },
    handler: ({ params }) => executionNow(context, params.id),
  });
};
