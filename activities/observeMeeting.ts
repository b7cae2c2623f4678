import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import { openSessions } from "../domain/meetingLife.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { unlessGone, unlessRefused } from "../zoom/errors.ts";
import { getMeeting } from "../zoom/meetings.ts";
import { peopleOn } from "./presence.ts";
import { getPastMeeting, listInstances } from "../zoom/pastMeetings.ts";

/** What Zoom knows of a meeting that we do not: the events that lost webhooks would have told. */
export const observeMeeting = async (
  zoom: ZoomClient,
  meetingId: string,
  life: MeetingLife,
  nowMs: number,
): Promise<MeetingEvent[]> => {
  const meeting = await unlessGone(getMeeting(zoom, meetingId));
  const ended = await unknownEnds(zoom, meetingId, life, nowMs, meeting?.status === "started");
  if (!meeting) return [...ended, { type: "deleted", atMs: nowMs }];
  const isKnown = openSessions(life).some(({ uuid }) => uuid === meeting.uuid);
  const isLiveUnknown = meeting.status === "started" && !isKnown;
  return isLiveUnknown ? [...ended, await startOf(zoom, meeting.uuid, nowMs)] : ended;
};

/** Zoom tells when a call began once it is over; where it lists who is there, the first of them began it. */
const startOf = async (zoom: ZoomClient, uuid: string, nowMs: number): Promise<MeetingEvent> => {
  const joinsMs = (await peopleOn(zoom, uuid))?.flatMap((each) => (each.inWaitingRoom ? [] : each.joinMs));
  return joinsMs?.length
    ? { type: "started", uuid, atMs: Math.min(...joinsMs) }
    : { type: "started", uuid, atMs: nowMs, noticed: true };
};

/** A basic plan, or an app without the scope, is told nothing of calls that are over: only the meeting's status is left. */
export const orUntold = <T>(answer: Promise<T>): Promise<T | undefined> =>
  unlessRefused(["not_found", "plan", "permission", "missing_scope"], answer);

/** Ends that Zoom's list of sessions tells, and those of sessions that it keeps out of it: calls of one person. */
const unknownEnds = async (
  zoom: ZoomClient,
  meetingId: string,
  life: MeetingLife,
  nowMs: number,
  isLive: boolean,
): Promise<MeetingEvent[]> => {
  const instances = (await orUntold(listInstances(zoom, meetingId))) ?? [];
  const ended = life.sessions.filter(({ endedAtMs }) => endedAtMs !== undefined);
  const open = openSessions(life);
  const uuids = new Set([...instances, ...(isLive ? [] : open)].map(({ uuid }) => uuid));
  for (const { uuid } of ended) uuids.delete(uuid);
  const ends = await Promise.all(
    [...uuids].map(async (uuid): Promise<MeetingEvent[]> => {
      const past = await orUntold(getPastMeeting(zoom, uuid));
      // Zoom tells nothing of it, but the meeting is not live any more.
      if (!past)
        return open.some((session) => session.uuid === uuid)
          ? [{ type: "ended", uuid, atMs: nowMs, noticed: true }]
          : [];
      return [
        { type: "started", uuid, atMs: past.startMs },
        { type: "ended", uuid, atMs: past.endMs },
      ];
    }),
  );
  return ends.flat();
};
