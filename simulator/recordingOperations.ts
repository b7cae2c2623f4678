import type { Row } from "./operations.ts";
import { scoped } from "./scopes.ts";

const RECORDING_READ = ["recording:read", "recording:read:admin"];
const RECORDING_WRITE = ["recording:write", "recording:write:admin"];

/** What becomes of a meeting's recordings, transcript and summary. */
export const RECORDING_OPERATIONS = {
  getRecordings: {
    method: "GET",
    path: "/meetings/:meetingId/recordings",
    label: "LIGHT",
    classic: ["recording:read", "phone_recording:read:admin"],
    granular: scoped("cloud_recording:read:list_recording_files"),
  },
  deleteRecordings: {
    method: "DELETE",
    path: "/meetings/:meetingId/recordings",
    label: "LIGHT",
    classic: RECORDING_WRITE,
    granular: scoped("cloud_recording:delete:meeting_recording"),
  },
  deleteRecordingFile: {
    method: "DELETE",
    path: "/meetings/:meetingId/recordings/:recordingId",
    label: "LIGHT",
    classic: RECORDING_WRITE,
    granular: scoped("cloud_recording:delete:recording_file"),
  },
  listUserRecordings: {
    method: "GET",
    path: "/users/:userId/recordings",
    label: "MEDIUM",
    classic: RECORDING_READ,
    granular: scoped("cloud_recording:read:list_user_recordings"),
  },
  getRecordingSettings: {
    method: "GET",
    path: "/meetings/:meetingId/recordings/settings",
    label: "LIGHT",
    classic: RECORDING_READ,
    granular: scoped("cloud_recording:read:recording_settings"),
  },
  updateRecordingSettings: {
    method: "PATCH",
    path: "/meetings/:meetingId/recordings/settings",
    label: "LIGHT",
    classic: RECORDING_WRITE,
    granular: scoped("cloud_recording:update:recording_settings"),
  },
  recoverRecordings: {
    method: "PUT",
    path: "/meetings/:meetingId/recordings/status",
    label: "LIGHT",
    classic: RECORDING_WRITE,
    granular: scoped("cloud_recording:update:recover_meeting_recordings"),
  },
  recoverRecordingFile: {
    method: "PUT",
    path: "/meetings/:meetingId/recordings/:recordingId/status",
    label: "LIGHT",
    classic: RECORDING_WRITE,
    granular: scoped("cloud_recording:update:recover_single_recording"),
  },
  getTranscript: {
    method: "GET",
    path: "/meetings/:meetingId/transcript",
    label: "MEDIUM",
    classic: [...RECORDING_READ, ...RECORDING_WRITE],
    granular: scoped("cloud_recording:read:meeting_transcript"),
  },
  getMeetingSummary: {
    method: "GET",
    path: "/meetings/:meetingId/meeting_summary",
    label: "LIGHT",
    classic: ["meeting_summary:read", "meeting_summary:read:admin"],
    granular: scoped("meeting:read:summary"),
  },
  reportCloudRecording: {
    method: "GET",
    path: "/report/cloud_recording",
    label: "HEAVY",
    classic: ["report:read:admin"],
    granular: ["report:read:cloud_recording:admin"],
  },
} as const satisfies Record<string, Row>;
