import { z } from "zod";
import {
  durationMinutesField,
  missingAfterField,
  partOfEndOnResolve,
  settingFields,
} from "./meetingFields.ts";
import type { Json } from "./plan.ts";
import { problemsOf } from "./problems.ts";
import type { Severity } from "./severity.ts";
import { severityFrom, unknownSeverity } from "./severity.ts";
import { hasTemplate, templateVariables } from "./template.ts";

/**
 * What a connector's meetings have where a step says nothing: for every incident, and by severity. The step's own comes
 * first, then the severity's, then what is for all, then the action's own. Settings are taken one by one.
 */

/** A run's outputs and inputs are those of one runbook: defaults serve them all. */
const namesIncidentAlone = (text: string): boolean => {
  try {
    return templateVariables(text).every(({ path }) => /^(incident|Activity)(\.|$)/.test(path));
  } catch {
    return false;
  }
};

const someone = z
  .string()
  .refine(
    (text) => (hasTemplate(text) ? namesIncidentAlone(text) : z.email().safeParse(text).success),
    "must be an email, or a variable of the incident such as {{incident.owner}}",
  );

const fields = z
  .strictObject({
    settings: z.strictObject(settingFields).partial(),
    alternative_hosts: z.union([someone, z.array(someone).max(50)]),
    duration_minutes: durationMinutesField,
    missing_after: missingAfterField,
    end_on_resolve: partOfEndOnResolve,
  })
  .partial();

type Fields = z.output<typeof fields>;

export type MeetingDefaults = Fields & { severities: Partial<Record<Severity, Fields>> };

/** Which of its inputs an action lets the defaults fill: of every meeting, and besides of an incident's bridge. */
export const defaultsOfMeetings = ["settings", "alternative_hosts"] as const satisfies (keyof Fields)[];
export const defaultsOfBridges = [
  ...defaultsOfMeetings,
  "duration_minutes",
  "missing_after",
  "end_on_resolve",
] as const satisfies (keyof Fields)[];

const bySeverity = z.record(z.string(), fields).transform((given, context) => {
  const found: MeetingDefaults["severities"] = {};
  for (const [name, defaults] of Object.entries(given)) {
    const severity = severityFrom(name);
    const problem =
      severity === undefined
        ? unknownSeverity(name)
        : found[severity] && `means SEV${severity}, which is here already`;
    if (problem) context.addIssue({ code: "custom", path: [name], message: problem });
    else if (severity !== undefined) found[severity] = defaults;
  }
  return found;
});

export const meetingDefaultsSchema = fields.extend({ severities: bySeverity.default({}) });

/** The defaults that a document holds, or all that is wrong with it: `settings.waiting_rom is no known field; …`. */
export const meetingDefaultsFrom = (document: unknown): MeetingDefaults | { problems: string[] } => {
  const parsed = meetingDefaultsSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, meetingDefaultsSchema);
  return { problems: problems.map(({ path, message }) => `${path} ${message}`.trim()) };
};

type Input = { [field: string]: Json };

const isObject = (value: Json | undefined): value is Input =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What stands above, and below it what that leaves open, field by field. */
export const over = (above: Json | undefined, below: Json | undefined): Json | undefined => {
  if (above === undefined) return below;
  if (!isObject(above) || !isObject(below)) return above;
  const names = [...new Set([...Object.keys(below), ...Object.keys(above)])];
  return Object.fromEntries(names.map((name) => [name, over(above[name], below[name]) ?? null]));
};

/** What a connector gives the meetings of an incident of this severity. */
export const defaultsFor = (defaults: MeetingDefaults | undefined, severity: Severity): Input => {
  if (!defaults) return {};
  const { severities, ...general } = defaults;
  return over((severities[severity] ?? {}) as Input, general as Input) as Input;
};

/** A step's input, and below it the defaults of the fields named. */
export const withDefaults = (input: Input, names: readonly string[], defaults: Input): Input => {
  const taken = Object.entries(defaults).filter(([name]) => names.includes(name));
  return over(input, Object.fromEntries(taken)) as Input;
};
