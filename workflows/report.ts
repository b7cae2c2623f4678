import {
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  upsertSearchAttributes,
} from "@temporalio/workflow";
import type { IncidentNews } from "../domain/messages.ts";
import { incidentSignals, incidentWorkflowId } from "../domain/messages.ts";
import { startIncident } from "./children.ts";
import type { Run } from "./run.ts";
import { executionOf } from "./run.ts";
import { records } from "./proxies.ts";
import { outcomeAttribute } from "./searchAttributes.ts";

/** Whether a signal was taken. */
const isTold = async (workflowId: string, signal: string, ...args: unknown[]): Promise<boolean> => {
  try {
    await getExternalWorkflowHandle(workflowId).signal(signal, ...args);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    // The only failure a signal can have here: its workflow is closed or was never started.
    return false;
  }
};

/** Signals a workflow that may be closed already, which is no failure of the one who signals. */
export const tell = async (workflowId: string, signal: string, ...args: unknown[]): Promise<void> => {
  await isTold(workflowId, signal, ...args);
};

/** Writes the events gathered so far and how the run stands. */
export const record = async (run: Run): Promise<void> => {
  const events = run.events.splice(0);
  await records.recordEvents({ incidentId: run.facts.incident.id, events, execution: executionOf(run) });
};

/** Tells the incident, in one signal, what it must act on: effects gathered so far, and what the run waits for. */
export const report = async (run: Run): Promise<void> => {
  const news: IncidentNews = {
    type: "execution",
    report: {
      executionId: run.executionId,
      state: run.state,
      waitingFor: [...run.waiting.values()],
      factsVersion: run.facts.version,
      effects: run.effects.splice(0),
    },
  };
  const { declared } = run;
  const incidentWorkflow = incidentWorkflowId(declared.id);
  if (await isTold(incidentWorkflow, incidentSignals.news, news)) return;
  if (!patched("starts-its-incident")) return;
  await startIncident(declared);
  await tell(incidentWorkflow, incidentSignals.news, news);
};

/** Lets operators search by how runs stand: `Outcome = "parked"`. */
export const publishOutcome = (run: Run): void => {
  upsertSearchAttributes([{ key: outcomeAttribute, value: run.state }]);
};
