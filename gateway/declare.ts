import { isRunbooksError } from "../client/errors.ts";
import type { Incident } from "../domain/incident.ts";
import type { PlannedExecution } from "../domain/messages.ts";
import { declaration, planning, unbegun } from "../domain/planning.ts";
import { meansNow } from "./means.ts";
import { ProblemError } from "./problems.ts";
import type { RouteContext } from "./types.ts";

/**
 * Notes an incident with what its declaration starts, in one statement, and then starts all of it at once. The note comes
 * first, so whatever dies in between, a repeated request finds it and starts what is missing.
 */
export const declare = async (
  context: RouteContext,
  given: Incident,
): Promise<{ incident: Incident; created: boolean }> => {
  const means = await meansNow(context);
  const { incident, created, planned } = await context.store.incidents.declare(given, (runbooks) =>
    planning(declaration(given), runbooks, means),
  );
  const starting = created ? (planned?.planned ?? []) : await leftBehind(context, incident);
  await start(context, incident, { repeated: !created, planned: starting });
  return { incident, created };
};

const leftBehind = async (context: RouteContext, incident: Incident): Promise<PlannedExecution[]> => {
  const { store, now } = context;
  const executions = await store.executions.listByIncident(incident.id);
  const runbooks = (await store.runbooks.list()).map(({ runbook }) => runbook);
  return unbegun(incident, executions, runbooks, await meansNow(context), now());
};

const start = async (
  { runbooks }: RouteContext,
  incident: Incident,
  options: { repeated: boolean; planned: PlannedExecution[] },
): Promise<void> => {
  try {
    await runbooks.declareIncident(incident, options);
  } catch (error) {
    if (!isRunbooksError(error)) throw error;
    throw new ProblemError(
      "unavailable",
      `The incident ${incident.id} is noted, but its runbooks could not be started: ${error.message}. Repeat the request with "id": "${incident.id}".`,
      { cause: error, retryAfterSeconds: 2 },
    );
  }
};
