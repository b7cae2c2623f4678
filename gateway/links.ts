import type { Links } from "../client/api.ts";
import { incidentWorkflowId } from "../domain/messages.ts";
import type { GatewayDeps } from "./types.ts";

type LinkSettings = GatewayDeps["links"];

const workflowUrl = ({ temporalUiUrl, namespace = "default" }: LinkSettings, workflowId: string) =>
  temporalUiUrl && {
    workflow: `${temporalUiUrl.replace(/\/$/, "")}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`,
  };

const linksTo = (settings: LinkSettings, path: string, workflowId: string): Links => ({
  self: `${settings.publicUrl.replace(/\/$/, "")}${path}`,
  ...workflowUrl(settings, workflowId),
});

export const incidentLinks = (settings: LinkSettings, incidentId: string): Links =>
  linksTo(settings, `/api/incidents/${encodeURIComponent(incidentId)}`, incidentWorkflowId(incidentId));

export const executionLinks = (settings: LinkSettings, executionId: string): Links =>
  linksTo(settings, `/api/executions/${encodeURIComponent(executionId)}`, executionId);
