import { z } from "zod";
import type { Bridge, Incident, Person } from "../domain/incident.ts";
import { incidentStatuses } from "../domain/incident.ts";
import type { LintMark } from "../domain/lint.ts";
import type { Execution, Json, StepProgress } from "../domain/plan.ts";
import { runbookSchema } from "../domain/runbook.ts";
import { severities } from "../domain/severity.ts";
import type { RecordedEvent } from "../domain/timeline.ts";
import { timelineKinds } from "../domain/timeline.ts";
import { failures } from "../domain/failures.ts";
import type { FailureCode } from "../domain/failures.ts";
import type {
  ActionView,
  ExecutionAnswer,
  ExecutionStarted,
  IncidentAnswer,
  IncidentDetail,
  IncidentPage,
  IncidentSummary,
  Links,
  LintAnswer,
  MeetingView,
  RunbookDetail,
  RunbookSaved,
  RunbookView,
  TimelinePage,
} from "../client/api.ts";
import type { Problem } from "../client/errors.ts";

/** What the API answers, as schemas: OpenAPI is derived from them, and nothing that they do not name gets out. */

const instant = z.string().meta({ description: "ISO 8601, UTC" });

const person = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
}) satisfies z.ZodType<Person>;

export const incident = z
  .object({
    id: z.string(),
    short_id: z.string(),
    title: z.string(),
    severity: z.enum(severities),
    status: z.enum(incidentStatuses),
    summary: z.string(),
    service: z.string(),
    environment: z.string(),
    owner: person.nullable(),
    responders: z.array(person),
    affected_services: z.array(z.string()),
    tags: z.array(z.string()),
    url: z.string(),
    fallback_bridge_url: z.string(),
    custom_fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    created_at: instant,
    updated_at: instant,
    resolved_at: instant.nullable(),
  })
  .meta({ id: "Incident" }) satisfies z.ZodType<Incident>;

const meetingState = z.enum(["waiting", "live", "ended", "deleted"]);

const bridge = z
  .object({
    meeting_id: z.string(),
    join_url: z.string(),
    passcode: z.string().exactOptional(),
    state: meetingState,
    head_count: z.number(),
  })
  .meta({ id: "Bridge", description: "The call the incident is worked in" }) satisfies z.ZodType<Bridge>;

const json: z.ZodType<Json> = z.any().meta({ description: "Any JSON value" });

const failureCodes = Object.keys(failures) as [FailureCode, ...FailureCode[]];

const step = z
  .object({
    id: z.string(),
    title: z.string(),
    state: z.enum(["pending", "running", "waiting", "completed", "skipped", "failed", "parked", "cancelled"]),
    note: z.string().exactOptional(),
    failure: z
      .object({
        code: z.enum(failureCodes),
        message: z.string(),
        advice: z.string(),
        field: z.string().exactOptional(),
        scopes: z.array(z.string()).exactOptional(),
      })
      .exactOptional(),
    outputs: z.record(z.string(), json).exactOptional(),
    group: z.string().exactOptional(),
  })
  .meta({ id: "Step" }) satisfies z.ZodType<StepProgress>;

export const execution = z
  .object({
    id: z.string(),
    incident_id: z.string(),
    runbook: z.string(),
    title: z.string(),
    state: z.enum(["running", "waiting", "parked", "completed", "failed", "cancelled"]),
    started_by: z.string(),
    started_at: instant,
    ended_at: instant.nullable(),
    steps: z.array(step),
  })
  .meta({ id: "Execution" }) satisfies z.ZodType<Execution>;

const timelineEvent = z
  .object({
    id: z.string(),
    kind: z.enum(timelineKinds),
    at: instant,
    title: z.string(),
    detail: z.string().exactOptional(),
    data: z.record(z.string(), z.unknown()).exactOptional(),
    links: z.array(z.object({ title: z.string(), url: z.string() })).exactOptional(),
    source: z.union([
      z.object({ type: z.literal("api") }),
      z.object({
        type: z.literal("execution"),
        execution_id: z.string(),
        runbook: z.string(),
        step: z.string().exactOptional(),
      }),
      z.object({ type: z.literal("meeting"), meeting_id: z.string() }),
    ]),
    seq: z.number(),
    incident_id: z.string(),
  })
  .meta({ id: "TimelineEvent" }) satisfies z.ZodType<RecordedEvent>;

const meeting = z
  .object({
    meeting_id: z.string(),
    topic: z.string(),
    purpose: z.enum(["bridge", "follow_up", "other"]),
    join_url: z.string(),
    passcode: z.string().nullable(),
    host: z.string(),
    execution_id: z.string(),
    step: z.string(),
    created_at: instant,
    state: meetingState,
    head_count: z.number(),
    ended_sessions: z.number(),
    recording_ready: z.boolean(),
  })
  .meta({ id: "Meeting" }) satisfies z.ZodType<MeetingView>;

const links = z
  .object({
    self: z.string(),
    workflow: z.string().optional().meta({ description: "In Temporal's UI" }),
  })
  .meta({ id: "Links" }) satisfies z.ZodType<Links>;

const incidentSummary = z.object({
  incident,
  bridge: bridge.nullable(),
  last_seq: z.number().meta({ description: "Sequence number of the newest timeline event; 0 without any" }),
});

export const incidentPage = z.object({
  incidents: z.array(incidentSummary satisfies z.ZodType<IncidentSummary>),
  next: z.string().nullable().meta({ description: "Give it as `before` for the next page" }),
}) satisfies z.ZodType<IncidentPage>;

export const incidentAnswer = z.object({ incident, links }) satisfies z.ZodType<IncidentAnswer>;

export const incidentDetail = incidentSummary.extend({
  executions: z.array(execution),
  meetings: z.array(meeting),
  links,
}) satisfies z.ZodType<IncidentDetail>;

export const timelinePage = z.object({
  events: z.array(timelineEvent),
  next: z.number().meta({ description: "Give it as `after` for what comes then" }),
}) satisfies z.ZodType<TimelinePage>;

export const executionAnswer = z.object({
  execution,
  live: z
    .boolean()
    .meta({ description: "Asked from the workflow just now, rather than read as last written down" }),
  links,
}) satisfies z.ZodType<ExecutionAnswer>;

export const executionStarted = z.object({
  execution_id: z.string(),
  links,
}) satisfies z.ZodType<ExecutionStarted>;

const lintMark = z
  .object({
    level: z.enum(["error", "warning", "advice"]),
    path: z.string(),
    message: z.string(),
    line: z.number().exactOptional(),
    column: z.number().exactOptional(),
    nearest: z.string().exactOptional(),
  })
  .meta({ id: "LintMark" }) satisfies z.ZodType<LintMark>;

export const lintAnswer = z.object({
  ok: z.boolean(),
  marks: z.array(lintMark),
}) satisfies z.ZodType<LintAnswer>;

const runbook = runbookSchema.meta({ id: "Runbook" });

const runbookView = z.object({
  runbook,
  version: z.number(),
  updated_at: instant,
  updated_by: z.string(),
}) satisfies z.ZodType<RunbookView>;

export const runbookList = z.object({ runbooks: z.array(runbookView) });

export const runbookDetail = runbookView.extend({ source: z.string() }) satisfies z.ZodType<RunbookDetail>;

export const runbookSaved = z.object({
  runbook,
  version: z.number(),
  changed: z.boolean(),
  marks: z.array(lintMark),
}) satisfies z.ZodType<RunbookSaved>;

const jsonSchema = z.looseObject({}).meta({ description: "A JSON schema" });

const action = z
  .object({
    key: z.string(),
    title: z.string(),
    description: z.string(),
    category: z.string(),
    effect: z.enum(["read", "idempotent", "create"]),
    scopes: z.array(z.array(z.string()).readonly()).readonly(),
    input: jsonSchema,
    output: jsonSchema,
    example: z.record(z.string(), json),
  })
  .meta({ id: "Action" }) satisfies z.ZodType<ActionView>;

export const actionList = z.object({ actions: z.array(action) });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(
        z.object({
          path: z.string(),
          message: z.string(),
          nearest: z.string().optional(),
          level: z.enum(["error", "warning", "advice"]).optional(),
          line: z.number().optional(),
          column: z.number().optional(),
        }),
      )
      .optional(),
    request_id: z.string().optional().meta({ description: "Find it in the gateway's log" }),
  })
  .meta({ id: "Problem", description: "RFC 9457" }) satisfies z.ZodType<Problem>;
