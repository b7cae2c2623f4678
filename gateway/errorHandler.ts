import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { RunbooksError } from "../client/errors.ts";
import { isRunbooksError } from "../client/errors.ts";
import { ConnectorError } from "../connectors/errors.ts";
import { explained, sentence } from "../connectors/explain.ts";
import { OutgoingError } from "../outgoing/errors.ts";
import type { StoreError } from "../store/index.ts";
import { isStoreError } from "../store/index.ts";
import { SubscriberError } from "../subscribers/errors.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { ProblemType } from "./problems.ts";
import { ProblemError, problemDocument, problemTypes } from "./problems.ts";
import { InvalidRequest } from "./validation.ts";

const typeOfRunbooksError = ({ code }: RunbooksError): ProblemType => {
  switch (code) {
    case "not_found":
      return "not-found";
    case "invalid_input":
      return "invalid-input";
    case "no_worker":
      return "no-worker";
    case "unfinished":
      return "unfinished";
    case "temporal_unreachable":
    case "unavailable":
      return "unavailable";
    case "internal":
      return "internal";
    default:
      return "refused";
  }
};

const fromRunbooksError = (error: RunbooksError): ProblemError =>
  new ProblemError(typeOfRunbooksError(error), `${sentence(error.message)} ${error.advice}`.trim(), {
    cause: error,
    ...(error.field !== undefined && { errors: [{ path: error.field, message: error.message }] }),
  });

const fromStoreError = (error: StoreError): ProblemError => {
  switch (error.code) {
    case "incident_unknown":
      return new ProblemError("not-found", "There is no such incident: declare it first.", { cause: error });
    case "cursor_invalid":
      return new ProblemError("invalid-request", "The list cannot go on from there.", {
        cause: error,
        errors: [{ path: "before", message: "must be the `next` of the page before it" }],
      });
    default:
      return new ProblemError("unavailable", "The database cannot be used right now. Repeat the request.", {
        cause: error,
      });
  }
};

const fromOutgoingError = ({ message }: OutgoingError): ProblemError =>
  new ProblemError("invalid-input", message, { errors: [{ path: "url", message }] });

const fromConnectorError = ({ code, message }: ConnectorError | SubscriberError): ProblemError =>
  new ProblemError(code === "not_found" ? "not-found" : "refused", message);

/** What Zoom has against what it was given; its own troubles pass. */
const fromZoomError = (error: ZoomError): ProblemError => {
  if (error.retryable) return new ProblemError("unavailable", explained(error));
  const errors = error.field === undefined ? [] : [{ path: error.field, message: error.message }];
  return new ProblemError("invalid-input", explained(error), { errors });
};

const fromFastifyError = (
  error: Partial<FastifyError>,
  request: FastifyRequest,
): ProblemError | undefined => {
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new ProblemError(
        "body-too-large",
        `The body may have at most ${request.routeOptions.bodyLimit} bytes.`,
      );
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_INVALID_CONTENT_TYPE":
      return new ProblemError(
        "media-type",
        "Send application/json, or application/yaml where a runbook is expected.",
      );
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return new ProblemError("invalid-json", "The body is empty, but content-type says application/json.");
    default:
      return fromClientError(error);
  }
};

/** What Fastify itself has against a request: a wrong content-length, a bad URL. Its messages are safe. */
const fromClientError = ({ statusCode, message }: Partial<FastifyError>): ProblemError | undefined =>
  statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? new ProblemError("invalid-request", message ?? "The request is not valid.")
    : undefined;

/** The one place where what was thrown becomes an answer. */
const problemOf = (error: unknown, request: FastifyRequest): ProblemError => {
  if (error instanceof ProblemError) return error;
  if (error instanceof InvalidRequest) return error.toProblem();
  if (isRunbooksError(error)) return fromRunbooksError(error);
  if (isStoreError(error)) return fromStoreError(error);
  if (error instanceof ConnectorError || error instanceof SubscriberError) return fromConnectorError(error);
  if (error instanceof OutgoingError) return fromOutgoingError(error);
  if (error instanceof ZoomError) return fromZoomError(error);
  const known = fromFastifyError((error ?? {}) as Partial<FastifyError>, request);
  // What is not foreseen may say anything: it goes to the log, the caller gets the id to find it there.
  return (
    known ??
    new ProblemError("internal", `The cause is in the gateway's log, under the id ${request.id}.`, {
      cause: error,
    })
  );
};

/** The path without its query: a query may carry what belongs into no answer and no log. */
const pathOf = (request: FastifyRequest): string => request.url.split("?", 1)[0] ?? "/";

export const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const problem = problemOf(error, request);
  const { status } = problemTypes[problem.type];
  if (status >= 500)
    request.log.error({ err: problem.cause ?? problem, problem: problem.type }, problem.message);
  if (problem.retryAfterSeconds !== undefined) reply.header("retry-after", String(problem.retryAfterSeconds));
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="zoom-runbooks"');
  const document = problemDocument(problem, pathOf(request));
  return reply
    .code(status)
    .serializer(JSON.stringify)
    .header("content-type", "application/problem+json; charset=utf-8")
    .send(status >= 500 ? { ...document, request_id: request.id } : document);
};
