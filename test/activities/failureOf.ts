import { ApplicationFailure } from "@temporalio/common";
import type { Failure } from "../../domain/failures.ts";

/** How an action failed. */
export const failureOf = async (work: Promise<unknown>): Promise<ApplicationFailure> => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof ApplicationFailure))
    throw new Error(`it did not fail as it should: ${String(error)}`);
  return error;
};

/** What people read of a failure. */
export const readOf = async (work: Promise<unknown>): Promise<Failure> =>
  (await failureOf(work)).details?.[0] as Failure;
