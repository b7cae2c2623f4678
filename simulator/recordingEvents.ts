import { liveObject } from "./events.ts";
import { hostOf } from "./meetingViews.ts";
import { recordingView } from "./recordingViews.ts";
import { meetingOf } from "./references.ts";
import type { RecordingFile } from "./recordingState.ts";
import type { Cloud, Session } from "./state.ts";
import { isoTime } from "./time.ts";
import { announce } from "./webhooks.ts";

export function recordingChanged(
  cloud: Cloud,
  session: Session,
  change: "started" | "stopped" | "paused" | "resumed",
): void {
  const span = session.recording?.spans.at(-1);
  const ended = change === "stopped" || change === "paused";
  announce(cloud, `recording.${change}`, {
    meetingId: session.meetingId,
    payload: {
      object: {
        ...liveObject(cloud, session),
        id: session.meetingId,
        recording_file: {
          recording_start: isoTime(span?.startMs ?? cloud.clock.now()),
          recording_end: ended ? isoTime(span?.endMs ?? cloud.clock.now()) : "",
        },
      },
    },
  });
}

export function recordingCompleted(
  cloud: Cloud,
  session: Session,
  files: RecordingFile[],
  downloadToken: string,
): void {
  const object = { ...recordedObject(cloud, session, files), on_prem: false };
  announceRecording(cloud, "recording.completed", session, object, downloadToken);
}

export function transcriptCompleted(
  cloud: Cloud,
  session: Session,
  file: RecordingFile,
  downloadToken: string,
): void {
  const { recording_play_passcode: _notHere, ...object } = recordedObject(cloud, session, [file]);
  announceRecording(cloud, "recording.transcript_completed", session, object, downloadToken);
}

/** Somebody moved files to the trash, deleted them for good or took them back. */
export function recordingRemoved(
  cloud: Cloud,
  session: Session,
  files: RecordingFile[],
  change: "trashed" | "deleted" | "recovered",
  downloadToken?: string,
): void {
  const { email, id } = hostOf(cloud, meetingOf(cloud, session));
  const {
    host_email: _hostEmail,
    password: _password,
    recording_play_passcode: _passcode,
    ...object
  } = recordedObject(cloud, session, files);
  announce(cloud, `recording.${change}`, {
    meetingId: session.meetingId,
    payload: {
      operator: email,
      operator_id: id,
      object,
    },
    ...(downloadToken !== undefined && { topLevel: { download_token: downloadToken } }),
  });
}

function announceRecording(
  cloud: Cloud,
  event: string,
  { meetingId }: Session,
  object: object,
  downloadToken: string,
): void {
  announce(cloud, event, { meetingId, payload: { object }, topLevel: { download_token: downloadToken } });
}

function recordedObject(cloud: Cloud, session: Session, files: RecordingFile[]) {
  const meeting = meetingOf(cloud, session);
  const { type, timezone } = meeting;
  const host_email = hostOf(cloud, meeting).email;
  return { ...recordingView(cloud, session, files, "webhook_download"), type, timezone, host_email };
}
