import { severityLabels } from "../domain/severity.ts";
import type { IncidentState } from "./incidentState.ts";

const list = (title: string, lines: string[]): string[] =>
  lines.length > 0 ? ["", `**${title}**`, ...lines] : [];

/** How an incident stands, as Markdown for Temporal's UI. */
export const incidentSummary = ({ facts, open, followed }: IncidentState): string => {
  const { incident, bridge } = facts;
  const waits = [...open].map(([id, waiting]) => {
    const what = waiting.map(({ event }) => event).join(", ");
    return `- \`${id}\`${what ? `: waits for ${what}` : ""}`;
  });
  return [
    `### ${incident.short_id} ${incident.title}`,
    `${severityLabels[incident.severity]}, ${incident.status}`,
    bridge ? `Bridge: ${bridge.state}, meeting ${bridge.meeting_id}` : "No bridge yet",
    ...list("Runs that go on", waits),
    ...list(
      "Meetings that are followed",
      [...followed].map((id) => `- \`meeting-${id}\``),
    ),
  ].join("\n");
};
