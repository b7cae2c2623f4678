import { ApplicationFailure } from "@temporalio/common";

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
