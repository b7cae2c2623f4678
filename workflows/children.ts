import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { ParentClosePolicy, startChild } from "@temporalio/workflow";
import type { Incident } from "../domain/incident.ts";
import type { PlannedExecution } from "../domain/messages.ts";
import type { Facts, MeetingMade, StartedBy } from "../domain/plan.ts";
import { expectedPeople } from "../domain/people.ts";
import type { Start } from "../domain/starts.ts";
import { incidentStart, meetingStart, runbookStart } from "../domain/starts.ts";
import { typedAttributes } from "./searchAttributes.ts";

/** Starts a workflow that lives on when this one closes; it is no error that it was started before. */
const startOnce = async <Input>(
  type: "incident" | "meeting" | "runbook",
  { attributes, ...start }: Start<Input>,
  more: { workflowIdReusePolicy?: "REJECT_DUPLICATE" } = {},
): Promise<void> => {
  try {
    await startChild<(input: Input) => Promise<unknown>>(type, {
      ...start,
      ...more,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: typedAttributes(attributes),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
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
export const followMeeting = (
  incident: Incident,
  { meetingId, topic, startsAtMs }: MeetingMade,
): Promise<void> =>
  startOnce(
    "meeting",
    meetingStart({
      meetingId,
      incidentId: incident.id,
      topic,
      expected: expectedPeople(incident),
      ...(startsAtMs !== undefined && { startsAtMs }),
    }),
  );

/** The gateway starts an incident and its runs side by side, and may die before the incident has started. */
export const startIncident = (incident: Incident): Promise<void> =>
  startOnce("incident", incidentStart({ incident, recall: true }), neverAgain);
