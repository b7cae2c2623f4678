import type { Bridge, Incident } from "./incident.ts";
import type { Json, StartedBy } from "./plan.ts";
import { severityLabels } from "./severity.ts";
import { bounded } from "./transcript.ts";

/** What templates and guards can name. */
export type View = { [namespace: string]: unknown };

export type ViewSource = {
  incident: Incident;
  bridge: Bridge | null;
  inputs: { [name: string]: Json };
  /** By step id; null for a step that was skipped. */
  outputs: { [step: string]: { [field: string]: Json } | null };
  /** By step id, the action it ran: outputs can be named by action as well, `zoom_create_meeting`. */
  actions: { [step: string]: string };
  user: StartedBy;
};

/** `zoom.create_meeting` as a variable: `zoom_create_meeting`. */
export const actionVariable = (action: string): string => action.replaceAll(".", "_");

const durationMinutes = (incident: Incident): number => {
  const end = Date.parse(incident.resolved_at ?? incident.updated_at);
  return Math.max(0, Math.round((end - Date.parse(incident.created_at)) / 60_000));
};

/** Platforms write titles and summaries that Zoom takes neither as a topic nor as an agenda; these fit beside other words. */
const shortOf = { title: 120, summary: 1500 } as const;

/** An incident as templates see it: its custom fields stand beside its own, which win. */
const incidentView = (incident: Incident, bridge: Bridge | null): View => ({
  ...incident.custom_fields,
  ...incident,
  severity: { id: incident.severity, label: severityLabels[incident.severity] },
  owner: { name: null, email: null, phone: null, team: null, ...incident.owner },
  description: incident.summary,
  short_title: bounded(incident.title, shortOf.title),
  short_summary: bounded(incident.summary, shortOf.summary),
  duration: durationMinutes(incident),
  impacted_services: incident.affected_services,
  bridge: bridge ?? { join_url: null, passcode: null, meeting_id: null, state: null },
});

/** Both namespaces of the field's tools, `incident.*` and `Activity.*`, plus the run's own. */
export const templateView = (source: ViewSource): View => {
  const incident = incidentView(source.incident, source.bridge);
  const byAction = Object.entries(source.actions).flatMap(([step, action]) =>
    step in source.outputs ? [[actionVariable(action), source.outputs[step]] as const] : [],
  );
  return {
    incident,
    Activity: incident,
    runbook: { inputs: source.inputs, outputs: { ...Object.fromEntries(byAction), ...source.outputs } },
    user: source.user,
  };
};

/** Names of `incident.*` and `Activity.*` that always exist; custom fields come beside them. */
export const incidentVariables = [
  "id",
  "short_id",
  "title",
  "short_title",
  "severity",
  "severity.id",
  "severity.label",
  "status",
  "summary",
  "short_summary",
  "description",
  "service",
  "environment",
  "owner",
  "owner.name",
  "owner.email",
  "owner.phone",
  "owner.team",
  "responders",
  "affected_services",
  "impacted_services",
  "tags",
  "url",
  "fallback_bridge_url",
  "created_at",
  "updated_at",
  "resolved_at",
  "duration",
  "custom_fields",
  "bridge.join_url",
  "bridge.passcode",
  "bridge.meeting_id",
  "bridge.state",
] as const;

export const userVariables = ["name", "email"] as const;
