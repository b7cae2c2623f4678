import type { MeetingLife } from "./meetingLife.ts";
import { isSettled, lastEndMs } from "./meetingLife.ts";

const minuteMs = 60_000;

/** Webhooks of a meeting come when something happens: after this long without one, they may be lost. */
export const trustMs = 5 * minuteMs;

/** When a meeting is looked at for the first time; before its start nobody need look. */
export const firstLookMs = (startsAtMs: number | undefined, nowMs: number): number =>
  Math.max(0, (startsAtMs ?? 0) - nowMs) + 2 * minuteMs;

/** The longest pause between two looks: a call that goes on is soon over; one that nobody joins may wait. */
const longestPauseMs = (life: MeetingLife): number => {
  if (life.state === "live") return 20 * minuteMs;
  const isAwaited = life.state !== "waiting" && !life.recordingReady;
  return (isAwaited ? 30 : 120) * minuteMs;
};

/** How long to wait before the next look, after `looks` that found nothing new: doubled each time. */
export const pauseMs = (life: MeetingLife, looks: number): number =>
  Math.min(longestPauseMs(life), 2 * minuteMs * 2 ** Math.min(looks, 10));

/** How long to wait for a date that is ahead; people may come early, and a date may be moved. */
export const untilDateMs = (dateMs: number, nowMs: number, pause: number): number =>
  dateMs > nowMs ? Math.min(firstLookMs(dateMs, nowMs), 6 * 60 * minuteMs) : pause;

/** How long a meeting that ended is followed, for people who come back. */
export const followedAfterEndMs = 24 * 60 * minuteMs;

/** Whether all is told, and nobody will come back. */
export const isOver = (life: MeetingLife, nowMs: number): boolean => {
  if (!isSettled(life)) return false;
  return life.state === "deleted" || nowMs - (lastEndMs(life) ?? 0) >= followedAfterEndMs;
};

/** How long a meeting is followed that nobody joins. */
export const followedUnusedMs = 48 * 60 * minuteMs;
