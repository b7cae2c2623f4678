import { defineSearchAttributeKey } from "@temporalio/common";

/** Typed search attributes; the embedded server and the set-up of a cluster register the same names. */
export const incidentIdAttribute = defineSearchAttributeKey("IncidentId", "KEYWORD");
export const severityAttribute = defineSearchAttributeKey("Severity", "KEYWORD");
export const runbookKeyAttribute = defineSearchAttributeKey("RunbookKey", "KEYWORD");
export const meetingIdAttribute = defineSearchAttributeKey("MeetingId", "KEYWORD");
export const outcomeAttribute = defineSearchAttributeKey("Outcome", "KEYWORD");
