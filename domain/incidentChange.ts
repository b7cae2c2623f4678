import type { Incident, IncidentPatch } from "./incident.ts";

/** What happened to an incident: the thing that triggers look at. */
export type IncidentChange = {
  event: "created" | "updated" | "resolved";
  /** Fields that changed, with their values before. Empty for `created`. */
  before: Partial<Incident>;
};

/** Nobody works on it any more. */
export const isOver = (status: string | undefined): boolean => status === "resolved" || status === "closed";

export const isResolved = (incident: Incident): boolean => isOver(incident.status);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The incident after a patch, and what changed. Custom fields are merged one by one; a resolution time is set when
 * the incident becomes resolved and cleared when it reopens. A patch that changes nothing gives `undefined`.
 */
export const patchedIncident = (
  incident: Incident,
  patch: IncidentPatch,
  nowIso: string,
): { incident: Incident; change: IncidentChange } | undefined => {
  const wanted = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const next = { ...incident, ...wanted } as Incident;
  if (patch.custom_fields) next.custom_fields = { ...incident.custom_fields, ...patch.custom_fields };
  const before = Object.fromEntries(
    Object.entries(incident).filter(([field, value]) => !same(value, next[field as keyof Incident])),
  ) as Partial<Incident>;
  if (Object.keys(before).length === 0) return undefined;

  next.updated_at = nowIso;
  const resolvedNow = isOver(next.status) && !isOver(incident.status);
  if (resolvedNow) next.resolved_at = nowIso;
  if (!isOver(next.status)) next.resolved_at = null;
  return { incident: next, change: { event: resolvedNow ? "resolved" : "updated", before } };
};
