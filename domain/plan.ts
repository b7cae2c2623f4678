import type { Failure } from "./failures.ts";
import type { Bridge, Incident, IncidentPatch, Person } from "./incident.ts";
import type { Condition, WaitEvent } from "./runbook.ts";
import type { StatusCall } from "./statusCall.ts";
import type { TimelineEvent } from "./timeline.ts";

/** JSON, as it travels through histories. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * A runbook compiled for one execution, pinned as the workflow's input: editing the runbook or adding an action
 * never changes a run in flight.
 */
export type Plan = {
  version: 1;
  runbook: string;
  title: string;
  /** The inputs given for this execution, defaults filled in. */
  inputs: Record<string, Json>;
  steps: PlanStep[];
};

export type PlanStep = ActionStep | WaitStep | ParallelStep;

type StepCommon = { id: string; title: string; when?: PlanGuard };

type PlanGuard = { match: "all" | "any"; conditions: Condition[] };

export type ActionStep = StepCommon & {
  kind: "action";
  /** The activity type, which is the action's key. */
  activity: string;
  /** With templates, rendered by the workflow right before the step runs. */
  input: { [key: string]: Json };
  /** The id of the Zoom account to work in; the default one when the step runs if absent. */
  connector?: string;
  policy: StepPolicy;
  onFailure: "stop" | "continue" | "pause";
  fallback?: { [key: string]: Json };
  /** What takes back what the step made, when the run is cancelled. */
  undo?: { activity: string; input: { [key: string]: Json }; policy: StepPolicy };
};

export type StepPolicy = {
  startToCloseMs: number;
  /** All tries together. */
  scheduleToCloseMs: number;
  heartbeatMs: number;
  initialRetryMs: number;
  backoff: number;
  maximumRetryMs: number;
  /** 0: as many as fit into `scheduleToCloseMs`. */
  maximumAttempts: number;
};

export type WaitStep = StepCommon & {
  kind: "wait";
  wait:
    | { for: WaitEvent; meetingId?: string }
    | { for: "approval" }
    | { durationMs: number }
    /** An instant, or a template of one. */
    | { until: string };
  timeoutMs?: number;
  onTimeout: "stop" | "continue" | "pause";
};

export type ParallelStep = StepCommon & { kind: "parallel"; steps: (ActionStep | WaitStep)[] };

/** What an activity of an action is asked to do. Ids only: secrets are fetched where they are used. */
export type StepRequest = {
  incidentId: string;
  executionId: string;
  runbook: string;
  step: string;
  title: string;
  /** Counts operators' retries of the step; 1 at first. Part of event ids, so each round has its own events. */
  round: number;
  input: { [key: string]: Json };
  /** The Zoom account to work in, as the plan names it. */
  connector?: string;
  /** Where people can meet while the step keeps failing. */
  fallback?: { [key: string]: Json };
  /** What happened in the run before this step and is not on the timeline yet: written with the step's own events. */
  notes?: TimelineEvent[];
};

/** What an activity of an action answers. */
export type StepResult = { outputs: { [key: string]: Json }; effects?: Effects };

/** What a step's result means for the incident; gathered by the run, carried to the incident in one signal. */
export type Effects = {
  bridge?: Bridge;
  meetings?: MeetingMade[];
  /** Meetings whose workflows were started on the way to the incident. */
  followed?: MeetingMade[];
  /** Calls to remind of until the incident is resolved. */
  statusCalls?: StatusCall[];
  followUps?: FollowUpMade[];
  patch?: IncidentPatch;
};

export type MeetingMade = {
  meetingId: string;
  topic: string;
  purpose: "bridge" | "follow_up" | "other";
  /** When it is scheduled for; nobody need look at it before. */
  startsAtMs?: number;
};

/** What the meeting's workflow does by itself. */
export type MeetingFollow = {
  /** Time into a call after which those who are missing are named; never when absent. */
  missingAfterMs?: number;
  /** Calls those who are named, by these ways; nobody when absent. */
  callMissing?: { phones: boolean; contacts: boolean };
  /** Ends the call after the incident was resolved, once nobody is left to talk to, and at the latest at the bound. */
  endOnResolve?: { afterMs: number; atMostMs: number };
};

/** A meeting that moves with the incident's resolution. */
export type FollowUpMade = {
  meetingId: string;
  topic: string;
  startsAtMs: number;
  /** The resolution it was scheduled for; null for an incident that was still open. */
  resolvedAt: string | null;
  /** How long before the start people are reminded. */
  remindBeforeMs: number[];
};

export type StepState =
  | "pending"
  | "running"
  | "waiting"
  | "completed"
  | "skipped"
  | "failed"
  | "parked"
  | "cancelled";

export type ExecutionState = "running" | "waiting" | "parked" | "completed" | "failed" | "cancelled";

/** One step of an execution, as the API and the operators' checklist show it. */
export type StepProgress = {
  id: string;
  title: string;
  state: StepState;
  /** Why it was skipped, what it waits for, how it came out. */
  note?: string;
  failure?: Failure;
  outputs?: { [key: string]: Json };
  /** The id of the parallel group it belongs to. */
  group?: string;
};

/** An execution as the API shows it. */
export type Execution = {
  id: string;
  incident_id: string;
  runbook: string;
  title: string;
  state: ExecutionState;
  started_by: string;
  started_at: string;
  ended_at: string | null;
  steps: StepProgress[];
};

/** What the incident knows and its runs may wait for or put into templates. */
export type Facts = {
  /** Grows with every change, so that late news can be told from old. */
  version: number;
  incident: Incident;
  bridge: Bridge | null;
  meetings: { [meetingId: string]: MeetingFacts };
};

export type MeetingFacts = {
  state: "waiting" | "live" | "ended" | "deleted";
  /** Sessions that have ended. */
  endedSessions: number;
  recordingReady: boolean;
  /** Nothing more of it is waited for: it is all told, or nobody came. Absent where that was not told. */
  isOver?: boolean;
};

/** Who started a run: `{{user.name}}`, `{{user.email}}`. */
export type StartedBy = Person & { name: string };
