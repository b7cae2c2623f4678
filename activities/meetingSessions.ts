import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { getPastMeeting, listInstances } from "../zoom/pastMeetings.ts";
import type { MeetingLife } from "../domain/meetingLife.ts";
import type { Session } from "./recordings.ts";

/**
 * Every session of a meeting, by start: those that its life knows, and those that Zoom knows besides. One that is
 * live has no end.
 */
export const sessionsOf = async (
  zoom: ZoomClient,
  meetingId: string,
  life: MeetingLife | null | undefined,
): Promise<Session[]> => {
  const known = life?.sessions ?? [];
  const ended = known.filter(({ endedAtMs }) => endedAtMs !== undefined);
  const instances = await instancesOf(zoom, meetingId, ended.length > 0);
  const news = instances.filter(({ uuid }) => ended.every((session) => session.uuid !== uuid));
  const found = await Promise.all(news.map(({ uuid }) => sessionOf(zoom, uuid)));
  const sessions = new Map([...known, ...found].map((session) => [session.uuid, plain(session)]));
  return [...sessions.values()].toSorted((a, b) => a.startedAtMs - b.startedAtMs);
};

/** What the life knows will do where Zoom refuses to tell; without it there is nothing to go by. */
const instancesOf = async (zoom: ZoomClient, meetingId: string, orNone: boolean) => {
  try {
    return await listInstances(zoom, meetingId);
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    if (error.code === "not_found" || (orNone && !error.retryable)) return [];
    throw error;
  }
};

const sessionOf = async (zoom: ZoomClient, uuid: string): Promise<Session> => {
  const { startMs, endMs } = await getPastMeeting(zoom, uuid);
  return { uuid, startedAtMs: startMs, endedAtMs: endMs };
};

const plain = ({ uuid, startedAtMs, endedAtMs }: Session): Session => ({
  uuid,
  startedAtMs,
  ...(endedAtMs !== undefined && { endedAtMs }),
});
