import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { getMeeting } from "../zoom/meetings.ts";
import { getPastMeeting, listInstances } from "../zoom/pastMeetings.ts";
import { getRecordings } from "../zoom/recordings.ts";

/** What Zoom knows of a meeting that we do not: the events that lost webhooks would have told. */
export const observeMeeting = async (
  zoom: ZoomClient,
  meetingId: string,
  life: MeetingLife,
  nowMs: number,
): Promise<MeetingEvent[]> => {
  const meeting = await orGone(getMeeting(zoom, meetingId));
  if (!meeting) return [{ type: "deleted", atMs: nowMs }];
  const ended = await unknownEnds(zoom, meetingId, life);
  const isLiveUnknown = meeting.status === "started" && life.state !== "live";
  const started: MeetingEvent[] = isLiveUnknown ? [{ type: "started", uuid: meeting.uuid, atMs: nowMs }] : [];
  const recording =
    life.state === "ended" && !life.recordingReady ? await recordingEvent(zoom, meetingId, nowMs) : [];
  return [...ended, ...started, ...recording];
};

/** Zoom answers 404 for a meeting that was deleted, has expired, or has never been live. */
export const orGone = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ZoomError && error.code === "not_found") return undefined;
    throw error;
  }
};

const unknownEnds = async (
  zoom: ZoomClient,
  meetingId: string,
  life: MeetingLife,
): Promise<MeetingEvent[]> => {
  const instances = (await orGone(listInstances(zoom, meetingId))) ?? [];
  const known = new Set(
    life.sessions.filter(({ endedAtMs }) => endedAtMs !== undefined).map(({ uuid }) => uuid),
  );
  const ends = await Promise.all(
    instances
      .filter(({ uuid }) => !known.has(uuid))
      .map(async ({ uuid }): Promise<MeetingEvent[]> => {
        const past = await orGone(getPastMeeting(zoom, uuid));
        if (!past) return [];
        return [
          { type: "started", uuid, atMs: past.startMs },
          { type: "ended", uuid, atMs: past.endMs },
        ];
      }),
  );
  return ends.flat();
};

export const recordingEvent = async (
  zoom: ZoomClient,
  meetingId: string,
  nowMs: number,
): Promise<MeetingEvent[]> => {
  try {
    const { uuid } = await getRecordings(zoom, meetingId);
    return [{ type: "recording_completed", uuid, atMs: nowMs }];
  } catch (error) {
    if (error instanceof ZoomError && error.code === "not_ready") return [];
    throw error;
  }
};
