import type { Bridge, Incident } from "./incident.ts";
import type { IncidentChange } from "./incidentChange.ts";
import { isOver } from "./incidentChange.ts";
import { severityLabels } from "./severity.ts";
import { displayText } from "./template.ts";
import type { TimelineEvent, TimelineKind } from "./timeline.ts";

/** What an incident's declaration says on its timeline. */
export const declaredEvent = (incident: Incident): TimelineEvent => ({
  id: `incident-${incident.id}/declared`,
  kind: "incident.declared",
  at: incident.created_at,
  title: `${severityLabels[incident.severity]} declared: ${incident.title}`,
  ...(incident.summary !== "" && { detail: incident.summary }),
  source: { type: "api" },
});

const kindOf = (incident: Incident, { event, before }: IncidentChange): TimelineKind => {
  if (event === "resolved") return "incident.resolved";
  return isOver(before.status) && !isOver(incident.status) ? "incident.reopened" : "incident.updated";
};

const fieldText = (field: string, value: unknown): string =>
  field === "severity" ? severityLabels[value as Incident["severity"]] : displayText(value) || "nothing";

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

const changeText = (incident: Incident, [field, before]: [string, unknown]): string => {
  const now = incident[field as keyof Incident];
  if (Array.isArray(now))
    return `${field.replaceAll("_", " ")}: ${now.length} (was ${(before as unknown[]).length})`;
  const name = field.replaceAll("_", " ");
  return `${name}: ${shortened(fieldText(field, before))} → ${shortened(fieldText(field, now))}`;
};

const derived = new Set(["updated_at", "resolved_at"]);

/** What a change to an incident says on its timeline. `key` tells this change from others. */
export const changedEvent = (
  incident: Incident,
  change: IncidentChange,
  by: string,
  key: string,
): TimelineEvent => {
  const kind = kindOf(incident, change);
  const changes = Object.entries(change.before)
    .filter(([field]) => !derived.has(field))
    .map((entry) => changeText(incident, entry));
  const verbs = { "incident.resolved": "Resolved", "incident.reopened": "Reopened" } as Record<
    string,
    string
  >;
  const title = verbs[kind] ? `${verbs[kind]} by ${by}` : `Changed by ${by}: ${changes.join("; ")}`;
  return {
    id: `incident-${incident.id}/${kind}/${key}`,
    kind,
    at: incident.updated_at,
    title,
    ...(verbs[kind] && changes.length > 0 && { detail: changes.join("; ") }),
    source: { type: "api" },
  };
};

/** A bridge outlives the resolution: whoever reopens the incident meets there again. */
export const bridgeAgainEvent = (
  incident: Incident,
  { event, before }: IncidentChange,
  bridge: Bridge | null,
  key: string,
): TimelineEvent[] => {
  const isReopened = event !== "resolved" && isOver(before.status) && !isOver(incident.status);
  if (!isReopened || !bridge) return [];
  if (bridge.state === "deleted") return [bridgeGone(incident, key)];
  return [
    {
      id: `incident-${incident.id}/bridge.ready/${key}`,
      kind: "bridge.ready",
      at: incident.updated_at,
      title: "Meet on the same bridge again",
      ...(bridge.passcode !== undefined && { detail: `Passcode ${bridge.passcode}.` }),
      data: { meeting_id: bridge.meeting_id, join_url: bridge.join_url },
      links: [{ title: "Join", url: bridge.join_url }],
      source: { type: "api" },
    },
  ];
};

const bridgeGone = (incident: Incident, key: string): TimelineEvent => ({
  id: `incident-${incident.id}/note/${key}`,
  kind: "note",
  at: incident.updated_at,
  title: "The incident is open again and has no bridge: its meeting was deleted",
  detail: "Run a runbook that makes a meeting, and people can meet there.",
  source: { type: "api" },
});
