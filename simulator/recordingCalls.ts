import type { Handler } from "./call.ts";
import { invalidFields, noRecording, recordingNotReady } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { newDownloadToken } from "./recordings.ts";
import { recordingView } from "./recordingViews.ts";
import { findEndedSession, meetingOf } from "./references.ts";
import type { Cloud, Recording, Session } from "./state.ts";
import { isoDay } from "./time.ts";
import { requireUser } from "./users.ts";

const DAY_MS = 24 * 3_600_000;
const LONGEST_TTL_S = 604_800;

export const getRecordings: Handler = (cloud, { rawParams, query }) => {
  const { session, recording } = requireRecording(cloud, rawParams.meetingId ?? "");
  const view = recordingView(cloud, session, recording.files, "download");
  const wantsToken = query.include_fields?.split(",").includes("download_access_token");
  const token = wantsToken && { download_access_token: newDownloadToken(cloud, ttlMs(query.ttl)) };
  return { status: 200, body: { ...view, ...token } };
};

export const deleteRecordings: Handler = (cloud, { rawParams }) => {
  const { recording } = requireRecording(cloud, rawParams.meetingId ?? "");
  recording.trashed = true;
  return { status: 204 };
};

export const deleteRecordingFile: Handler = (cloud, { rawParams, params }) => {
  const { recording } = requireRecording(cloud, rawParams.meetingId ?? "");
  const remaining = recording.files.filter(({ id }) => id !== params.recordingId);
  if (remaining.length === recording.files.length) throw noRecording();
  recording.files = remaining;
  recording.trashed = remaining.length === 0;
  return { status: 204 };
};

export const listUserRecordings: Handler = (cloud, { params, query }) => {
  const host = requireUser(cloud, params.userId ?? "");
  const nowMs = cloud.clock.now();
  const from = query.from ?? isoDay(nowMs);
  const to = query.to ?? isoDay(nowMs + DAY_MS);
  const recorded = [...cloud.sessions.values()]
    .filter((session) => meetingOf(cloud, session).hostId === host.id && isReady(session.recording))
    .filter(({ startedAtMs = 0 }) => isoDay(startedAtMs) >= from && isoDay(startedAtMs) <= to);
  const { items, ...page } = pageOf(cloud, recorded, query, `recordings ${host.id}`);
  const meetings = items.map((session) => {
    const { password: _notListed, ...view } = recordingView(
      cloud,
      session,
      session.recording?.files ?? [],
      "download",
    );
    return view;
  });
  return { status: 200, body: { from, to, ...page, meetings } };
};

function requireRecording(cloud: Cloud, rawReference: string): { session: Session; recording: Recording } {
  const session = findEndedSession(cloud, rawReference);
  const recording = session?.recording;
  if (session === undefined || recording === undefined || recording.trashed) throw noRecording();
  if (recording.phase !== "completed") throw recordingNotReady();
  return { session, recording };
}

const isReady = (recording: Recording | undefined): boolean =>
  recording?.phase === "completed" && !recording.trashed;

function ttlMs(ttl: string | undefined): number {
  const seconds = Number(ttl ?? LONGEST_TTL_S);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_TTL_S) throw invalidFields(["ttl"]);
  return seconds * 1000;
}
