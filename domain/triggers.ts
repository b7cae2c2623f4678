import { allHold, valueAt } from "./conditions.ts";
import type { Incident } from "./incident.ts";
import type { IncidentChange } from "./incidentChange.ts";
import type { Runbook, Trigger } from "./runbook.ts";

/** `created` also counts as a change to each field; resolving an incident is an update as well. */
const hears = (trigger: Trigger, change: IncidentChange): boolean =>
  trigger.on.includes(`incident.${change.event}`) ||
  (change.event === "resolved" && trigger.on.includes("incident.updated"));

/** Whether a runbook's trigger matches what happened to an incident. */
export const triggerMatches = (trigger: Trigger, incident: Incident, change: IncidentChange): boolean => {
  if (!hears(trigger, change)) return false;
  return allHold(trigger.conditions, trigger.match, (path) => {
    const now = valueAt(incident, path) ?? incident.custom_fields[path];
    if (change.event === "created") return { now, before: undefined, changed: now !== undefined };
    const topLevel = path.split(".")[0] ?? path;
    const changed = topLevel in change.before;
    const before = changed ? valueAt(change.before, path) : now;
    return { now, before, changed: changed && JSON.stringify(before) !== JSON.stringify(now) };
  });
};

/** The runbooks that a change starts. Without `repeat`, a trigger starts its runbook once per incident. */
export const triggeredRunbooks = (
  runbooks: readonly Runbook[],
  incident: Incident,
  change: IncidentChange,
  starts: { [runbook: string]: number },
): Runbook[] =>
  runbooks.filter(({ key, trigger }) => {
    if (!trigger || !triggerMatches(trigger, incident, change)) return false;
    return trigger.repeat || (starts[key] ?? 0) === 0;
  });
