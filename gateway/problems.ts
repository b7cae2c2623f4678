import type { Problem, ProblemDetail } from "../client/errors.ts";

/** Every way the API says no, by the last part of its `type`. */
export const problemTypes = {
  "invalid-request": { status: 400, title: "The request is not valid" },
  "invalid-json": { status: 400, title: "The body is no valid JSON" },
  "key-required": { status: 401, title: "An API key is required" },
  "key-expired": { status: 401, title: "The API key has expired" },
  "not-verified": { status: 401, title: "The webhook is not from Zoom" },
  "role-insufficient": { status: 403, title: "The role does not permit this" },
  "cross-origin": { status: 403, title: "The request does not come from our own pages" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  refused: { status: 409, title: "Not possible as things stand" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "media-type": { status: 415, title: "The content type is not supported" },
  "invalid-runbook": { status: 422, title: "The runbook has errors" },
  "invalid-input": { status: 422, title: "The input is not valid" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong on our side" },
  "no-worker": { status: 503, title: "No worker took it" },
  unfinished: { status: 503, title: "Accepted, but not done yet" },
  unavailable: { status: 503, title: "Not available right now" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemType = keyof typeof problemTypes;

/** Thrown anywhere in a request, answered as a problem document by the one error handler. */
export class ProblemError extends Error {
  override name = "ProblemError" as const;
  readonly type: ProblemType;
  readonly errors: ProblemDetail[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    type: ProblemType,
    detail: string,
    more: { errors?: ProblemDetail[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.type = type;
    this.errors = more.errors ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

export const problemDocument = (
  { type, message, errors }: Pick<ProblemError, "type" | "message" | "errors">,
  instance: string,
): Problem => ({
  type: `urn:zoom-runbooks:problem:${type}`,
  ...problemTypes[type],
  detail: message,
  instance,
  ...(errors.length > 0 && { errors }),
});

export const notFound = (what: string, id: string): ProblemError =>
  new ProblemError("not-found", `There is no ${what} ${JSON.stringify(id)}.`);
