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

export const readRecordingsScopes = [
  "recording:read:admin",
  "recording:read",
  "cloud_recording:read:list_recording_files:admin",
  "cloud_recording:read:list_recording_files",
] as const;
