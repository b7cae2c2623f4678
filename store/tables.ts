import type { ColumnType, Generated } from "kysely";
import type { Attendance } from "../domain/attendance.ts";
import type { FollowUp } from "../domain/followUp.ts";
import type { Incident } from "../domain/incident.ts";
import type { MeetingLife } from "../domain/meetingLife.ts";
import type { Movement, Participant } from "../domain/movements.ts";
import type { Execution } from "../domain/plan.ts";
import type { Runbook } from "../domain/runbook.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { AccessTables } from "./accessTables.ts";
import type { ConnectorRow, Intent, TrackedMeeting } from "./types.ts";
import type { SubscriberRow } from "./subscriberTypes.ts";

/** A document: written as the text that `json` makes, read as what it was. */
type Doc<T> = ColumnType<T, string, string>;

/** Written as ISO 8601; on the way out the drivers make a Date, which keeps milliseconds only. */
type Instant = ColumnType<Date, string, string>;

/** Computed by the database from the document, so the two never disagree. */
type Derived<T> = ColumnType<T, never, never>;

type WithDefault<T> = ColumnType<T, T | undefined, T>;

/** The tables that `migrations/` makes. */
export type Tables = AccessTables & {
  incidents: {
    id: string;
    doc: Doc<Incident>;
    severity: Derived<string>;
    status: Derived<string>;
    created_at: Instant;
    updated_at: Instant;
    last_seq: Generated<number>;
    people_forgotten_seq: ColumnType<number | null, never, number>;
  };
  timeline_events: {
    incident_id: string;
    seq: number;
    event_id: string;
    doc: Doc<TimelineEvent>;
    recorded_at: Generated<Date>;
  };
  runbooks: {
    key: string;
    version: number;
    doc: Doc<Runbook>;
    source: string;
    updated_at: WithDefault<Date>;
    updated_by: string;
    removed_at: ColumnType<Date | null, never, Date | null>;
  };
  runbook_versions: {
    key: string;
    version: number;
    doc: Doc<Runbook>;
    source: string;
    created_at: WithDefault<Date>;
    created_by: string;
  };
  executions: {
    id: string;
    incident_id: string;
    doc: Doc<Execution>;
    state: Derived<string>;
    ended: Derived<boolean>;
    started_at: Instant;
  };
  meetings: {
    meeting_id: string;
    incident_id: string;
    doc: Doc<TrackedMeeting>;
    life: ColumnType<MeetingLife | null, string | undefined, string>;
    created_at: Instant;
    heard_at: ColumnType<Date | null, never, Date | null>;
  };
  meeting_movements: {
    meeting_id: string;
    uuid: string;
    key: string;
    at_ms: number;
    type: Movement["type"];
    doc: Doc<Omit<Participant, "key">>;
    recorded_at: Generated<Date>;
  };
  attendances: {
    meeting_id: string;
    uuid: string;
    doc: Doc<Attendance>;
  };
  follow_ups: {
    meeting_id: string;
    incident_id: string;
    runbook: string;
    step: string;
    n: number;
    doc: Doc<FollowUp>;
  };
  intents: {
    key: string;
    action: string;
    host: string;
    marker: string;
    state: WithDefault<Intent["state"]>;
    tries: Generated<number>;
    tried_at: ColumnType<Date | null, never, Date | null>;
    meeting_id: ColumnType<string | null, never, string>;
    connector: ColumnType<Intent["madeIn"], string | null, string | null>;
    created_at: Generated<Date>;
  };
  sendings: {
    key: string;
    note: Doc<unknown>;
    sent: Generated<boolean>;
    claimed_at: Generated<Date>;
  };
  receipts: {
    key: string;
    accepted_at: Generated<Date>;
    handled_at: ColumnType<Date | null, never, Date | null>;
  };
  connectors: {
    id: string;
    name: string;
    kind: ConnectorRow["kind"];
    account_id: string | null;
    user_id: ColumnType<string | null, never, string>;
    client_id: string;
    is_default: boolean;
    hosts: Doc<string[]>;
    host_group: WithDefault<string | null>;
    plan: WithDefault<ConnectorRow["plan"]>;
    meeting_defaults: ColumnType<ConnectorRow["meeting_defaults"], string | null | undefined, string | null>;
    authorized_at: Generated<Date>;
    sealed_secrets: string;
    state: ConnectorRow["state"];
    sealed_grant: ColumnType<string | null, never, string>;
    grant_version: Generated<number>;
    granted_at: ColumnType<Date | null, never, Date>;
    renewing_until: ColumnType<Date | null, never, Date | null>;
    created_at: Generated<Date>;
    created_by: string;
    updated_at: Generated<Date>;
  };
  webhooks_heard: {
    connector_id: string;
    heard_at: Generated<Date>;
  };
  connector_sign_ins: {
    state_hash: string;
    browser_hash: string;
    connector_id: string;
    sealed_verifier: string;
    started_by: string;
    expires_at: Generated<Date>;
  };
  subscribers: {
    id: string;
    name: string;
    url: string;
    kinds: Doc<SubscriberRow["kinds"]>;
    severities: Doc<SubscriberRow["severities"]>;
    enabled: WithDefault<boolean>;
    sealed_secrets: string;
    old_secret_until: ColumnType<Date | null, never, string | null>;
    failing_since: ColumnType<Date | null, never, null>;
    problem: ColumnType<string | null, never, string | null>;
    last_accepted_at: ColumnType<Date | null, never, Date>;
    quiet_until: ColumnType<Date | null, never, null>;
    created_at: Generated<Date>;
    created_by: string;
    updated_at: Generated<Date>;
  };
  subscriber_streams: {
    subscriber_id: string;
    incident_id: string;
    seq: number;
    known_seq: number;
    due_at: Date | null;
    claim: string | null;
    tries: Generated<number>;
    failing_since: Date | null;
    problem: string | null;
  };
  dead_letters: {
    incident_id: string;
    seq: number;
    subscriber_id: string;
    tries: number;
    problem: string;
    given_up_at: Generated<Date>;
  };
};
