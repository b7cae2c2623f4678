import { z } from "zod";
import type {
  ActionView,
  Connector,
  ConnectorCheck,
  ErasedPerson,
  PersonExport,
  Resealing,
  ConnectorList,
  ExecutionAnswer,
  ExecutionStarted,
  IncidentAnswer,
  IncidentDetail,
  IncidentPage,
  IncidentSummary,
  LintAnswer,
  RunbookDetail,
  RunbookSaved,
  RunbookView,
  TimelinePage,
} from "../client/api.ts";
import { zoomPlans } from "../domain/connector.ts";
import { runbookSchema } from "../domain/runbook.ts";
import {
  bridge,
  execution,
  incident,
  instant,
  json,
  links,
  lintMark,
  meeting,
  timelineEvent,
} from "./schemaParts.ts";

/** What the API answers, as schemas: OpenAPI is derived from them, and nothing that they do not name gets out. */

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

const scopes = z.array(z.array(z.string()).readonly()).readonly();

const action = z
  .object({
    key: z.string(),
    title: z.string(),
    description: z.string(),
    category: z.string(),
    effect: z.enum(["read", "idempotent", "create"]),
    scopes,
    option_scopes: z
      .record(z.string(), scopes)
      .meta({ description: "What a field of the input needs beyond that, where it is given" }),
    input: jsonSchema,
    output: jsonSchema,
    example: z.record(z.string(), json),
  })
  .meta({ id: "Action" }) satisfies z.ZodType<ActionView>;

export const actionList = z.object({ actions: z.array(action) });

export const connector = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(["account_credentials", "sign_in"]),
    source: z
      .enum(["store", "environment"])
      .meta({ description: "What the environment configures serves while no other one is the default" }),
    account_id: z.string().nullable(),
    client_id: z.string(),
    is_default: z.boolean().meta({ description: "Runbooks work in this account" }),
    hosts: z.array(z.string()),
    host_group: z.string().nullable().meta({ description: "Whose licensed members host instead" }),
    plan: z.enum(zoomPlans).nullable(),
    meeting_defaults: z
      .looseObject({})
      .nullable()
      .meta({ description: "What its meetings have where a step says nothing, and by severity" }),
    webhook_secret_tokens: z
      .number()
      .nullable()
      .meta({ description: "How many are known; null if its secrets cannot be opened" }),
    state: z.enum(["connected", "needs_authorization"]),
    sign_in_url: z
      .string()
      .nullable()
      .meta({ description: "Open it in a browser to sign in with Zoom; null for account credentials" }),
    created_at: instant.nullable(),
    created_by: z.string().nullable(),
  })
  .meta({
    id: "Connector",
    description: "A Zoom account; its secrets are never shown",
  }) satisfies z.ZodType<Connector>;

export const connectorList = z.object({ connectors: z.array(connector) }) satisfies z.ZodType<ConnectorList>;

export const connectorCheck = z.object({
  connector,
  works: z.boolean().meta({ description: "It authenticates, and every action works" }),
  problem: z.string().nullable(),
  advice: z.string().nullable(),
  scopes: z.array(z.string()).nullable().meta({ description: "What Zoom granted; null if it did not say" }),
  hosts: z.array(
    z.object({
      host: z.string(),
      verdict: z.enum(["licensed", "basic", "unusable", "unknown"]),
      problem: z.string().nullable(),
    }),
  ),
  webhooks: z.object({
    heard_at: instant.nullable().meta({ description: "When one was last verified by its secret tokens" }),
    problem: z.string().nullable(),
    advice: z.string().nullable(),
  }),
  actions: z.array(
    z.object({
      action: z.string(),
      title: z.string(),
      verdict: z.enum(["works", "limited", "missing"]),
      missing_scopes: z.array(z.array(z.string())).meta({ description: "Of each list any one will do" }),
      problem: z.string().nullable(),
      advice: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<ConnectorCheck>;

export const resealing = z.object({
  key: z.string().meta({ description: "The id of the key that seals from now on" }),
  resealed: z.number().int(),
  total: z.number().int(),
  unreadable: z
    .array(z.object({ place: z.string(), owner: z.string(), reason: z.string() }))
    .meta({ description: "What no key that the gateway has opens: it stays as it is" }),
  unused_keys: z.array(z.string()).meta({ description: "Keys that seal nothing in the store any more" }),
}) satisfies z.ZodType<Resealing>;

const elsewhere = z
  .array(z.string())
  .meta({ description: "What is no incident's and mentions their email: administrators wrote it there" });

export const personExport = z.object({
  email: z.string(),
  names: z.array(z.string()),
  phones: z.array(z.string()),
  incidents: z.array(
    z.object({ id: z.string(), records: z.array(z.object({ place: z.string(), data: z.unknown() })) }),
  ),
  elsewhere,
}) satisfies z.ZodType<PersonExport>;

export const erasedPerson = z.object({
  email: z.string(),
  alias: z.string().meta({ description: "Who they are called from now on" }),
  erased: z.array(z.string()).meta({ description: "Incidents in which they were forgotten" }),
  unsettled: z
    .array(z.string())
    .meta({ description: "Incidents that are still worked on: left as they are" }),
  elsewhere,
}) satisfies z.ZodType<ErasedPerson>;
