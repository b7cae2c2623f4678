import type { z } from "zod";
import type {
  ApiKey,
  ApiKeyRole,
  AuditEntry,
  AuditQuery,
  ConsoleSession,
  newApiKeySchema,
} from "../domain/access.ts";
import type {
  Connector,
  ConnectorCheck,
  connectorEditSchema,
  newConnectorSchema,
} from "../domain/connector.ts";
import type { Bridge, Incident, IncidentStatus } from "../domain/incident.ts";
import type { LintMark } from "../domain/lint.ts";
import type { MeetingFacts, MeetingMade, Execution, Json } from "../domain/plan.ts";
import type { Resealing } from "../domain/resealing.ts";
import type { Runbook } from "../domain/runbook.ts";
import type { Severity } from "../domain/severity.ts";
import type {
  Delivery,
  newSubscriberSchema,
  Resent,
  Subscriber,
  SubscriberPatch,
  Tried,
  WithSecret,
} from "../domain/subscriber.ts";
import type { RecordedEvent } from "../domain/timeline.ts";

/** What the HTTP API answers, once for the gateway that says it and the client that hears it. */

export type IncidentSummary = {
  incident: Incident;
  bridge: Bridge | null;
  /** The sequence number of the newest timeline event; 0 when there is none. */
  last_seq: number;
};

export type IncidentQuery = {
  severity?: Severity | undefined;
  status?: IncidentStatus | undefined;
  /** true: neither resolved nor closed; false: resolved or closed. */
  open?: boolean | undefined;
  q?: string | undefined;
  limit?: number | undefined;
  before?: string | undefined;
};

export type IncidentPage = { incidents: IncidentSummary[]; next: string | null };

export type MeetingView = {
  meeting_id: string;
  topic: string;
  purpose: MeetingMade["purpose"];
  join_url: string;
  passcode: string | null;
  host: string;
  execution_id: string;
  step: string;
  created_at: string;
  state: MeetingFacts["state"];
  /** null while it is live and Zoom has not told of anybody; then nobody is listed as missing either. */
  head_count: number | null;
  /** By email or name, at most 200 of each. */
  present: string[];
  missing: string[];
  waiting_room: string[];
  /** Of the people expected, who came first; the seconds count from when a bridge was ready. */
  first_responder: { person: string; joined_at: string; seconds_to_join: number } | null;
  ended_sessions: number;
  recording_ready: boolean;
};

/** Where people look at it; `workflow` only when the gateway knows Temporal's UI. */
export type Links = { self: string; workflow?: string | undefined };

export type IncidentDetail = IncidentSummary & {
  executions: Execution[];
  meetings: MeetingView[];
  links: Links;
};

export type IncidentAnswer = { incident: Incident; links: Links };

/** `next`: the sequence number to ask after for what comes then. */
export type TimelinePage = { events: RecordedEvent[]; next: number };

/** `live`: asked from the workflow just now; otherwise what was last written down. */
export type ExecutionAnswer = { execution: Execution; live: boolean; links: Links };

export type ExecutionStarted = { execution_id: string; links: Links };

export type StepCommandName = "retry" | "skip" | "approve" | "cancel";

export type RunbookView = { runbook: Runbook; version: number; updated_at: string; updated_by: string };

export type RunbookDetail = RunbookView & { source: string };

export type RunbookSaved = { runbook: Runbook; version: number; changed: boolean; marks: LintMark[] };

export type LintAnswer = { ok: boolean; marks: LintMark[] };

export type ActionView = {
  key: string;
  title: string;
  description: string;
  category: string;
  effect: "read" | "idempotent" | "create";
  scopes: readonly (readonly string[])[];
  /** What a field of the input needs beyond that, where it is given. */
  option_scopes: { [field: string]: readonly (readonly string[])[] };
  /** JSON schemas. */
  input: object;
  output: object;
  example: { [field: string]: Json };
};

export type ConnectorList = { connectors: Connector[] };

export type { Connector, ConnectorCheck };

export type { Resealing };

/** All that is kept of somebody. */
export type PersonExport = {
  email: string;
  /** What else they are known by. */
  names: string[];
  phones: string[];
  /** What tells of them: where it lies, and what it says. */
  incidents: { id: string; records: { place: string; data: unknown }[] }[];
  /** What is no incident's and mentions their email. */
  elsewhere: string[];
};

export type ErasedPerson = {
  email: string;
  /** Who they are called from now on. */
  alias: string;
  /** Incidents in which they were forgotten. */
  erased: string[];
  /** Incidents that are still worked on: they are left as they are. */
  unsettled: string[];
  elsewhere: string[];
};

export type ConnectorInput = z.input<typeof newConnectorSchema>;

export type { ApiKey, ApiKeyRole, AuditEntry, AuditQuery, ConsoleSession };

export type ApiKeyList = { keys: ApiKey[] };

/** `key` is shown this once. */
export type ApiKeyMade = ApiKey & { key: string };

export type ApiKeyInput = z.input<typeof newApiKeySchema>;

/** Who one is. */
export type SessionView = {
  kind: "key" | "session";
  id: string;
  name: string;
  role: ApiKeyRole;
  expires_at: string | null;
};

export type AuditPage = { entries: AuditEntry[]; next: string | null };

export type { Resent, Subscriber, SubscriberPatch, Tried, WithSecret };

export type SubscriberList = { subscribers: Subscriber[] };

export type SubscriberInput = z.input<typeof newSubscriberSchema>;

export type ResendInput = { incident_id?: string | undefined; seq?: number | undefined };

export type DeliveryPage = { deliveries: Delivery[]; next: string | null };
export type ConnectorEditInput = z.input<typeof connectorEditSchema>;

export type OpenSessionList = { sessions: ConsoleSession[] };
