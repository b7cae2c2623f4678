import { randomUUID } from "node:crypto";
import type { Client, Workflow } from "@temporalio/client";
import { WithStartWorkflowOperation } from "@temporalio/client";
import type { Incident } from "../domain/incident.ts";
import type {
  ChangeRequest,
  CommandAnswer,
  ExecuteAnswer,
  ExecuteRequest,
  IncidentInput,
  MeetingSignal,
  MeetingWorkflowInput,
  PlannedExecution,
  StepCommand,
} from "../domain/messages.ts";
import { incidentUpdates, meetingSignals, runbookQueries, runbookUpdates } from "../domain/messages.ts";
import type { Execution } from "../domain/plan.ts";
import { firstFacts, incidentStart, meetingStart, runbookStart, trigger } from "../domain/starts.ts";
import { isRunbooksError } from "./errors.ts";
import type { Calls } from "./temporalCalls.ts";
import { startOnce, startOptions } from "./starting.ts";
import { createCalls } from "./temporalCalls.ts";

/** Asked twice with the same `key`, an update is applied once. */
export type Once = { key?: string | undefined };

/** What other programs may ask of the workflows. Everything rejects with `RunbooksError`. */
export type RunbooksClient = {
  /**
   * Starts the incident's workflow and what was planned for it; it is no error that they were started before.
   * `repeated`: they may have been.
   */
  declareIncident(
    incident: Incident,
    options?: { repeated?: boolean; planned?: PlannedExecution[] },
  ): Promise<void>;
  /** `incident` as it is stored, for the case that its workflow has ended and must start again. */
  changeIncident(incident: Incident, request: ChangeRequest, once?: Once): Promise<Incident>;
  executeRunbook(incident: Incident, request: ExecuteRequest, once?: Once): Promise<ExecuteAnswer>;
  /** How an execution stands, asked from its workflow. */
  execution(executionId: string): Promise<Execution>;
  retryStep(executionId: string, command: StepCommand, once?: Once): Promise<Execution>;
  skipStep(executionId: string, command: StepCommand, once?: Once): Promise<Execution>;
  approve(executionId: string, command: StepCommand, once?: Once): Promise<Execution>;
  cancel(executionId: string, command: StepCommand, once?: Once): Promise<Execution>;
  /** Hands over what happened to a meeting; follows the meeting from now on if nobody does. */
  signalMeeting(input: MeetingWorkflowInput, event: MeetingSignal): Promise<void>;
};

export type RunbooksClientOptions = {
  taskQueue: string;
  /** How long an update may take, from sending it to its result. */
  updateTimeoutMs?: number;
  /** How long Temporal may take to start an incident: longer, since in a storm nothing may be lost. */
  declareTimeoutMs?: number;
  /** How long Temporal may take to answer anything else: Zoom waits 3 s for an answer to a webhook. */
  callTimeoutMs?: number;
};

/** An incident whose runs are started beside it has nothing to do before one of them tells it something. */
const firstTaskDelayMs = 2_000;

type IncidentWorkflow = (input: IncidentInput) => Promise<void>;
type MeetingWorkflow = (input: MeetingWorkflowInput) => Promise<void>;

const incidentUpdater =
  (client: Client, calls: Calls, taskQueue: string) =>
  <Request, Answer>(
    update: string,
    incident: Incident,
    request: Request,
    { key = randomUUID() }: Once = {},
  ): Promise<Answer> => {
    const sent = () => ({
      updateId: `${update}:${key}`,
      args: [request] as [Request],
      startWorkflowOperation: new WithStartWorkflowOperation<IncidentWorkflow>("incident", {
        ...startOptions(incidentStart({ incident, recall: true }), taskQueue),
        workflowIdConflictPolicy: "USE_EXISTING",
        workflowIdReusePolicy: "ALLOW_DUPLICATE",
      }),
    });
    return calls.update(update, {
      complete: () =>
        client.workflow.executeUpdateWithStart<IncidentWorkflow, Answer, [Request]>(update, sent()),
      accept: () => client.workflow.startUpdateWithStart(update, { ...sent(), waitForStage: "ACCEPTED" }),
    });
  };

const executionCalls = (client: Client, calls: Calls) => {
  const execution = (executionId: string): Promise<Execution> =>
    calls.once("query", () =>
      client.workflow.getHandle(executionId).query<Execution>(runbookQueries.progress),
    );

  /** A command that takes long (a run that is cancelled undoes what it made) is answered with how things stand. */
  const command =
    (update: string) =>
    async (executionId: string, request: StepCommand, { key = randomUUID() }: Once = {}) => {
      const handle = client.workflow.getHandle<Workflow>(executionId);
      const sent = { updateId: `${update}:${key}`, args: [request] as [StepCommand] };
      try {
        const answer = await calls.update(update, {
          complete: () => handle.executeUpdate<CommandAnswer, [StepCommand]>(update, sent),
          accept: () => handle.startUpdate(update, { ...sent, waitForStage: "ACCEPTED" }),
        });
        return answer.execution;
      } catch (error) {
        if (isRunbooksError(error) && error.code === "unfinished") return execution(executionId);
        throw error;
      }
    };

  return {
    execution,
    retryStep: command(runbookUpdates.retryStep),
    skipStep: command(runbookUpdates.skipStep),
    approve: command(runbookUpdates.approve),
    cancel: command(runbookUpdates.cancel),
  };
};

export const createRunbooksClient = (
  client: Client,
  {
    taskQueue,
    updateTimeoutMs = 10_000,
    declareTimeoutMs = 5_000,
    callTimeoutMs = 2_000,
  }: RunbooksClientOptions,
): RunbooksClient => {
  const calls = createCalls(client, { updateTimeoutMs, callTimeoutMs });
  const updateIncident = incidentUpdater(client, calls, taskQueue);
  return {
    ...executionCalls(client, calls),
    declareIncident: (incident, { repeated = false, planned = [] } = {}) => {
      const facts = firstFacts(incident);
      const known = planned.map(({ executionId, plan }) => ({ executionId, runbook: plan.runbook }));
      const input = { incident, ...(repeated ? { recall: true } : { planned: known }) };
      // A signal ends the delay: the first task then hears at once what the first run has to tell.
      const startDelay = !repeated && planned.length > 0 ? firstTaskDelayMs : 0;
      // Side by side: a run whose incident could not be started starts it when it has something to tell.
      const starting = () =>
        Promise.all([
          startOnce(client, "incident", { ...incidentStart(input), startDelay }, taskQueue),
          ...planned.map((each) =>
            startOnce(client, "runbook", runbookStart(each, facts, trigger), taskQueue),
          ),
        ]);
      return calls.once("declaration", starting, declareTimeoutMs).then(() => undefined);
    },
    changeIncident: (incident, request, once) =>
      updateIncident(incidentUpdates.change, incident, request, once),
    executeRunbook: (incident, request, once) =>
      updateIncident(incidentUpdates.execute, incident, request, once),
    signalMeeting: (input, event) =>
      calls.once("signal", async () => {
        await client.workflow.signalWithStart<MeetingWorkflow, [MeetingSignal]>("meeting", {
          ...startOptions(meetingStart(input), taskQueue),
          signal: meetingSignals.zoom,
          signalArgs: [event],
        });
      }),
  };
};
