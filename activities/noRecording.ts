import type { NoRecording } from "../domain/recordings.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { getMeeting } from "../zoom/meetings.ts";
import { collect } from "../zoom/paging.ts";
import { getPastMeeting } from "../zoom/pastMeetings.ts";
import { listUserRecordings } from "../zoom/recordings.ts";
import { getCloudStorage } from "../zoom/storage.ts";
import { getUser } from "../zoom/users.ts";

const dayMs = 24 * 3_600_000;
const basicUser = 1;

type Session = { uuid: string; startedAtMs: number };

/**
 * Zoom never says why a call has no recording; what it says of the host, the meeting, the session and the account
 * does. What it may not or cannot tell counts for nothing.
 */
export const whyNone = async (
  zoom: ZoomClient,
  meetingId: string,
  session: Session,
): Promise<NoRecording> => {
  const past = await ifTold(getPastMeeting(zoom, session.uuid));
  const meeting = await ifTold(getMeeting(zoom, meetingId));
  const hostId = past?.hostId || meeting?.hostId;
  const ofHost = hostId === undefined ? undefined : await reasonOfHost(zoom, hostId, session);
  const ofMeeting = notRecorded[meeting?.settings.auto_recording ?? "cloud"];
  const told = ofHost ?? ofMeeting;
  if (told) return told;
  if (past && past.participantsCount <= 1) return "one_person";
  return (await isStorageFull(zoom, session)) ? "storage_full" : "unknown";
};

const notRecorded: Readonly<Record<string, NoRecording>> = {
  none: "not_recorded",
  local: "recorded_locally",
};

const reasonOfHost = async (
  zoom: ZoomClient,
  hostId: string,
  session: Session,
): Promise<NoRecording | undefined> => {
  const host = await ifTold(getUser(zoom, hostId));
  if (host?.type === basicUser) return "plan";
  return (await isInTrash(zoom, hostId, session)) ? "trashed" : undefined;
};

const isInTrash = async (zoom: ZoomClient, hostId: string, session: Session): Promise<boolean> => {
  const from = dayOf(session.startedAtMs - dayMs);
  const to = dayOf(session.startedAtMs + dayMs);
  const trashed = await ifTold(collect(listUserRecordings(zoom, hostId, { from, to, trash: true })));
  return trashed?.some(({ uuid }) => uuid === session.uuid) ?? false;
};

const isStorageFull = async (zoom: ZoomClient, { startedAtMs }: Session): Promise<boolean> => {
  const storage = await ifTold(getCloudStorage(zoom, dayOf(startedAtMs)));
  return storage !== undefined && storage.limitBytes > 0 && storage.usedBytes >= storage.limitBytes;
};

const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

const ifTold = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ZoomError) return undefined;
    throw error;
  }
};
