import type { Incident, IncidentPatch, Person } from "./incident.ts";
import type { IncidentChange } from "./incidentChange.ts";
import type {
  Effects,
  Execution,
  ExecutionState,
  Facts,
  FollowUpMade,
  Json,
  MeetingFacts,
  MeetingFollow,
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
  /** By execution. */
  heard?: { [executionId: string]: Heard };
  /** Meetings that are followed. */
  followed: string[];
  /** Follow-up meetings that move with the resolution. */
  followUps?: string[];
  /** Signals that came in but were not acted on before continue-as-new. */
  pending: IncidentNews[];
};

export type WaitingFor = { event: WaitEvent; meetingId?: string };

/** What is signalled to an incident. */
export type IncidentNews =
  | { type: "execution"; report: ExecutionReport }
  | { type: "meeting"; meetingId: string; facts: MeetingFacts; headCount: number | null; over: boolean }
  /** A follow-up has started, or is gone, or another one took its place. */
  | { type: "follow_up"; ended: string; successor: FollowUpMade | null };

export type ExecutionReport = {
  executionId: string;
  state: ExecutionState;
  waitingFor: WaitingFor[];
  factsVersion: number;
  effects: Effects[];
  /** Grows from report to report, so that one that comes late is known. Absent: it came once and in its turn. */
  n?: number;
  /** How many effects of the execution came before these. */
  effectsBefore?: number;
};

/** How much of an execution's reports an incident has heard. */
export type Heard = { n: number; effects: number };

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

export type StepCommand = {
  step?: string;
  by: StartedBy;
  /** When nobody asked for it: what has happened, as the timeline says it. */
  why?: string;
};
export type CommandAnswer = { execution: Execution };

// ── meeting ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type MeetingWorkflowInput = {
  meetingId: string;
  incidentId: string;
  topic: string;
  startsAtMs?: number;
  /** After its start, which is delayed as long unless something happens before. */
  firstLookAfterMs?: number;
  /** Given to runs that began before the store kept the life of meetings. */
  expected?: Person[];
  life?: MeetingLife;
};

export const meetingSignals = { zoom: "zoom", incident: "incident" } as const;
export const meetingQueries = { life: "life" } as const;
/** What happened, for whoever looks at the history: it is written down already, and read from there. */
export type MeetingSignal = MeetingEvent;
/** The incident was resolved, or is open again. */
export type IncidentSignal = { isResolved: boolean };

/** How a meeting stands, as the store knows it. */
export type MeetingNow = {
  life: MeetingLife;
  /** People on the call; null while nobody knows. */
  headCount: number | null;
  follow: MeetingFollow;
  /** Its incident is. Absent in older histories: then signals alone tell. */
  isResolved?: boolean;
};

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
  followUps?: string[];
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
  /**
   * Appends events, and saves how an execution stands. An event that is there already is left as it is. Then tells the
   * incident, whose workflow is started if there is none, and answers that it has.
   */
  recordEvents(request: {
    incidentId: string;
    events: TimelineEvent[];
    execution?: Execution;
    tell?: Telling;
  }): Promise<{ isTold: true } | undefined>;
};

/** What a run tells its incident, which is given as it was when the run was started. */
export type Telling = { incident: Incident; report: ExecutionReport };

/** What the life of a meeting asks for. All of it writes what is new on the timeline by itself, once. */
export type MeetingActivities = {
  /** `looks`: at Zoom first, if webhooks do not tell who is there. */
  meetingNow(request: { meetingId: string; looks?: true }): Promise<MeetingNow>;
  /** Says who of the expected people is not on the call, and who waits to be let in. */
  tellMissing(request: { meetingId: string; uuid: string }): Promise<void>;
  /** Calls those who were named as missing into the call, each once, and says how they answered. */
  callMissing(request: { meetingId: string; uuid: string }): Promise<void>;
  /**
   * Looks at Zoom when webhooks stay silent. Fails with `not_ready`, to be tried again when the next look is due, until
   * there is something new. `isSettled`: nothing is left to look for, and webhooks tell who comes back; `isOver`: nobody
   * came, or will come back, and it has no date ahead. `isLast`: looks whatever was heard.
   */
  watchMeeting(request: {
    meetingId: string;
    unusedAtMs: number;
    isLast?: boolean;
  }): Promise<{ isSettled?: boolean; isOver?: boolean }>;
  /** Says who was there. Fails with `not_ready` until Zoom knows. */
  tellAttendance(request: { meetingId: string; uuid: string }): Promise<void>;
  /** Looks at the recordings of the sessions that are over, and says what is new of them. */
  tellRecordings(request: { meetingId: string }): Promise<void>;
  /** Ends the call, if it goes on. */
  endCall(request: { meetingId: string; why: string }): Promise<void>;
  /** What runs that began before the store kept the life of meetings ask for. */
  recordMeeting(request: {
    incidentId: string;
    meetingId: string;
    life: MeetingLife;
    events: TimelineEvent[];
  }): Promise<void>;
  observeMeeting(request: { meetingId: string; life: MeetingLife }): Promise<MeetingEvent[]>;
};
