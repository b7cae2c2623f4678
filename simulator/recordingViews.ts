import { meetingOf } from "./references.ts";
import type { RecordingFile } from "./recordingState.ts";
import type { Cloud, Session } from "./state.ts";
import { isoTime } from "./time.ts";

const MINUTE_MS = 60_000;

/** Zoom's webhooks point to other download addresses than its answers do. */
export type DownloadPath = "download" | "webhook_download";

export function recordingView(cloud: Cloud, session: Session, files: RecordingFile[], path: DownloadPath) {
  const meeting = meetingOf(cloud, session);
  const { recording } = session;
  return {
    uuid: session.uuid,
    id: meeting.id,
    account_id: cloud.accountId,
    host_id: meeting.hostId,
    topic: recording?.settings.topic ?? meeting.topic,
    type: String(meeting.type),
    start_time: isoTime(session.startedAtMs ?? meeting.startMs),
    duration: recordedMinutes(session),
    total_size: files.reduce((sum, { bytes }) => sum + bytes, 0),
    recording_count: files.length,
    share_url: `${cloud.baseUrl}/rec/share/${recording?.shareId}`,
    password: recording?.settings.password ?? "",
    recording_play_passcode: recording?.playPasscode ?? "",
    recording_files: files.map((file) => fileView(cloud, session, file, path)),
  };
}

/** As Zoom documents it, a timeline has neither id nor status nor size. */
function fileView(cloud: Cloud, session: Session, file: RecordingFile, path: DownloadPath) {
  const common = {
    meeting_id: session.uuid,
    recording_start: isoTime(file.startMs),
    recording_end: isoTime(file.endMs),
    file_type: file.fileType,
    file_extension: file.extension,
    download_url: `${cloud.baseUrl}/rec/${path}/${file.id}/${cloud.clock.now().toString(36)}`,
  };
  if (file.fileType === "TIMELINE") return common;
  return {
    ...common,
    id: file.id,
    file_size: file.bytes,
    play_url: `${cloud.baseUrl}/rec/play/${file.id}`,
    status: file.status,
    recording_type: file.recordingType,
    ...(file.trashedAtMs !== undefined && { deleted_time: isoTime(file.trashedAtMs) }),
  };
}

function recordedMinutes({ recording }: Session): number {
  const spans = recording?.spans ?? [];
  const lengthMs = spans.reduce((sum, { startMs, endMs }) => sum + (endMs ?? startMs) - startMs, 0);
  return Math.round(lengthMs / MINUTE_MS);
}
