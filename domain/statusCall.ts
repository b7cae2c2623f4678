import type { Facts } from "./plan.ts";

/**
 * A call that comes again every so many minutes or hours until its incident is resolved. Zoom repeats a meeting daily at
 * most, so it is one meeting without fixed times, and people are reminded of each call on the timeline.
 */
export type StatusCall = {
  meetingId: string;
  topic: string;
  joinUrl: string;
  everyMs: number;
  /** The first call, epoch milliseconds. */
  firstAtMs: number;
  /** No call is later than this, resolved or not. */
  lastAtMs: number;
};

/** Why no more calls come. */
export type StatusCallEnd = "resolved" | "last" | "cancelled";

export type StatusCallInput = { incidentId: string; call: StatusCall; facts: Facts };

export const statusCallWorkflowId = (meetingId: string): string => `status-call-${meetingId}`;

/**
 * When the next call is after this instant; undefined if there is none. Calls that were missed, since no worker ran,
 * are not made up for.
 */
export const nextCallMs = (
  { everyMs, firstAtMs, lastAtMs }: StatusCall,
  afterMs: number,
): number | undefined => {
  const missed = Math.max(0, Math.floor((afterMs - firstAtMs) / everyMs) + 1);
  const atMs = firstAtMs + missed * everyMs;
  return atMs <= lastAtMs ? atMs : undefined;
};

export type StatusCallActivities = {
  /** Puts a reminder on the timeline. `isGone`: the meeting is no more, which the timeline says instead. */
  remindOfStatusCall(request: {
    incidentId: string;
    call: StatusCall;
    atMs: number;
  }): Promise<{ isGone: boolean }>;
  /** Deletes the meeting and says why. While people are in it, it fails with `not_ready` and is to be tried again. */
  removeStatusCall(request: { incidentId: string; call: StatusCall; end: StatusCallEnd }): Promise<void>;
  /** For when it could not be removed: says so on the timeline. */
  leaveStatusCall(request: { incidentId: string; call: StatusCall }): Promise<void>;
};
