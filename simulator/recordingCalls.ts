import type { Handler } from "./call.ts";
import { invalidFields, noRecording, recordingNotReady, transcriptMissing } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { newDownloadToken } from "./recordings.ts";
import { recordingView } from "./recordingViews.ts";
import { findEndedSession, meetingOf } from "./references.ts";
import type { Recording, RecordingFile } from "./recordingState.ts";
import type { Cloud, Session } from "./state.ts";
import { isoDay, isoTime } from "./time.ts";
import { isInTrash, trashedFiles, visibleFiles } from "./recordingTrash.ts";
import { requireUser } from "./users.ts";

const DAY_MS = 24 * 3_600_000;
const GIGABYTES = 10;
const LONGEST_TTL_S = 604_800;

export const getRecordings: Handler = (cloud, { rawParams, query }) => {
  const { session, recording } = requireRecording(cloud, rawParams.meetingId ?? "");
  const view = recordingView(cloud, session, visibleFiles(recording), "download");
  const wantsToken = query.include_fields?.split(",").includes("download_access_token");
  const token = wantsToken && { download_access_token: newDownloadToken(cloud, ttlMs(query.ttl)) };
  return { status: 200, body: { ...view, ...token } };
};

export const listUserRecordings: Handler = (cloud, { params, query }) => {
  const host = requireUser(cloud, params.userId ?? "");
  const nowMs = cloud.clock.now();
  const from = query.from ?? isoDay(nowMs);
  const to = query.to ?? isoDay(nowMs + DAY_MS);
  const filesOf = (session: Session) => listedFiles(cloud, session, query);
  const recorded = [...cloud.sessions.values()]
    .filter((session) => meetingOf(cloud, session).hostId === host.id)
    .filter(({ meetingId }) => query.meeting_id === undefined || query.meeting_id === String(meetingId))
    .filter(({ startedAtMs = 0 }) => isoDay(startedAtMs) >= from && isoDay(startedAtMs) <= to)
    .filter((session) => filesOf(session).length > 0);
  const { items, ...page } = pageOf(cloud, recorded, query, `recordings ${host.id}`);
  const meetings = items.map((session) => {
    const { password: _notListed, ...view } = recordingView(cloud, session, filesOf(session), "download");
    return view;
  });
  return { status: 200, body: { from, to, ...page, meetings } };
};

function listedFiles(cloud: Cloud, { recording }: Session, query: Record<string, string>): RecordingFile[] {
  if (recording?.phase !== "completed") return [];
  if (query.trash !== "true") return isInTrash(recording) ? [] : visibleFiles(recording);
  if (query.trash_type === "recording_file") return isInTrash(recording) ? [] : trashedFiles(recording);
  return isInTrash(recording) ? recording.files : [];
}

/** There is one only when the files are; while they are made, Zoom says so or says that there is none. */
export const getTranscript: Handler = (cloud, { rawParams }) => {
  const { session, recording } = requireRecorded(cloud, rawParams.meetingId ?? "");
  const meeting = meetingOf(cloud, session);
  const file = recording.files.find(({ fileType }) => fileType === "TRANSCRIPT");
  const isGone = isInTrash(recording) || file?.trashedAtMs !== undefined;
  const none = cloud.settings.transcriptDelayMs === null ? "NO_TRANSCRIPT_DATA" : "NOT_READY";
  const restriction = isGone ? "DELETED_OR_TRASHED" : file === undefined ? none : undefined;
  const link = `${cloud.baseUrl}/rec/download/${file?.id}/${cloud.clock.now().toString(36)}`;
  return {
    status: 200,
    body: {
      meeting_id: session.uuid,
      account_id: cloud.accountId,
      meeting_topic: meeting.topic,
      host_id: meeting.hostId,
      can_download: restriction === undefined,
      ...(restriction === undefined
        ? { download_url: link, transcript_created_time: isoTime(cloud.clock.now()) }
        : { download_restriction_reason: restriction }),
    },
  };
};

/** Storage of the account: all of it is used, or nearly nothing. */
export const reportCloudRecording: Handler = (cloud, { query }) => {
  const day = query.from ?? isoDay(cloud.clock.now());
  const used = cloud.settings.recordingStorageFull ? GIGABYTES : 1;
  const storage = {
    date: day,
    free_usage: "0 GB",
    plan_usage: `${GIGABYTES} GB`,
    usage: `${used} GB`,
  };
  return { status: 200, body: { from: day, to: query.to ?? day, cloud_recording_storage: [storage] } };
};

/** Neither deleted nor still in the making. */
export function requireRecording(
  cloud: Cloud,
  rawReference: string,
): { session: Session; recording: Recording } {
  const session = findEndedSession(cloud, rawReference);
  const recording = session?.recording;
  if (session === undefined || recording === undefined || isInTrash(recording)) throw noRecording();
  if (recording.phase !== "completed") throw notReady(cloud);
  if (visibleFiles(recording).length === 0) throw noRecording();
  return { session, recording };
}

const notReady = ({ settings }: Cloud) =>
  settings.recordingNotReady === "none" ? noRecording() : recordingNotReady();

function requireRecorded(cloud: Cloud, rawReference: string): { session: Session; recording: Recording } {
  const session = findEndedSession(cloud, rawReference);
  if (session?.recording === undefined || session.recording.phase !== "completed") throw transcriptMissing();
  return { session, recording: session.recording };
}

function ttlMs(ttl: string | undefined): number {
  const seconds = Number(ttl ?? LONGEST_TTL_S);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_TTL_S) throw invalidFields(["ttl"]);
  return seconds * 1000;
}
