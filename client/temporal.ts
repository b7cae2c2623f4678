import { randomUUID } from "node:crypto";
import type { Client, Workflow, WorkflowStartOptions } from "@temporalio/client";
import { WithStartWorkflowOperation, WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import { TypedSearchAttributes, defineSearchAttributeKey } from "@temporalio/common";
import type { Incident } from "../domain/incident.ts";
import type {
  ChangeRequest,
  CommandAnswer,
  ExecuteAnswer,
  ExecuteRequest,
  IncidentInput,
  MeetingSignal,
  MeetingWorkflowInput,
  StepCommand,
} from "../domain/messages.ts";
import {
  incidentUpdates,
  incidentWorkflowId,
  meetingSignals,
  meetingWorkflowId,
  runbookQueries,
  runbookUpdates,
} from "../domain/messages.ts";
import type { Execution } from "../domain/plan.ts";
import { isRunbooksError } from "./errors.ts";
import type { Calls } from "./temporalCalls.ts";
import { createCalls } from "./temporalCalls.ts";

/** Asked twice with the same `key`, an update is applied once. */
export type Once = { key?: string | undefined };

/** What other programs may ask of the workflows. Everything rejects with `RunbooksError`. */
export type RunbooksClient = {
  /** Starts the incident's workflow; it is no error that it was started before. `repeated`: it may have been. */
  declareIncident(incident: Incident, options?: { repeated?: boolean }): Promise<void>;
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

type IncidentWorkflow = (input: IncidentInput) => Promise<void>;
type MeetingWorkflow = (input: MeetingWorkflowInput) => Promise<void>;

const incidentIdKey = defineSearchAttributeKey("IncidentId", "KEYWORD");
const severityKey = defineSearchAttributeKey("Severity", "KEYWORD");
const meetingIdKey = defineSearchAttributeKey("MeetingId", "KEYWORD");

/** Temporal refuses summaries of more than a few hundred bytes. */
const summary = (text: string): string => Array.from(text).slice(0, 90).join("");

const incidentStart = (input: IncidentInput, taskQueue: string) => ({
  taskQueue,
  workflowId: incidentWorkflowId(input.incident.id),
  args: [input] as [IncidentInput],
  workflowIdConflictPolicy: "USE_EXISTING" as const,
  staticSummary: summary(`SEV${input.incident.severity} · ${input.incident.title}`),
  typedSearchAttributes: new TypedSearchAttributes([
    { key: incidentIdKey, value: input.incident.id },
    { key: severityKey, value: input.incident.severity },
  ]),
});

const meetingStart = (input: MeetingWorkflowInput, event: MeetingSignal, taskQueue: string) => ({
  taskQueue,
  workflowId: meetingWorkflowId(input.meetingId),
  args: [input] as [MeetingWorkflowInput],
  signal: meetingSignals.zoom,
  signalArgs: [event] as [MeetingSignal],
  staticSummary: summary(input.topic),
  typedSearchAttributes: new TypedSearchAttributes([
    { key: meetingIdKey, value: input.meetingId },
    { key: incidentIdKey, value: input.incidentId },
  ]),
});

const start = async (client: Client, options: WorkflowStartOptions<IncidentWorkflow>): Promise<void> => {
  try {
    await client.workflow.start<IncidentWorkflow>("incident", options);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
};

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
        ...incidentStart({ incident, recall: true }, taskQueue),
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
    declareIncident: (incident, { repeated = false } = {}) =>
      calls.once(
        "declaration",
        () =>
          start(client, {
            ...incidentStart({ incident, ...(repeated && { recall: true }) }, taskQueue),
            workflowIdReusePolicy: "REJECT_DUPLICATE",
          }),
        declareTimeoutMs,
      ),
    changeIncident: (incident, request, once) =>
      updateIncident(incidentUpdates.change, incident, request, once),
    executeRunbook: (incident, request, once) =>
      updateIncident(incidentUpdates.execute, incident, request, once),
    signalMeeting: (input, event) =>
      calls.once("signal", async () => {
        await client.workflow.signalWithStart<MeetingWorkflow, [MeetingSignal]>(
          "meeting",
          meetingStart(input, event, taskQueue),
        );
      }),
  };
};
