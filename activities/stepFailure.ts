import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from "@temporalio/common";
import { ArchiveError } from "../archive/archiveError.ts";
import type { Authorization, Failure } from "../domain/failures.ts";
import { failure, failures } from "../domain/failures.ts";
import { problemsOf } from "../domain/problems.ts";
import { OutgoingError } from "../outgoing/errors.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { AnyAction } from "./action.ts";
import { InputError } from "./action.ts";

/** The one place where errors become Temporal's failures. What people read of them is in `details[0]`. */
export const stepFailure = (error: unknown, action: AnyAction, asked?: Authorization): ApplicationFailure => {
  // Cancellation and failures that were made on purpose pass as they are.
  if (error instanceof CancelledFailure) throw error;
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof ZoomError) return zoomFailure(error, asked);
  if (error instanceof ArchiveError) return archiveFailure(error);
  if (error instanceof OutgoingError) return outgoingFailure(error);
  if (error instanceof InputError) return inputFailure(error, action);
  const message = error instanceof Error ? error.message : String(error);
  return applicationFailure(failure("internal", message), { nonRetryable: false });
};

type Retry = { nonRetryable: boolean; retryAfterMs?: number | undefined; benign?: boolean };

const applicationFailure = (
  detail: Failure,
  { nonRetryable, retryAfterMs, benign }: Retry,
): ApplicationFailure =>
  ApplicationFailure.create({
    type: detail.code,
    message: detail.message,
    nonRetryable,
    details: [detail],
    ...(retryAfterMs !== undefined && { nextRetryDelay: retryAfterMs }),
    ...(benign && { category: ApplicationFailureCategory.BENIGN }),
  });

/** What a connector that works again would mend. */
const isAboutAuthorization = ({ code }: ZoomError): boolean =>
  code === "authentication" || code === "not_configured";

export const zoomFailure = (error: ZoomError, asked?: Authorization): ApplicationFailure =>
  applicationFailure(
    failure(error.code, error.message, {
      ...(error.field !== undefined && { field: error.field }),
      ...(error.scopes !== undefined && { scopes: error.scopes }),
      ...(error.advice !== undefined && { advice: error.advice }),
      ...(asked && isAboutAuthorization(error) && { authorization: asked }),
    }),
    { nonRetryable: !error.retryable, retryAfterMs: error.retryAfterMs, benign: error.code === "not_ready" },
  );

const archiveFailure = ({ code, message }: ArchiveError): ApplicationFailure =>
  applicationFailure(failure(code, message), { nonRetryable: !failures[code].retryable });
const outgoingFailure = ({
  code,
  message,
  more,
  retryable,
  retryAfterMs,
}: OutgoingError): ApplicationFailure =>
  applicationFailure(failure(code, message, more), { nonRetryable: !retryable, retryAfterMs });

const inputFailure = ({ error }: InputError, action: AnyAction): ApplicationFailure => {
  const problems = problemsOf(error, action.input);
  const message = problems.map(({ path, message: text }) => `${path} ${text}`).join("; ");
  const field = problems[0]?.path;
  return applicationFailure(failure("invalid_input", `${action.key}: ${message}.`, field ? { field } : {}), {
    nonRetryable: true,
  });
};
