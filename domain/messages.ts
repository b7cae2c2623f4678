import type { Incident, IncidentPatch, Person } from "./incident.ts";
import type { IncidentChange } from "./incidentChange.ts";
import type {
  Effects,
  Execution,
  ExecutionState,
  Facts,
  Json,
  MeetingFacts,
  Plan,
  StartedBy,
} from "./plan.ts";
import type { WaitEvent } from "./runbook.ts";
import type { TimelineEvent } from "./timeline.ts";
import type { MeetingEvent, MeetingLife } from "./meetingLife.ts";

/** Names and shapes that cross a process, once. */

export const taskQueue = "zoom-runbooks";

export const incidentWorkflowId = (incidentId: string): string => `incident-${incidentId}`;
export const executionId = (incidentId: string, runbook: string, n: number): string =>
  `runbook-${incidentId}-${runbook}-${n}`;
export const meetingWorkflowId = (meetingId: string): string => `meeting-${meetingId}`;

export const searchAttributes = ["IncidentId", "Severity", "RunbookKey", "MeetingId", "Outcome"] as const;

// ── incident ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type IncidentInput = {
  incident: Incident;
  /** What was planned and started when the incident was declared; absent when the workflow is to see to that. */
  planned?: { executionId: string; runbook: string }[];
  /** Set when the workflow goes on from an earlier run of its own (continue-as-new). */
  resumed?: IncidentMemory;
  /** Set when the incident may have had a workflow before: what it knew is in the store. */
  recall?: boolean;
};

/** What an incident's workflow remembers beyond the incident's fields. */
export type IncidentMemory = {
  facts: Facts;
  /** How often each runbook was started for this incident, by key. */
  starts: { [runbook: string]: number };
  /** Executions that have not ended, with what they wait for. */
  open: { [executionId: string]: WaitingFor[] };
  /** Meetings that are followed. */
  followed: string[];
  /** Signals that came in but were not acted on before continue-as-new. */
  pending: IncidentNews[];
};

export type WaitingFor = { event: WaitEvent; meetingId?: string };

/** What is signalled to an incident. */
export type IncidentNews =
  | { type: "execution"; report: ExecutionReport }
  | { type: "meeting"; meetingId: string; facts: MeetingFacts; headCount: number; over: boolean };

export type ExecutionReport = {
  executionId: string;
  state: ExecutionState;
  waitingFor: WaitingFor[];
  factsVersion: number;
  effects: Effects[];
};

export const incidentSignals = { news: "news" } as const;
export const incidentUpdates = { change: "change", execute: "execute" } as const;
export const incidentQueries = { memory: "memory" } as const;

export type ChangeRequest = { patch: IncidentPatch; by: StartedBy };
export type ExecuteRequest = { runbook: string; inputs: { [name: string]: Json }; by: StartedBy };
export type ExecuteAnswer = { executionId: string };

// ── runbook ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type RunbookWorkflowInput = { executionId: string; plan: Plan; facts: Facts; startedBy: StartedBy };

export const runbookSignals = { facts: "facts" } as const;
export const runbookUpdates = {
  retryStep: "retryStep",
  skipStep: "skipStep",
  approve: "approve",
  cancel: "cancel",
} as const;
export const runbookQueries = { progress: "progress" } as const;

export type StepCommand = { step?: string; by: StartedBy };
export type CommandAnswer = { execution: Execution };

// ── meeting ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type MeetingWorkflowInput = {
  meetingId: string;
  incidentId: string;
  topic: string;
  /** Who is expected: the incident's owner and responders. */
  expected: Person[];
  startsAtMs?: number;
  life?: MeetingLife;
};

export const meetingSignals = { zoom: "zoom" } as const;
export const meetingQueries = { life: "life" } as const;
export type MeetingSignal = MeetingEvent;

// ── activities that every workflow may ask for ───────────────────────────────────────────────────────────────────

/** Something happened to an incident, or a runbook was asked for by hand. */
export type PlanRequest = {
  incident: Incident;
  change: IncidentChange | null;
  /** Events written with it: what happened to the incident. */
  events: TimelineEvent[];
  starts: { [runbook: string]: number };
  execute: ExecuteRequest | null;
  by: StartedBy;
  /** The workflow's time, ISO 8601. */
  now: string;
};

export type PlannedExecution = { executionId: string; plan: Plan };

/** What the store knows of an incident whose workflow starts anew. */
type Recollection = {
  /** Nothing is on its timeline yet: it was noted, but its workflow never ran. */
  isNew: boolean;
  bridge: Facts["bridge"];
  starts: { [runbook: string]: number };
  /** Noted when the incident was declared, and maybe never started. */
  unbegun?: PlannedExecution[];
};

export type CoreActivities = {
  /**
   * Matches triggers, compiles plans, and saves the incident, its events and the executions that start, in one go.
   * Asked twice for the same change it answers the same and records nothing twice.
   */
  planRunbooks(request: PlanRequest): Promise<PlannedExecution[]>;
  recallIncident(request: { incidentId: string }): Promise<Recollection>;
  /** Appends events, and saves how an execution stands. An event that is there already is left as it is. */
  recordEvents(request: {
    incidentId: string;
    events: TimelineEvent[];
    execution?: Execution;
  }): Promise<void>;
  /** Saves what is known of a meeting with the events that follow from it. */
  recordMeeting(request: {
    incidentId: string;
    meetingId: string;
    life: MeetingLife;
    events: TimelineEvent[];
  }): Promise<void>;
  /** Asks Zoom how a meeting stands, for when webhooks stay silent. */
  observeMeeting(request: { meetingId: string; life: MeetingLife }): Promise<MeetingEvent[]>;
};
