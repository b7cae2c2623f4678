import {
  ApplicationFailure,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcDeadlineError,
} from "@temporalio/client";
import type { Failure } from "../domain/failures.ts";
import { isFailureCode } from "../domain/failures.ts";
import { NoWorkerError, RunbooksError, isRunbooksError } from "./errors.ts";

/** A workflow says why it refuses with an application failure: its type is the code, its first detail the rest. */
const refusal = (failure: ApplicationFailure, cause: unknown): RunbooksError => {
  const said = (failure.details?.[0] ?? {}) as Partial<Failure>;
  const code = failure.type && isFailureCode(failure.type) ? failure.type : "rejected";
  return new RunbooksError(code, failure.message, { advice: said.advice ?? "", field: said.field, cause });
};

const applicationFailureIn = (error: unknown): ApplicationFailure | undefined => {
  if (error instanceof ApplicationFailure) return error;
  return error instanceof Error && error.cause !== undefined ? applicationFailureIn(error.cause) : undefined;
};

const absent = (error: WorkflowNotFoundError): RunbooksError =>
  /already completed/i.test(error.message)
    ? new RunbooksError("rejected", `the run ${error.workflowId} has ended`, {
        advice: "Nothing is left to do on it; execute the runbook again if you need another run.",
        cause: error,
      })
    : new RunbooksError("not_found", `there is no ${error.workflowId}`, {
        advice: "Check the id; ended runs are forgotten after the retention period.",
        cause: error,
      });

/** Temporal was there but had nobody to do it. Without a connection, gRPC says what it waited for in its place. */
const isLateAtServer = (error: unknown): boolean =>
  (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error)) &&
  !messagesOf(error).some((message) => message.includes(",waiting for "));

const messagesOf = (error: unknown): string[] =>
  error instanceof Error ? [error.message, ...messagesOf(error.cause)] : [];

/** What the SDK throws, as the one error that this client throws. `what` was asked for, within `timeoutMs`. */
export const translated = (error: unknown, what: string, timeoutMs: number): RunbooksError => {
  if (isRunbooksError(error)) return error;
  if (error instanceof WorkflowUpdateFailedError) {
    const failure = applicationFailureIn(error.cause);
    if (failure) return refusal(failure, error);
  }
  if (error instanceof WorkflowNotFoundError) return absent(error);
  const isQuery = error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError;
  const isWorkersWork = what !== "declaration" && what !== "signal";
  if (isQuery || (isWorkersWork && isLateAtServer(error))) return new NoWorkerError(what, timeoutMs, error);
  return new RunbooksError("temporal_unreachable", `Temporal did not take the ${what}`, {
    advice: "Check that Temporal runs and TEMPORAL_ADDRESS is right, then repeat the request.",
    cause: error,
  });
};

/** Accepted, but not done in the time we wait. */
export const unfinished = (what: string, waitedMs: number, cause: unknown): RunbooksError =>
  new RunbooksError("unfinished", `the ${what} was accepted but is not done after ${waitedMs / 1000} s`, {
    advice: "It goes on by itself: look again in a moment.",
    cause,
  });
