/** Groups of scopes that several actions need, of each of which any one will do. Classic names first. */

const listInstancesScopes = [
  "meeting:read:admin",
  "meeting:read",
  "meeting:read:list_past_instances:admin",
  "meeting:read:list_past_instances",
] as const;

const readPastMeetingScopes = [
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
