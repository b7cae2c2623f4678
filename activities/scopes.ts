/** Groups of scopes that several actions need, of each of which any one will do. Classic names first. */

export const readMeetingScopes = [
  "meeting:read:admin",
  "meeting:read",
  "meeting:read:meeting:admin",
  "meeting:read:meeting",
] as const;

export const updateMeetingScopes = [
  "meeting:write:admin",
  "meeting:write",
  "meeting:update:meeting:admin",
  "meeting:update:meeting",
] as const;

export const endMeetingScopes = [
  "meeting:write:admin",
  "meeting:write",
  "meeting:update:status:admin",
  "meeting:update:status",
] as const;

export const liveControlScopes = [
  "meeting:write:admin",
  "meeting:write",
  "meeting:update:in_meeting_controls:admin",
  "meeting:update:in_meeting_controls",
] as const;

export const readWebinarScopes = [
  "webinar:read:admin",
  "webinar:read",
  "webinar:read:webinar:admin",
  "webinar:read:webinar",
] as const;

export const createMeetingScopes = [
  "meeting:write:admin",
  "meeting:write",
  "meeting:write:meeting:admin",
  "meeting:write:meeting",
] as const;

export const listMeetingsScopes = [
  "meeting:read:admin",
  "meeting:read",
  "meeting:read:list_meetings:admin",
  "meeting:read:list_meetings",
] as const;

export const listRegistrantsScopes = [
  "meeting:read:admin",
  "meeting:read",
  "meeting:read:list_registrants:admin",
  "meeting:read:list_registrants",
] as const;

export const listGroupsScopes = ["group:read:admin", "group:read:list_groups:admin"] as const;

export const listGroupMembersScopes = ["group:read:admin", "group:read:list_members:admin"] as const;

export const deleteMeetingScopes = [
  "meeting:write:admin",
  "meeting:write",
  "meeting:delete:meeting:admin",
  "meeting:delete:meeting",
] as const;

export const readUserScopes = [
  "user:read:admin",
  "user:read",
  "user:read:user:admin",
  "user:read:user",
] as const;

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
