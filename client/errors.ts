import type { FailureCode } from "../domain/failures.ts";

export type RunbooksErrorCode =
  | FailureCode
  /** Not as things stand: the execution has ended. */
  | "rejected"
  | "no_worker"
  /** A worker accepted it and works on it, longer than we waited. */
  | "unfinished"
  | "temporal_unreachable";

/** Why something that was asked of a workflow did not happen, and what to do next. */
export class RunbooksError extends Error {
  override name = "RunbooksError";
  readonly code: RunbooksErrorCode;
  readonly advice: string;
  readonly field: string | undefined;

  constructor(
    code: RunbooksErrorCode,
    message: string,
    more: { advice: string; field?: string | undefined; cause?: unknown },
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.advice = more.advice;
    this.field = more.field;
  }
}

/** Temporal took the request, but no worker did. */
export class NoWorkerError extends RunbooksError {
  override name = "NoWorkerError";

  constructor(what: string, waitedMs: number, cause: unknown) {
    super("no_worker", `no worker took the ${what} within ${waitedMs / 1000} s; it may still apply later`, {
      advice: "Start a worker (npm run worker), look whether it was applied, then repeat the request.",
      cause,
    });
  }
}

export const isRunbooksError = (error: unknown): error is RunbooksError => error instanceof RunbooksError;

/** One thing that is wrong with a request: where, what, and the nearest right name. */
export type ProblemDetail = {
  path: string;
  message: string;
  nearest?: string | undefined;
  /** For documents that are texts. */
  level?: "error" | "warning" | "advice" | undefined;
  line?: number | undefined;
  column?: number | undefined;
};

/** A problem document (RFC 9457), as the gateway answers every error. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: ProblemDetail[] | undefined;
};

/** What the gateway answered instead of what was asked for. Status 0: it did not answer. */
export class ApiError extends Error {
  override name = "ApiError" as const;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: ProblemDetail[];

  constructor(problem: Pick<Problem, "status" | "title" | "detail" | "errors">, options?: ErrorOptions) {
    super(problem.detail || problem.title, options);
    this.status = problem.status;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
  }
}
