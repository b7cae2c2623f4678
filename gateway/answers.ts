import { z } from "zod";
import { incidentIdSchema } from "../domain/incident.ts";
import { keySchema } from "../domain/runbook.ts";
import { problem } from "./schemaParts.ts";
import { problemTypes } from "./problems.ts";

/** Parts that several routes' schemas share. */

const problemAnswer = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problem } },
});

type Status = (typeof problemTypes)[keyof typeof problemTypes]["status"];

const meanings: Record<number, string> = {
  400: "The request is not valid: each field at fault is named, with what is allowed",
  401: "No valid API key",
  403: "The API key's role does not permit this",
  404: "There is no such thing",
  409: "Not possible as things stand",
  413: "The body is too large",
  415: "The content type is not supported",
  422: "The document or the inputs have errors, all of them listed",
  429: "Too many requests",
  500: "Something went wrong on our side; the id leads to the log",
  503: "Temporal, the workers or the database do not answer right now: repeat the request",
};

/** The problem documents that every route with a key may answer, and `more`. */
export const problems = (...more: Status[]) =>
  Object.fromEntries(
    [400, 401, 403, 429, 500, 503, ...more].map((status) => [status, problemAnswer(meanings[status] ?? "")]),
  );

export const incidentParams = z.strictObject({ id: incidentIdSchema });

/** Workflow ids of executions: `runbook-<incident>-<key>-<n>`. */
export const executionParams = z.strictObject({
  id: z
    .string()
    .regex(/^runbook-[A-Za-z0-9._-]{1,200}$/, "an execution's id: runbook-<incident>-<runbook>-<n>"),
});

export const runbookParams = z.strictObject({ key: keySchema });

export const idempotencyHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, "1 to 100 visible ASCII characters")
    .optional()
    .meta({ description: "Repeated with the same key, it is done once" }),
});

/** A number in a query. */
export const countFrom = (least: number, most: number, usual: number) =>
  z.coerce.number().pipe(z.int().min(least).max(most)).default(usual);
