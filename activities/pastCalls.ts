import type { TrackedMeeting } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Instance, PastParticipant } from "../zoom/pastMeetings.ts";
import { getPastMeeting, listInstances, listPastParticipants } from "../zoom/pastMeetings.ts";
import type { Absentee } from "../zoom/pastWebinars.ts";
import { listAbsentees, listWebinarInstances, listWebinarParticipants } from "../zoom/pastWebinars.ts";
import { getWebinar } from "../zoom/webinars.ts";

/** One session that is over. Times in epoch milliseconds. */
export type PastCall = { uuid: string; startMs: number; endMs: number };

/** What Zoom keeps in one place for meetings and in another for webinars. */
type PastCalls = {
  /** Every session that is over. */
  list: (zoom: ZoomClient, meetingId: string) => Promise<Instance[]>;
  get: (zoom: ZoomClient, instance: Instance) => Promise<PastCall>;
  participants: (zoom: ZoomClient, uuid: string) => Promise<PastParticipant[]>;
};

const meetings: PastCalls = {
  list: listInstances,
  get: (zoom, { uuid }) => getPastMeeting(zoom, uuid),
  participants: (zoom, uuid) => listPastParticipants(zoom, uuid, { orReport: true }),
};

/** Of a webinar's session Zoom tells the start, and of its end only when people left. */
const webinarCall = async (zoom: ZoomClient, { uuid, startMs }: Instance): Promise<PastCall> => {
  const stays = await listWebinarParticipants(zoom, uuid);
  if (stays.length === 0) throw nobodyListed(uuid);
  const start = startMs ?? Math.min(...stays.map(({ joinMs }) => joinMs));
  return { uuid, startMs: start, endMs: Math.max(start, ...stays.map(({ leaveMs }) => leaveMs)) };
};

const webinars: PastCalls = {
  list: listWebinarInstances,
  get: webinarCall,
  participants: listWebinarParticipants,
};

export const pastCallsOf = (kind: TrackedMeeting["kind"]): PastCalls =>
  kind === "webinar" ? webinars : meetings;

/**
 * Who registered for a webinar's session and did not come. Null where nobody had to register, or Zoom does not let us
 * see them: attendance without the absentees is better than none.
 */
export const absenteesOf = async (
  zoom: ZoomClient,
  webinarId: string,
  uuid: string,
): Promise<Absentee[] | null> => {
  try {
    const { settings } = await getWebinar(zoom, webinarId);
    if (settings.approval_type === undefined || settings.approval_type === 2) return null;
    return await listAbsentees(zoom, uuid);
  } catch (error) {
    if (error instanceof ZoomError && !error.retryable) return null;
    throw error;
  }
};

const nobodyListed = (uuid: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Zoom lists nobody in the webinar's session ${uuid}: it has not come to it yet, or only one person was there.`,
    mayBeAbsent: true,
    method: "GET",
    path: `/past_webinars/${uuid}/participants`,
  });
