/** Groups of scopes that several actions need, of each of which any one will do. Classic names first. */

export const listInstancesScopes = [
  "meeting:read:admin",
  "meeting:read",
  "meeting:read:list_past_instances:admin",
  "meeting:read:list_past_instances",
] as const;

export const readPastMeetingScopes = [
  "meeting:read:admin",
  "meeting:read",
  "meeting:read:past_meeting:admin",
  "meeting:read:past_meeting",
] as const;

const readRecordingsScopes = [
  "recording:read:admin",
  "recording:read",
  "cloud_recording:read:list_recording_files:admin",
  "cloud_recording:read:list_recording_files",
] as const;

/** What it takes to know what Zoom has of every session. */
export const lookForRecordingsScopes = [
  readRecordingsScopes,
  listInstancesScopes,
  readPastMeetingScopes,
] as const;

export const removeRecordingsScopes = [
  "recording:write:admin",
  "recording:write",
  "cloud_recording:delete:meeting_recording:admin",
  "cloud_recording:delete:meeting_recording",
] as const;

export const removeRecordingFileScopes = [
  "recording:write:admin",
  "recording:write",
  "cloud_recording:delete:recording_file:admin",
  "cloud_recording:delete:recording_file",
] as const;

export const readRecordingSettingsScopes = [
  "recording:read:admin",
  "recording:read",
  "cloud_recording:read:recording_settings:admin",
  "cloud_recording:read:recording_settings",
] as const;

export const updateRecordingSettingsScopes = [
  "recording:write:admin",
  "recording:write",
  "cloud_recording:update:recording_settings:admin",
  "cloud_recording:update:recording_settings",
] as const;

export const readSummaryScopes = [
  "meeting_summary:read:admin",
  "meeting_summary:read",
  "meeting:read:summary:admin",
  "meeting:read:summary",
] as const;
