import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { ParentClosePolicy, startChild } from "@temporalio/workflow";
import type { Incident } from "../domain/incident.ts";
import type { PlannedExecution } from "../domain/messages.ts";
import { meetingWorkflowId } from "../domain/messages.ts";
import { followUpSignals, followUpWorkflowId } from "../domain/followUp.ts";
import type { Facts, FollowUpMade, MeetingMade, StartedBy } from "../domain/plan.ts";
import type { StatusCall } from "../domain/statusCall.ts";
import { statusCallWorkflowId } from "../domain/statusCall.ts";
import { severityLabels } from "../domain/severity.ts";
import type { followUp } from "./followUp.ts";
import type { meeting } from "./meeting.ts";
import type { runbook } from "./runbook.ts";
import type { statusCall } from "./statusCall.ts";
import { tell } from "./report.ts";
import {
  incidentIdAttribute,
  meetingIdAttribute,
  outcomeAttribute,
  runbookKeyAttribute,
  severityAttribute,
} from "./searchAttributes.ts";

const startOnce = async (start: Promise<unknown>): Promise<void> => {
  try {
    await start;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
};

/** Starts planned executions; they live on when the incident's workflow closes. */
export const startRunbooks = async (
  planned: PlannedExecution[],
  facts: Facts,
  by: StartedBy,
): Promise<void> => {
  const { incident } = facts;
  await Promise.all(
    planned.map(({ executionId, plan }) =>
      startOnce(
        startChild<typeof runbook>("runbook", {
          workflowId: executionId,
          args: [{ executionId, plan, facts, startedBy: by }],
          parentClosePolicy: ParentClosePolicy.ABANDON,
          workflowIdReusePolicy: "REJECT_DUPLICATE",
          staticSummary: `${plan.title} · ${incident.short_id} ${incident.title}`.slice(0, 200),
          staticDetails: `Runbook \`${plan.runbook}\` for ${severityLabels[incident.severity]} incident **${incident.title}**, started by ${by.name}.`,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: incidentIdAttribute, value: incident.id },
            { key: severityAttribute, value: incident.severity },
            { key: runbookKeyAttribute, value: plan.runbook },
            { key: outcomeAttribute, value: "running" },
          ]),
        }),
      ),
    ),
  );
};

/** Follows a meeting to its end and beyond. A webhook may have started that already. */
export const followMeeting = (
  incident: Incident,
  { meetingId, topic, startsAtMs }: MeetingMade,
): Promise<void> =>
  startOnce(
    startChild<typeof meeting>("meeting", {
      workflowId: meetingWorkflowId(meetingId),
      args: [
        {
          meetingId,
          incidentId: incident.id,
          topic,
          ...(startsAtMs !== undefined && { startsAtMs }),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${topic} · Zoom meeting ${meetingId}`.slice(0, 200),
      typedSearchAttributes: new TypedSearchAttributes([
        { key: incidentIdAttribute, value: incident.id },
        { key: meetingIdAttribute, value: meetingId },
      ]),
    }),
  );

/** Reminds of a call until the incident is resolved. Answers the id of the workflow that does. */
export const startStatusCall = async (call: StatusCall, facts: Facts): Promise<string> => {
  const { incident } = facts;
  const workflowId = statusCallWorkflowId(call.meetingId);
  await startOnce(
    startChild<typeof statusCall>("statusCall", {
      workflowId,
      args: [{ incidentId: incident.id, call, facts }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: "REJECT_DUPLICATE",
      staticSummary: `Status call · ${call.topic}`.slice(0, 200),
      typedSearchAttributes: new TypedSearchAttributes([
        { key: incidentIdAttribute, value: incident.id },
        { key: meetingIdAttribute, value: call.meetingId },
      ]),
    }),
  );
  return workflowId;
};

/** Lets a follow-up move with the incident's resolution. One that was moved is told of its new time. */
export const followFollowUp = async (facts: Facts, made: FollowUpMade): Promise<void> => {
  const { incident } = facts;
  const workflowId = followUpWorkflowId(made.meetingId);
  try {
    await startChild<typeof followUp>("followUp", {
      workflowId,
      args: [{ made, facts }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${made.topic} · follow-up of ${incident.short_id}`.slice(0, 200),
      typedSearchAttributes: new TypedSearchAttributes([
        { key: incidentIdAttribute, value: incident.id },
        { key: meetingIdAttribute, value: made.meetingId },
      ]),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await tell(workflowId, followUpSignals.made, made);
    await tell(workflowId, followUpSignals.facts, facts);
  }
};
