import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/common";
import type { Failure, FailureCode } from "../domain/failures.ts";
import { failure, isFailureCode } from "../domain/failures.ts";
import { TemplateError } from "../domain/template.ts";

/** What an activity's or a template's error means for a step. Cancellation is for the caller to tell apart. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof TemplateError) return failure("invalid_input", `${error.message}.`);
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return applicationFailure(cause);
  if (cause instanceof TimeoutFailure) return timeoutFailure(cause);
  return failure("internal", error instanceof Error ? error.message : String(error));
};

const applicationFailure = (cause: ApplicationFailure): Failure => {
  const detail = cause.details?.[0] as Partial<Failure> | undefined;
  const code: FailureCode = isFailureCode(cause.type ?? "") ? (cause.type as FailureCode) : "internal";
  return { ...failure(code, cause.message), ...detail };
};

const timeoutFailure = (cause: TimeoutFailure): Failure => {
  const last = cause.cause instanceof ApplicationFailure ? applicationFailure(cause.cause) : undefined;
  if (last)
    return { ...last, message: `Gave up after trying for as long as the step may take: ${last.message}` };
  return failure("unavailable", "The step took longer than it may, and no worker said how far it came.", {
    advice: "See that workers are running, then retry the step.",
  });
};
