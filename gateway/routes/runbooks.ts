import { z } from "zod";
import type { ProblemDetail } from "../../client/errors.ts";
import type { RunbookView } from "../../client/api.ts";
import { connectorsUsed } from "../../domain/lintAbilities.ts";
import type { LintMark, LintOutcome } from "../../domain/lint.ts";
import { hasErrors, lintRunbook } from "../../domain/lint.ts";
import type { Runbook } from "../../domain/runbook.ts";
import type { RunbookRow } from "../../store/index.ts";
import { startedBy } from "../access.ts";
import { problems, runbookParams } from "../answers.ts";
import { meansNow } from "../means.ts";
import { ProblemError, notFound } from "../problems.ts";
import { runbookJsonSchema } from "../runbookJsonSchema.ts";
import { lintAnswer, runbookDetail, runbookList, runbookSaved } from "../schemas.ts";
import type { App, RouteContext } from "../types.ts";

const tags = ["runbooks"];

/** Runbooks come as texts, whatever the type says: their lines are needed to say where an error is. */
const textTypes = ["application/json", "application/yaml", "application/x-yaml", "text/yaml", "text/plain"];

const text = z.string("needs a runbook as YAML or JSON");

const viewOf = ({ runbook, version, updated_at, updated_by }: RunbookRow): RunbookView => ({
  runbook,
  version,
  updated_at,
  updated_by,
});

const detailsOf = (marks: LintMark[]): ProblemDetail[] => marks.map((mark) => ({ ...mark }));

const countOf = (marks: LintMark[], level: LintMark["level"]): number =>
  marks.filter((mark) => mark.level === level).length;

/** Against the accounts that it asks something of, as far as it is known what they can do. */
const linted = async (source: string, context: RouteContext): Promise<LintOutcome> => {
  const means = await meansNow(context);
  const first = lintRunbook(source, means);
  const used = first.runbook ? connectorsUsed(first.runbook, means) : [];
  if (used.length === 0 || hasErrors(first.marks)) return first;
  const connectors = await context.connectors.withAbilities(means.connectors ?? [], used);
  return lintRunbook(source, { ...means, connectors });
};

/** The runbook if it may be saved under the key; a problem with all that is wrong otherwise. */
const checked = async (
  source: string,
  key: string,
  context: RouteContext,
): Promise<{ runbook: Runbook; marks: LintMark[] }> => {
  const { runbook, marks } = await linted(source, context);
  const misplaced: LintMark[] =
    runbook && runbook.key !== key
      ? [
          {
            level: "error",
            path: "key",
            message: `is "${runbook.key}", but the URL says "${key}"`,
            nearest: key,
          },
        ]
      : [];
  const all = [...misplaced, ...marks];
  if (!runbook || hasErrors(all)) {
    const errors = countOf(all, "error");
    throw new ProblemError("invalid-runbook", `It has ${errors} ${errors === 1 ? "error" : "errors"}.`, {
      errors: detailsOf(all.filter(({ level }) => level !== "advice")),
    });
  }
  return { runbook, marks: all };
};

const readRoutes = (app: App, { store }: RouteContext): void => {
  app.route({
    method: "GET",
    url: "/api/runbooks",
    config: { access: "viewer" },
    schema: {
      summary: "List runbooks, by key",
      tags,
      response: { 200: runbookList.describe("All of them"), ...problems() },
    },
    handler: async () => ({ runbooks: (await store.runbooks.list()).map(viewOf) }),
  });

  app.route({
    method: "GET",
    url: "/api/runbooks/:key",
    config: { access: "viewer" },
    schema: {
      summary: "Show a runbook and its text",
      tags,
      params: runbookParams,
      response: { 200: runbookDetail.describe("The runbook"), ...problems(404) },
    },
    handler: async ({ params }) => {
      const row = await store.runbooks.get(params.key);
      if (!row) throw notFound("runbook", params.key);
      return { ...viewOf(row), source: row.source };
    },
  });
};

const saveRoutes = (app: App, context: RouteContext): void => {
  const { store } = context;
  app.route({
    method: "PUT",
    url: "/api/runbooks/:key",
    config: { access: "admin" },
    schema: {
      summary: "Save a runbook",
      description:
        "YAML or JSON. Runs in flight keep the plan they started with. Warnings and advice do not keep it from being saved.",
      tags,
      consumes: textTypes,
      params: runbookParams,
      body: text,
      response: {
        200: runbookSaved.describe("Saved; marks are warnings and advice"),
        ...problems(413, 415, 422),
      },
    },
    handler: async (request) => {
      const { runbook, marks } = await checked(request.body, request.params.key, context);
      const saved = await store.runbooks.put(runbook, request.body, startedBy(request).name);
      return { runbook, ...saved, marks };
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/runbooks/:key",
    config: { access: "admin" },
    schema: {
      summary: "Remove a runbook",
      description: "It starts no more; runs in flight go on.",
      tags,
      params: runbookParams,
      response: { 204: z.null().describe("Removed"), ...problems(404) },
    },
    handler: async ({ params }, reply) => {
      if (!(await store.runbooks.remove(params.key))) throw notFound("runbook", params.key);
      return reply.code(204).send(null);
    },
  });
};

export const runbookRoutes = (app: App, context: RouteContext): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(textTypes, { parseAs: "string" }, async (_request: unknown, body: string) => body);
  readRoutes(app, context);
  saveRoutes(app, context);

  app.route({
    method: "POST",
    url: "/api/runbooks/lint",
    config: { access: "viewer", changes: false },
    schema: {
      summary: "Check a runbook without saving it",
      tags,
      consumes: textTypes,
      body: text,
      response: { 200: lintAnswer.describe("What was found; ok without errors"), ...problems(413, 415) },
    },
    handler: async ({ body }) => {
      const { marks } = await linted(body, context);
      return { ok: !hasErrors(marks), marks };
    },
  });

  const schema = runbookJsonSchema(context.catalogue);
  app.route({
    method: "GET",
    url: "/schemas/runbook.json",
    config: { access: "public" },
    schema: { summary: "The JSON schema of runbooks, for editors", tags, security: [] },
    handler: (_request, reply) =>
      reply
        .type("application/schema+json; charset=utf-8")
        .header("cache-control", "public, max-age=300")
        .send(JSON.stringify(schema)),
  });
};
