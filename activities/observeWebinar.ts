import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { listWebinarInstances, listWebinarParticipants } from "../zoom/pastWebinars.ts";
import type { Webinar } from "../zoom/webinars.ts";
import { getWebinar } from "../zoom/webinars.ts";
import { orGone, recordingEvent } from "./observeMeeting.ts";
import { webinarTimes } from "./pastSession.ts";

const minuteMs = 60_000;

/** As `observeMeeting`, of a webinar: Zoom does not tell that one is live, so what is found are sessions that ended. */
export const observeWebinar = async (
  zoom: ZoomClient,
  webinarId: string,
  life: MeetingLife,
  nowMs: number,
): Promise<MeetingEvent[]> => {
  const webinar = await orGone(getWebinar(zoom, webinarId));
  if (!webinar) return [{ type: "deleted", atMs: nowMs }];
  const ended = await unknownEnds(zoom, webinar, life, nowMs);
  const isOver = life.state === "ended" && !life.recordingReady;
  return [...ended, ...(isOver ? await recordingEvent(zoom, webinarId, nowMs) : [])];
};

const unknownEnds = async (
  zoom: ZoomClient,
  webinar: Webinar,
  life: MeetingLife,
  nowMs: number,
): Promise<MeetingEvent[]> => {
  const known = new Set(
    life.sessions.flatMap(({ uuid, endedAtMs }) => (endedAtMs === undefined ? [] : uuid)),
  );
  const instances = (await orGone(listWebinarInstances(zoom, webinar.id))) ?? [];
  const ends = await Promise.all(
    instances
      .filter(({ uuid }) => !known.has(uuid))
      .map(async (instance): Promise<MeetingEvent[]> => {
        const stays = (await orGone(listWebinarParticipants(zoom, instance.uuid))) ?? [];
        // Zoom lists nobody for a moment after the end, and never if only one person was there.
        const plannedEndMs = (instance.startMs ?? nowMs) + webinar.durationMinutes * minuteMs;
        const { startMs, endMs } =
          stays.length > 0
            ? webinarTimes(instance, stays)
            : { startMs: instance.startMs ?? nowMs, endMs: Math.min(nowMs, plannedEndMs) };
        const { uuid } = instance;
        return [
          { type: "started", uuid, atMs: startMs },
          { type: "ended", uuid, atMs: endMs },
        ];
      }),
  );
  return ends.flat();
};
