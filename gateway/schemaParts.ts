import { z } from "zod";
import type { MeetingView, Links } from "../client/api.ts";
import type { Problem } from "../client/errors.ts";
import type { FailureCode } from "../domain/failures.ts";
import { failures } from "../domain/failures.ts";
import type { Bridge, Incident, Person } from "../domain/incident.ts";
import { incidentStatuses } from "../domain/incident.ts";
import type { LintMark } from "../domain/lint.ts";
import type { Execution, Json, StepProgress } from "../domain/plan.ts";
import { severities } from "../domain/severity.ts";
import type { RecordedEvent } from "../domain/timeline.ts";
import { timelineKinds } from "../domain/timeline.ts";

/** The things that the API's answers are made of. */

export const instant = z.string().meta({ description: "ISO 8601, UTC" });

const person = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  team: z.string().optional(),
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

const headCount = z.number().nullable().meta({
  description: "People on the call now; null while it is live and Zoom has not told of anybody",
});

export const bridge = z
  .object({
    meeting_id: z.string(),
    join_url: z.string(),
    passcode: z.string().exactOptional(),
    state: meetingState,
    head_count: headCount,
    ends_on_resolve: z.boolean().exactOptional(),
  })
  .meta({ id: "Bridge", description: "The call the incident is worked in" }) satisfies z.ZodType<Bridge>;

export const json: z.ZodType<Json> = z.any().meta({ description: "Any JSON value" });

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

export const timelineEvent = z
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

export const meeting = z
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
    head_count: headCount,
    present: z.array(z.string()).meta({ description: "Who is on the call, by email or name" }),
    missing: z.array(z.string()).meta({ description: "Expected people who are not on a call that is live" }),
    waiting_room: z.array(z.string()).meta({ description: "Who waits to be let in" }),
    first_responder: z
      .object({ person: z.string(), joined_at: instant, seconds_to_join: z.number() })
      .nullable()
      .meta({ description: "Who of the people expected came first, counted from when a bridge was ready" }),
    ended_sessions: z.number(),
    recording_ready: z.boolean(),
  })
  .meta({ id: "Meeting" }) satisfies z.ZodType<MeetingView>;

export const links = z
  .object({
    self: z.string(),
    workflow: z.string().optional().meta({ description: "In Temporal's UI" }),
  })
  .meta({ id: "Links" }) satisfies z.ZodType<Links>;

export const lintMark = z
  .object({
    level: z.enum(["error", "warning", "advice"]),
    path: z.string(),
    message: z.string(),
    line: z.number().exactOptional(),
    column: z.number().exactOptional(),
    nearest: z.string().exactOptional(),
  })
  .meta({ id: "LintMark" }) satisfies z.ZodType<LintMark>;

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
