import { isResolved } from "../domain/incidentChange.ts";
import type { WaitEvent } from "../domain/runbook.ts";
import { severityLabels } from "../domain/severity.ts";
import type { IncidentState } from "./incidentState.ts";

const waitedFor: Record<WaitEvent, string> = {
  "incident.resolved": "the incident's resolution",
  "meeting.started": "the call to begin",
  "meeting.ended": "the end of the call",
  "recording.ready": "the recording",
};

const list = (title: string, lines: string[]): string[] =>
  lines.length > 0 ? ["", `**${title}**`, "", ...lines] : [];

const next = ({ facts, open, followed }: IncidentState): string => {
  if (!isResolved(facts.incident)) return "Waits for what becomes of the incident.";
  if (open.size > 0 || followed.size > 0) return "Waits for what still goes on for it.";
  return "Nothing goes on for it: ends when it has stayed so for a while.";
};

/** How an incident stands, as Markdown for Temporal's UI. */
export const incidentSummary = (state: IncidentState): string => {
  const { facts, open, followed } = state;
  const { incident, bridge } = facts;
  const waits = [...open].map(([id, waiting]) => {
    const what = waiting.map(({ event }) => waitedFor[event]).join(", ");
    return `- \`${id}\`${what ? `: waits for ${what}` : ""}`;
  });
  return [
    `### ${incident.short_id} ${incident.title}`,
    "",
    `${severityLabels[incident.severity]}, ${incident.status}. ${next(state)}`,
    "",
    bridge ? `Bridge: Zoom meeting ${bridge.meeting_id}, ${bridge.state}` : "No bridge yet",
    ...list("Runs that go on", waits),
    ...list(
      "Meetings that are followed",
      [...followed].map((id) => `- \`meeting-${id}\``),
    ),
  ].join("\n");
};
