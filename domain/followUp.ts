import type { Facts, FollowUpMade, StepRequest } from "./plan.ts";

/** A follow-up meeting, and what it is scheduled by: kept so that it can move, be withdrawn and be scheduled anew. */
export type FollowUp = {
  meeting_id: string;
  incident_id: string;
  /** The step it is the follow-up of: each has at most one ahead. */
  runbook: string;
  step: string;
  /** Counts the meetings of the step, from 1. */
  n: number;
  /**
   * `withdrawn`, after `withdrawing`: the incident reopened; another one is scheduled when it is resolved again.
   * `gone`: somebody deleted it in Zoom, which is theirs to decide.
   */
  state: "ahead" | "withdrawing" | "withdrawn" | "gone";
  /** The resolution that its time follows from; null when it was scheduled for an incident that was still open. */
  resolved_at: string | null;
  /** ISO 8601, UTC. */
  start_time: string;
  duration_minutes: number;
  /** How long before the start people are reminded. */
  remind_before_ms: number[];
  /** Emails of those who were invited; not there of meetings scheduled before this was kept. */
  invited?: string[];
  /** Of the entry in people's calendars: what replaces a withdrawn meeting keeps it, so that the entry moves. */
  calendar_uid: string;
  /** Counts the changes of that entry. */
  calendar_sequence: number;
  /** Whoever has it may read the entry. */
  calendar_token: string;
  /** When the entry last changed, ISO 8601. */
  changed_at: string;
  /** The step's request, by which it is scheduled anew. */
  request: StepRequest;
};

/** Whether we take the meeting back ourselves. */
export const isWithdrawn = ({ state }: FollowUp): boolean => state === "withdrawn" || state === "withdrawing";

export type FollowUpWorkflowInput = { made: FollowUpMade; facts: Facts };

/** What became of a follow-up whose incident has another resolution. */
export type Revision =
  | { outcome: "kept" | "moved"; made: FollowUpMade }
  | { outcome: "withdrawn" | "gone" | "live" }
  /** Another meeting, instead of one that was withdrawn. */
  | { outcome: "anew"; made: FollowUpMade };

/** What a look at the meeting before its reminder found; `moved`: somebody moved it in Zoom. */
export type Reminder = { outcome: "reminded" | "gone" } | { outcome: "moved"; startsAtMs: number };

export type FollowUpActivities = {
  /** Brings a follow-up in line with the incident's resolution: `null` is none. Asked again, it changes nothing more. */
  reviseFollowUp(request: { meetingId: string; resolvedAt: string | null }): Promise<Revision>;
  /**
   * Puts a reminder on the timeline, unless the meeting is no longer at that time. `isStart`: it only looks whether the
   * meeting, which is due now, is.
   */
  remindFollowUp(request: { meetingId: string; startsAtMs: number; isStart?: boolean }): Promise<Reminder>;
};

export const followUpSignals = { facts: "facts", made: "made" } as const;

export const followUpWorkflowId = (meetingId: string): string => `followup-${meetingId}`;

/** Where a calendar finds a follow-up's entry. */
export const calendarPath = ({ meeting_id, calendar_token }: FollowUp): string =>
  `/calendar/${meeting_id}/${calendar_token}.ics`;

/** When reminders of a meeting that is known from now on are due, the first of them first; what is late is left out. */
export const remindersAhead = (
  { startsAtMs, remindBeforeMs }: Pick<FollowUpMade, "startsAtMs" | "remindBeforeMs">,
  nowMs: number,
): number[] =>
  remindBeforeMs
    .map((beforeMs) => startsAtMs - beforeMs)
    .filter((dueMs) => dueMs > nowMs && dueMs < startsAtMs)
    .toSorted((a, b) => a - b);
