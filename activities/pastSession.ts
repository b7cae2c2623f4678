import type { TrackedMeeting } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Instance, PastParticipant } from "../zoom/pastMeetings.ts";
import { getPastMeeting, listPastParticipants } from "../zoom/pastMeetings.ts";
import type { Absentee } from "../zoom/pastWebinars.ts";
import { listAbsentees, listWebinarInstances, listWebinarParticipants } from "../zoom/pastWebinars.ts";
import { getWebinar } from "../zoom/webinars.ts";

/** One session that is over, with everybody's stays. Times in epoch milliseconds. */
export type PastSession = {
  uuid: string;
  startMs: number;
  endMs: number;
  stays: PastParticipant[];
  /** Who registered and did not come; null where nobody had to register, or Zoom does not let us see them. */
  absentees: Absentee[] | null;
};

/** The latest session of a meeting or a webinar. */
export const latestSession = (
  zoom: ZoomClient,
  meetingId: string,
  kind: TrackedMeeting["kind"],
): Promise<PastSession> =>
  kind === "webinar" ? latestWebinarSession(zoom, meetingId) : latestMeetingSession(zoom, meetingId);

const latestMeetingSession = async (zoom: ZoomClient, meetingId: string): Promise<PastSession> => {
  const { uuid, startMs, endMs } = await getPastMeeting(zoom, meetingId);
  return { uuid, startMs, endMs, stays: await listPastParticipants(zoom, uuid), absentees: null };
};

const latestWebinarSession = async (zoom: ZoomClient, webinarId: string): Promise<PastSession> => {
  const instances = await listWebinarInstances(zoom, webinarId);
  const [latest] = instances.toSorted((a, b) => (b.startMs ?? 0) - (a.startMs ?? 0));
  if (!latest) throw neverLive(webinarId);
  const stays = await listWebinarParticipants(zoom, latest.uuid);
  const absentees = await absenteesOf(zoom, webinarId, latest.uuid);
  return { uuid: latest.uuid, ...webinarTimes(latest, stays), stays, absentees };
};

/** Zoom tells when a webinar started, and of its end only when people left. */
export const webinarTimes = (
  { startMs }: Instance,
  stays: readonly PastParticipant[],
): { startMs: number; endMs: number } => {
  const start = startMs ?? Math.min(...stays.map(({ joinMs }) => joinMs));
  return { startMs: start, endMs: Math.max(start, ...stays.map(({ leaveMs }) => leaveMs)) };
};

const absenteesOf = async (
  zoom: ZoomClient,
  webinarId: string,
  uuid: string,
): Promise<PastSession["absentees"]> => {
  try {
    const { settings } = await getWebinar(zoom, webinarId);
    if (settings.approval_type === undefined || settings.approval_type === 2) return null;
    return await listAbsentees(zoom, uuid);
  } catch (error) {
    // Attendance without the absentees is better than none.
    if (error instanceof ZoomError && !error.retryable) return null;
    throw error;
  }
};

const neverLive = (webinarId: string): ZoomError =>
  new ZoomError({
    code: "not_found",
    message: `Webinar ${webinarId} has not been live yet.`,
    advice: "Wait until it has ended (a wait step for meeting.ended), then retry the step, or skip it.",
    method: "GET",
    path: `/past_webinars/${webinarId}/instances`,
  });
