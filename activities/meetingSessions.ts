import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Instance } from "../zoom/pastMeetings.ts";
import type { MeetingRow, TrackedMeeting } from "../store/index.ts";
import type { PastCall } from "./pastCalls.ts";
import { pastCallsOf } from "./pastCalls.ts";
import type { Session } from "./recordings.ts";

/** What is known of a meeting, as far as it matters here. */
type Followed = Pick<MeetingRow, "life"> & { meeting: Pick<TrackedMeeting, "kind"> };

/**
 * Every session of a meeting, by start: those that its life knows, and those that Zoom knows besides. One that is
 * live has no end.
 */
export const sessionsOf = async (
  zoom: ZoomClient,
  meetingId: string,
  row: Followed | undefined,
): Promise<Session[]> => {
  const known = row?.life?.sessions ?? [];
  const calls = pastCallsOf(row?.meeting.kind);
  const ended = known.filter(({ endedAtMs }) => endedAtMs !== undefined);
  const instances = await instancesOf(calls.list(zoom, meetingId), ended.length > 0);
  const news = instances.filter(({ uuid }) => ended.every((session) => session.uuid !== uuid));
  const found = await Promise.all(news.map((instance) => sessionOf(calls.get(zoom, instance))));
  const sessions = new Map([...known, ...found].map((session) => [session.uuid, plain(session)]));
  return [...sessions.values()].toSorted((a, b) => a.startedAtMs - b.startedAtMs);
};

/** What the life knows will do where Zoom refuses to tell; without it there is nothing to go by. */
const instancesOf = async (instances: Promise<Instance[]>, orNone: boolean) => {
  try {
    return await instances;
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    if (error.code === "not_found" || (orNone && !error.retryable)) return [];
    throw error;
  }
};

const sessionOf = async (call: Promise<PastCall>): Promise<Session> => {
  const { uuid, startMs, endMs } = await call;
  return { uuid, startedAtMs: startMs, endedAtMs: endMs };
};

const plain = ({ uuid, startedAtMs, endedAtMs }: Session): Session => ({
  uuid,
  startedAtMs,
  ...(endedAtMs !== undefined && { endedAtMs }),
});
