import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import { openSessions } from "../domain/meetingLife.ts";
import type { ZoomClient } from "../zoom/client.ts";
import type { Webinar } from "../zoom/webinars.ts";
import { unlessGone, ZoomError } from "../zoom/errors.ts";
import { getWebinar } from "../zoom/webinars.ts";
import { orUntold } from "./observeMeeting.ts";
import { pastCallsOf } from "./pastCalls.ts";

const minuteMs = 60_000;

/** As `observeMeeting`, of a webinar: Zoom does not tell that one is live, so what is found are sessions that ended. */
export const observeWebinar = async (
  zoom: ZoomClient,
  webinarId: string,
  life: MeetingLife,
  nowMs: number,
): Promise<MeetingEvent[]> => {
  const webinar = await unlessGone(getWebinar(zoom, webinarId));
  const ended = await unknownEnds(zoom, webinarId, webinar, life, nowMs);
  if (webinar) return ended;
  // Nobody is in a webinar that was deleted.
  const open = openSessions(life).filter(({ uuid }) => ended.every((each) => each.uuid !== uuid));
  const over = open.map(({ uuid }): MeetingEvent => ({ type: "ended", uuid, atMs: nowMs, noticed: true }));
  return [...ended, ...over, { type: "deleted", atMs: nowMs }];
};

type SessionEvent = Extract<MeetingEvent, { type: "started" | "ended" }>;

const unknownEnds = async (
  zoom: ZoomClient,
  webinarId: string,
  webinar: Webinar | undefined,
  life: MeetingLife,
  nowMs: number,
): Promise<SessionEvent[]> => {
  const past = pastCallsOf("webinar");
  const known = new Set(
    life.sessions.flatMap(({ uuid, endedAtMs }) => (endedAtMs === undefined ? [] : uuid)),
  );
  const instances = (await orUntold(past.list(zoom, webinarId))) ?? [];
  const ends = await Promise.all(
    instances
      .filter(({ uuid }) => !known.has(uuid))
      .map(async (instance): Promise<SessionEvent[]> => {
        const { uuid, startMs = nowMs } = instance;
        const plannedEndMs = startMs + (webinar?.durationMinutes ?? Infinity) * minuteMs;
        // It is over, though Zoom lists nobody: for a moment after the end, and for good if only one person was there.
        const call = await past.get(zoom, instance).catch((error: unknown) => {
          if (!(error instanceof ZoomError) || !error.mayBeAbsent) throw error;
          return { startMs, endMs: Math.min(nowMs, plannedEndMs) };
        });
        return [
          { type: "started", uuid, atMs: call.startMs },
          { type: "ended", uuid, atMs: call.endMs },
        ];
      }),
  );
  return ends.flat();
};
