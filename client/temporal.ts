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
import { NoWorkerError, isRunbooksError } from "./errors.ts";
import { translated, unfinished } from "./temporalErrors.ts";

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
  /** How long Temporal may take to answer anything else. */
  callTimeoutMs?: number;
};

type IncidentWorkflow = (input: IncidentInput) => Promise<void>;
type MeetingWorkflow = (input: MeetingWorkflowInput) => Promise<void>;

const incidentIdKey = defineSearchAttributeKey("IncidentId", "KEYWORD");
const severityKey = defineSearchAttributeKey("Severity", "KEYWORD");
const meetingIdKey = defineSearchAttributeKey("MeetingId", "KEYWORD");

/** Temporal refuses summaries of more than a few hundred bytes. */
const summary = (text: string): string => [...text].slice(0, 90).join("");

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

/** One update, in its two ways to wait for it; both carry the same id, so it is applied once. */
type SentUpdate<Answer> = { complete: () => Promise<Answer>; accept: () => Promise<unknown> };

/** How long to ask whether an update that is late was accepted at all. */
const acceptedTimeoutMs = 1_000;

export const createRunbooksClient = (
  client: Client,
  { taskQueue, updateTimeoutMs = 10_000, callTimeoutMs = 2_000 }: RunbooksClientOptions,
): RunbooksClient => {
  const within = <T>(what: string, timeoutMs: number, call: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + timeoutMs, call).catch((error: unknown) => {
      throw translated(error, what, timeoutMs);
    });

  const outcome = async <Answer>(what: string, { complete, accept }: SentUpdate<Answer>): Promise<Answer> => {
    try {
      return await within(what, updateTimeoutMs, complete);
    } catch (error) {
      if (!(error instanceof NoWorkerError)) throw error;
      const isAccepted = await within(what, acceptedTimeoutMs, accept).then(
        () => true,
        () => false,
      );
      throw isAccepted ? unfinished(what, updateTimeoutMs, error) : error;
    }
  };

  const updateIncident = <Request, Answer>(
    update: string,
    incident: Incident,
    request: Request,
    { key = randomUUID() }: Once = {},
  ): Promise<Answer> => {
    const sent = () => ({
      updateId: key,
      args: [request] as [Request],
      startWorkflowOperation: new WithStartWorkflowOperation<IncidentWorkflow>("incident", {
        ...incidentStart({ incident, recall: true }, taskQueue),
        workflowIdReusePolicy: "ALLOW_DUPLICATE",
      }),
    });
    return outcome(update, {
      complete: () =>
        client.workflow.executeUpdateWithStart<IncidentWorkflow, Answer, [Request]>(update, sent()),
      accept: () => client.workflow.startUpdateWithStart(update, { ...sent(), waitForStage: "ACCEPTED" }),
    });
  };

  const execution = (executionId: string): Promise<Execution> =>
    within("query", callTimeoutMs, () =>
      client.workflow.getHandle(executionId).query<Execution>(runbookQueries.progress),
    );

  /** A command that takes long (a run that is cancelled undoes what it made) is answered with how things stand. */
  const command =
    (update: string) =>
    async (
      executionId: string,
      request: StepCommand,
      { key = randomUUID() }: Once = {},
    ): Promise<Execution> => {
      const handle = client.workflow.getHandle<Workflow>(executionId);
      const sent = { updateId: key, args: [request] as [StepCommand] };
      try {
        const answer = await outcome(update, {
          complete: () => handle.executeUpdate<CommandAnswer, [StepCommand]>(update, sent),
          accept: () => handle.startUpdate(update, { ...sent, waitForStage: "ACCEPTED" }),
        });
        return answer.execution;
      } catch (error) {
        if (isRunbooksError(error) && error.code === "unfinished") return execution(executionId);
        throw error;
      }
    };

  const start = async (options: WorkflowStartOptions<IncidentWorkflow>): Promise<void> => {
    try {
      await client.workflow.start<IncidentWorkflow>("incident", options);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  };

  return {
    declareIncident: (incident, { repeated = false } = {}) =>
      within("declaration", callTimeoutMs * 2, () =>
        start({
          ...incidentStart({ incident, ...(repeated && { recall: true }) }, taskQueue),
          workflowIdReusePolicy: "REJECT_DUPLICATE",
        }),
      ),
    changeIncident: (incident, request, once) =>
      updateIncident(incidentUpdates.change, incident, request, once),
    executeRunbook: (incident, request, once) =>
      updateIncident(incidentUpdates.execute, incident, request, once),
    execution,
    retryStep: command(runbookUpdates.retryStep),
    skipStep: command(runbookUpdates.skipStep),
    approve: command(runbookUpdates.approve),
    cancel: command(runbookUpdates.cancel),
    signalMeeting: (input, event) =>
      within("signal", callTimeoutMs, async () => {
        await client.workflow.signalWithStart<MeetingWorkflow, [MeetingSignal]>(
          "meeting",
          meetingStart(input, event, taskQueue),
        );
      }),
  };
};
