import { z } from "zod";
import { durationPattern } from "./duration.ts";

/**
 * A runbook as people write it, in YAML, JSON or the editor: one document, this schema.
 * Templates (`{{incident.title}}`) may stand in every string of a step's input.
 */
export const keySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, dashes or underscores, at most 63");

const stepIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "lower-case letters, digits or underscores, starting with a letter")
  .meta({ description: "Names the step in {{runbook.outputs.<id>.<field>}}" });

const durationSchema = z
  .string()
  .regex(durationPattern, "a duration such as 90s, 15m, 1h30m or 7d")
  .meta({ examples: ["15m", "1h30m"] });

const operators = [
  "equals",
  "not_equals",
  "in",
  "not_in",
  "contains",
  "not_contains",
  "greater_than",
  "less_than",
  "changed_to",
  "changed_from",
] as const;

export type Operator = (typeof operators)[number];

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const conditionSchema = z.strictObject({
  field: z
    .string()
    .min(1)
    .max(200)
    .meta({ examples: ["severity", "custom_fields.region"] }),
  operator: z.enum(operators),
  value: z.union([scalarSchema, z.array(scalarSchema).max(200)]),
});

export type Condition = z.infer<typeof conditionSchema>;

const conditionsSchema = z.array(conditionSchema).max(50);

const guardSchema = z
  .union([
    conditionSchema,
    z.strictObject({ all: conditionsSchema }),
    z.strictObject({ any: conditionsSchema }),
  ])
  .meta({ description: "Run the step only if this holds; fields are variables such as incident.severity" });

export type Guard = z.infer<typeof guardSchema>;

const triggerEvents = ["incident.created", "incident.updated", "incident.resolved"] as const;

const triggerSchema = z.strictObject({
  on: z.array(z.enum(triggerEvents)).min(1),
  match: z.enum(["all", "any"]).default("all"),
  conditions: conditionsSchema.default([]),
  repeat: z
    .boolean()
    .default(false)
    .meta({ description: "Start again each time it matches; otherwise once per incident" }),
});

export type Trigger = z.infer<typeof triggerSchema>;

const inputSchema = z.strictObject({
  type: z.enum(["string", "integer", "number", "boolean", "object", "array"]),
  description: z.string().max(500).optional(),
  required: z.boolean().default(false),
  default: z.json().optional(),
});

export type RunbookInput = z.infer<typeof inputSchema>;

const failurePolicies = ["stop", "continue", "pause"] as const;

const connectorSchema = z.string().trim().min(1).max(100);

const common = {
  id: stepIdSchema,
  title: z.string().max(200).optional(),
  when: guardSchema.optional(),
};

const actionStepSchema = z.strictObject({
  ...common,
  action: z.string().meta({ description: "An action's key, such as zoom.create_meeting" }),
  input: z.record(z.string(), z.json()).default({}),
  connector: connectorSchema
    .optional()
    .meta({ description: "Name or id of the Zoom account to work in; the runbook's if left out" }),
  on_failure: z.enum(failurePolicies).optional().meta({
    description: "stop the run, continue with the next step, or pause and ask (Zoom's steps pause)",
  }),
  fallback: z
    .record(z.string(), z.json())
    .optional()
    .meta({ description: "Outputs to go on with when the step fails, such as a static join_url" }),
  keep: z
    .boolean()
    .optional()
    .meta({ description: "Do not undo what the step made when the run is cancelled" }),
  timeout: durationSchema
    .optional()
    .meta({ description: "How long the step may take in all, tries included" }),
  max_attempts: z.int().min(1).max(1000).optional(),
});

const waitEvents = ["incident.resolved", "meeting.started", "meeting.ended", "recording.ready"] as const;

export type WaitEvent = (typeof waitEvents)[number];

const waitSchema = z
  .strictObject({
    for: z
      .enum([...waitEvents, "approval"])
      .optional()
      .meta({ description: "An event to wait for" }),
    meeting_id: z
      .string()
      .optional()
      .meta({ description: "Which meeting; the incident's bridge if left out" }),
    duration: durationSchema.optional(),
    until: z
      .string()
      .optional()
      .meta({ description: "An instant, ISO 8601 with offset, or a template of one" }),
    timeout: durationSchema.optional().meta({ description: "Wait no longer than this" }),
    on_timeout: z.enum(failurePolicies).default("continue"),
  })
  .refine(
    (wait) => [wait.for, wait.duration, wait.until].filter((given) => given !== undefined).length === 1,
    "name exactly one of for, duration, until",
  );

const waitStepSchema = z.strictObject({ ...common, wait: waitSchema });

const leafSchema = z.union([actionStepSchema, waitStepSchema]);

const parallelStepSchema = z.strictObject({ ...common, parallel: z.array(leafSchema).min(1).max(20) });

const stepSchema = z.union([actionStepSchema, waitStepSchema, parallelStepSchema]);

export type Step = z.infer<typeof stepSchema>;
export type ActionStepDocument = z.infer<typeof actionStepSchema>;
export type WaitStepDocument = z.infer<typeof waitStepSchema>;
export type ParallelStepDocument = z.infer<typeof parallelStepSchema>;

export const runbookSchema = z
  .strictObject({
    key: keySchema,
    title: z.string().min(1).max(200),
    description: z.string().max(2000).optional(),
    connector: connectorSchema.optional().meta({
      description: "Name or id of the Zoom account that steps work in; the default one if left out",
    }),
    trigger: triggerSchema.optional(),
    recordings: z
      .strictObject({
        keep_for: durationSchema.meta({
          description: "How long after its call each recording stays in Zoom",
          examples: ["90d"],
        }),
      })
      .optional()
      .meta({ description: "The policy for recordings, which steps heed that do not say otherwise" }),
    inputs: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/), inputSchema).default({}),
    steps: z.array(stepSchema).min(1).max(200),
  })
  .meta({ title: "Runbook", description: "What to do when an incident is declared, changes or is resolved" });

export type Runbook = z.infer<typeof runbookSchema>;
