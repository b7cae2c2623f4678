import type { Incident } from "./incident.ts";
import type {
  IncidentInput,
  MeetingWorkflowInput,
  PlannedExecution,
  RunbookWorkflowInput,
  searchAttributes,
} from "./messages.ts";
import { incidentWorkflowId, meetingWorkflowId } from "./messages.ts";
import type { FollowUpWorkflowInput } from "./followUp.ts";
import { followUpWorkflowId } from "./followUp.ts";
import type { Facts, FollowUpMade, StartedBy } from "./plan.ts";
import { severityLabels } from "./severity.ts";
import type { StatusCall, StatusCallInput } from "./statusCall.ts";
import { statusCallWorkflowId } from "./statusCall.ts";

/** A workflow to start, whoever starts it: another workflow, or a client. */
export type Start<Input> = {
  workflowId: string;
  args: [Input];
  /** What Temporal's UI shows of it; the details in Markdown. */
  staticSummary: string;
  staticDetails?: string;
  attributes: { [name in (typeof searchAttributes)[number]]?: string };
};

/** Who starts what nobody asked for by hand. */
export const trigger: StartedBy = { name: "its trigger" };

/** What is known of an incident in the beginning. */
export const firstFacts = (incident: Incident): Facts => ({
  version: 1,
  incident,
  bridge: null,
  meetings: {},
});

/** Temporal refuses summaries of more than 400 bytes; a character has four at most. */
export const summary = (text: string): string => Array.from(text).slice(0, 90).join("");

export const incidentStart = (input: IncidentInput): Start<IncidentInput> => {
  const { id, short_id, severity, title } = input.incident;
  return {
    workflowId: incidentWorkflowId(id),
    args: [input],
    staticSummary: summary(`SEV${severity} · ${short_id} ${title}`),
    staticDetails:
      "Starts the runbooks that an incident triggers, and tells runs and meetings what becomes of it and of each other. Ends when the incident is resolved, nothing goes on for it, and it has stayed so for a while.",
    attributes: { IncidentId: id, Severity: severity },
  };
};

export const runbookStart = (
  { executionId, plan }: PlannedExecution,
  facts: Facts,
  startedBy: StartedBy,
): Start<RunbookWorkflowInput> => {
  const { id, short_id, severity, title } = facts.incident;
  return {
    workflowId: executionId,
    args: [{ executionId, plan, facts, startedBy }],
    staticSummary: summary(`${plan.title} · ${short_id} ${title}`),
    staticDetails: `Runbook \`${plan.runbook}\` for ${severityLabels[severity]} incident **${title}**, started by ${startedBy.name}.`,
    attributes: { IncidentId: id, Severity: severity, RunbookKey: plan.runbook, Outcome: "running" },
  };
};

export const meetingStart = (input: MeetingWorkflowInput): Start<MeetingWorkflowInput> => ({
  workflowId: meetingWorkflowId(input.meetingId),
  args: [input],
  staticSummary: summary(`${input.topic} · Zoom meeting ${input.meetingId}`),
  staticDetails:
    "Follows a Zoom meeting: who comes and who is missing, then attendance and recordings of each call. Begins with its first webhook, or by itself some minutes after the meeting's start; looks at Zoom while webhooks are silent. Ends a day after the last call.",
  attributes: { IncidentId: input.incidentId, MeetingId: input.meetingId },
});

export const statusCallStart = (call: StatusCall, facts: Facts): Start<StatusCallInput> => ({
  workflowId: statusCallWorkflowId(call.meetingId),
  args: [{ incidentId: facts.incident.id, call, facts }],
  staticSummary: summary(`Status call · ${call.topic}`),
  staticDetails: "Reminds of each status call until the incident is resolved, then removes its meeting.",
  attributes: { IncidentId: facts.incident.id, MeetingId: call.meetingId },
});

export const followUpStart = (made: FollowUpMade, facts: Facts): Start<FollowUpWorkflowInput> => ({
  workflowId: followUpWorkflowId(made.meetingId),
  args: [{ made, facts }],
  staticSummary: summary(`${made.topic} · follow-up of ${facts.incident.short_id}`),
  staticDetails:
    "Keeps a follow-up meeting in line with the incident's resolution, and reminds people before it starts. Ends when it has started.",
  attributes: { IncidentId: facts.incident.id, MeetingId: made.meetingId },
});
