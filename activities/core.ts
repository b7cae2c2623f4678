import { ApplicationFailure } from "@temporalio/activity";
import type { Means } from "../domain/catalogue.ts";
import { CompileError } from "../domain/compile.ts";
import { failure } from "../domain/failures.ts";
import type { CoreActivities, PlannedExecution, PlanRequest } from "../domain/messages.ts";
import { planning, unbegun } from "../domain/planning.ts";
import type { Runbook } from "../domain/runbook.ts";
import type { Store } from "../store/index.ts";
import { tellIncident } from "./tellIncident.ts";

export type CoreDeps = Pick<Means, "catalogue" | "meetingDefaults"> & {
  store: Store;
  connectors: () => Promise<NonNullable<Means["connectors"]>>;
  nowMs: () => number;
};

/** Activities that every workflow may ask for, beside the actions. */
export const createCoreActivities = ({
  store,
  nowMs,
  connectors,
  ...constant
}: CoreDeps): CoreActivities => ({
  planRunbooks: async (request) => planRunbooks(store, await meansOf({ ...constant, connectors }), request),

  recallIncident: async ({ incidentId }) => {
    const row = await store.incidents.get(incidentId);
    const executions = await store.executions.listByIncident(incidentId);
    const starts: { [runbook: string]: number } = {};
    for (const { runbook } of executions) starts[runbook] = (starts[runbook] ?? 0) + 1;
    const followUps = (await store.followUps.latest(incidentId)).map(({ meeting_id }) => meeting_id);
    return {
      isNew: (row?.lastSeq ?? 0) === 0,
      bridge: row?.bridge ?? null,
      starts,
      followUps,
      unbegun: row
        ? unbegun(
            row.incident,
            executions,
            await runbooksOf(store),
            await meansOf({ ...constant, connectors }),
            nowMs(),
          )
        : [],
    };
  },

  recordEvents: async ({ incidentId, events, execution, tell }) => {
    if (execution) await store.executions.save(execution, events);
    else await store.timeline.append(incidentId, events);
    return tell && tellIncident(tell);
  },
});

/** Accounts come and go. */
const meansOf = async ({
  connectors,
  ...constant
}: Pick<CoreDeps, "catalogue" | "meetingDefaults" | "connectors">): Promise<Means> => ({
  ...constant,
  connectors: await connectors(),
});

const planRunbooks = async (
  store: Store,
  means: Means,
  request: PlanRequest,
): Promise<PlannedExecution[]> => {
  const { incident, execute } = request;
  const runbooks = execute ? [await namedRunbook(store, execute.runbook)] : await runbooksOf(store);
  const { planned, events, started } = refusing(() => planning(request, runbooks, means));
  await store.incidents.save(incident, events, started);
  return planned;
};

const runbooksOf = async (store: Store): Promise<Runbook[]> =>
  (await store.runbooks.list()).map(({ runbook }) => runbook);

const namedRunbook = async (store: Store, key: string): Promise<Runbook> => {
  const row = await store.runbooks.get(key);
  if (row) return row.runbook;
  throw refused(`There is no runbook "${key}".`, "runbook", "not_found");
};

/** A runbook asked for by hand that cannot start is refused. */
const refusing = <T>(plan: () => T): T => {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw refused(error.message, error.field, "invalid_input");
  }
};

const refused = (message: string, field: string, code: "invalid_input" | "not_found"): ApplicationFailure =>
  ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: true,
    details: [failure(code, message, { field, advice: "Correct it and ask again." })],
  });
