import {
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { ExecutionReport, IncidentNews } from "../domain/messages.ts";
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

/**
 * Writes the events gathered so far and how the run stands, and tells the incident what it must act on: effects gathered
 * so far, and what the run waits for. One activity does both; for runs that began before it did, the run signals.
 */
export const record = async (run: Run, isNews: () => boolean = () => true): Promise<void> => {
  const news = isNews() ? reportOf(run) : undefined;
  const told = await records.recordEvents({
    incidentId: run.facts.incident.id,
    events: run.events.splice(0),
    execution: executionOf(run),
    ...(news && { tell: { incident: run.declared, report: news } }),
  });
  if (news && told) return noteTold(run, news);
  if (isNews()) await signalReport(run);
};

/** Numbers that grow, in a task that is done again with more of the history behind it, too. */
const reportOf = (run: Run): ExecutionReport => ({
  executionId: run.executionId,
  state: run.state,
  waitingFor: [...run.waiting.values()],
  factsVersion: run.facts.version,
  effects: [...run.effects],
  n: workflowInfo().historyLength + (run.reports += 1),
  effectsBefore: run.effectsTold,
});

/** Another report may have told some of it meanwhile. */
const noteTold = (run: Run, { effects, effectsBefore = 0 }: ExecutionReport): void => {
  const told = Math.max(run.effectsTold, effectsBefore + effects.length);
  run.effects.splice(0, told - run.effectsTold);
  run.effectsTold = told;
};

const signalReport = async (run: Run): Promise<void> => {
  const report = reportOf(run);
  noteTold(run, report);
  const news: IncidentNews = { type: "execution", report };
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
