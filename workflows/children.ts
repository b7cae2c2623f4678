import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { ParentClosePolicy, startChild } from "@temporalio/workflow";
import type { Incident } from "../domain/incident.ts";
import type { PlannedExecution } from "../domain/messages.ts";
import type { Facts, MeetingMade, StartedBy } from "../domain/plan.ts";
import type { Start } from "../domain/starts.ts";
import { incidentStart, meetingStart, runbookStart, statusCallStart } from "../domain/starts.ts";
import type { StatusCall } from "../domain/statusCall.ts";
import { typedAttributes } from "./searchAttributes.ts";

/** Starts a workflow that lives on when this one closes. Answers false if it was started before. */
export const startOnce = async <Input>(
  type: "followUp" | "incident" | "meeting" | "runbook" | "statusCall",
  { attributes, ...start }: Start<Input>,
  more: { workflowIdReusePolicy?: "REJECT_DUPLICATE" } = {},
): Promise<boolean> => {
  try {
    await startChild<(input: Input) => Promise<unknown>>(type, {
      ...start,
      ...more,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: typedAttributes(attributes),
    });
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return false;
  }
};

const neverAgain = { workflowIdReusePolicy: "REJECT_DUPLICATE" } as const;

/** Starts planned executions. */
export const startRunbooks = async (
  planned: PlannedExecution[],
  facts: Facts,
  by: StartedBy,
): Promise<void> => {
  await Promise.all(planned.map((each) => startOnce("runbook", runbookStart(each, facts, by), neverAgain)));
};

/** Follows a meeting to its end and beyond. A webhook may have started that already. */
export const followMeeting = async (
  incident: Incident,
  { meetingId, topic, startsAtMs }: MeetingMade,
): Promise<void> => {
  await startOnce(
    "meeting",
    meetingStart({
      meetingId,
      incidentId: incident.id,
      topic,
      ...(startsAtMs !== undefined && { startsAtMs }),
    }),
  );
};

/** Reminds of a call until the incident is resolved. Answers the id of the workflow that does. */
export const startStatusCall = async (call: StatusCall, facts: Facts): Promise<string> => {
  const start = statusCallStart(call, facts);
  await startOnce("statusCall", start, neverAgain);
  return start.workflowId;
};

/** The gateway starts an incident and its runs side by side, and may die before the incident has started. */
export const startIncident = async (incident: Incident): Promise<void> => {
  await startOnce("incident", incidentStart({ incident, recall: true }), neverAgain);
};
