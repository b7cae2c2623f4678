import type { Label } from "./state.ts";
import { WEBINAR_OPERATIONS } from "./webinarOperations.ts";

export type Row = {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  label: Label;
  classic: readonly string[];
  granular: readonly string[];
};

/** Scopes come in pairs: the plain one for a user's own app, the `:admin` one for the account's. */
const scoped = (...names: string[]) => names.flatMap((name) => [name, `${name}:admin`]);

const MEETING_READ = ["meeting:read", "meeting:read:admin"];
const MEETING_WRITE = ["meeting:write", "meeting:write:admin"];
const USER_READ = ["user:read", "user:write", "user:read:admin", "user:write:admin"];
const GROUP_READ = ["group:read:admin", "group:write:admin"];
const DASHBOARD_READ = ["dashboard_meetings:read:admin", "dashboard:read:admin"];
const RECORDING_READ = ["recording:read", "recording:read:admin"];
const RECORDING_WRITE = ["recording:write", "recording:write:admin"];

/** Every call the simulator serves, with what Zoom demands of it. Routing, limits and scopes are read from here. */
const OPERATIONS = {
  listUsers: {
    method: "GET",
    path: "/users",
    label: "MEDIUM",
    classic: USER_READ,
    granular: ["user:read:list_users:admin"],
  },
  getUser: {
    method: "GET",
    path: "/users/:userId",
    label: "LIGHT",
    classic: [...USER_READ, "user_info:read", "user_profile"],
    granular: scoped("user:read:user"),
  },
  listGroups: {
    method: "GET",
    path: "/groups",
    label: "MEDIUM",
    classic: GROUP_READ,
    granular: ["group:read:list_groups:admin"],
  },
  listGroupMembers: {
    method: "GET",
    path: "/groups/:groupId/members",
    label: "MEDIUM",
    classic: GROUP_READ,
    granular: ["group:read:list_members:admin"],
  },
  listMeetings: {
    method: "GET",
    path: "/users/:userId/meetings",
    label: "MEDIUM",
    classic: MEETING_READ,
    granular: scoped("meeting:read:list_meetings"),
  },
  createMeeting: {
    method: "POST",
    path: "/users/:userId/meetings",
    label: "LIGHT",
    classic: MEETING_WRITE,
    granular: scoped("meeting:write:meeting"),
  },
  getMeeting: {
    method: "GET",
    path: "/meetings/:meetingId",
    label: "LIGHT",
    classic: MEETING_READ,
    granular: scoped("meeting:read:meeting"),
  },
  updateMeeting: {
    method: "PATCH",
    path: "/meetings/:meetingId",
    label: "LIGHT",
    classic: MEETING_WRITE,
    granular: scoped("meeting:update:meeting"),
  },
  deleteMeeting: {
    method: "DELETE",
    path: "/meetings/:meetingId",
    label: "LIGHT",
    classic: MEETING_WRITE,
    granular: scoped("meeting:delete:meeting"),
  },
  updateMeetingStatus: {
    method: "PUT",
    path: "/meetings/:meetingId/status",
    label: "LIGHT",
    classic: MEETING_WRITE,
    granular: scoped("meeting:update:status"),
  },
  getInvitation: {
    method: "GET",
    path: "/meetings/:meetingId/invitation",
    label: "LIGHT",
    classic: MEETING_READ,
    granular: scoped("meeting:read:invitation"),
  },
  controlLiveMeeting: {
    method: "PATCH",
    path: "/live_meetings/:meetingId/events",
    label: "MEDIUM",
    classic: [...MEETING_WRITE, "meeting:master"],
    granular: scoped("meeting:update:in_meeting_controls"),
  },
  addRegistrant: {
    method: "POST",
    path: "/meetings/:meetingId/registrants",
    label: "LIGHT",
    classic: MEETING_WRITE,
    granular: scoped("meeting:write:registrant"),
  },
  listRegistrants: {
    method: "GET",
    path: "/meetings/:meetingId/registrants",
    label: "MEDIUM",
    classic: MEETING_READ,
    granular: scoped("meeting:read:list_registrants"),
  },
  updateRegistrantStatus: {
    method: "PUT",
    path: "/meetings/:meetingId/registrants/status",
    label: "MEDIUM",
    classic: MEETING_WRITE,
    granular: scoped("meeting:update:registrant_status"),
  },
  getPastMeeting: {
    method: "GET",
    path: "/past_meetings/:meetingId",
    label: "LIGHT",
    classic: MEETING_READ,
    granular: scoped("meeting:read:past_meeting"),
  },
  listPastInstances: {
    method: "GET",
    path: "/past_meetings/:meetingId/instances",
    label: "MEDIUM",
    classic: MEETING_READ,
    granular: scoped("meeting:read:list_past_instances"),
  },
  listPastParticipants: {
    method: "GET",
    path: "/past_meetings/:meetingId/participants",
    label: "MEDIUM",
    classic: MEETING_READ,
    granular: scoped("meeting:read:list_past_participants"),
  },
  reportParticipants: {
    method: "GET",
    path: "/report/meetings/:meetingId/participants",
    label: "HEAVY",
    classic: ["report:read:admin"],
    granular: ["report:read:list_meeting_participants:admin"],
  },
  dashboardMeetings: {
    method: "GET",
    path: "/metrics/meetings",
    label: "RESOURCE-INTENSIVE",
    classic: DASHBOARD_READ,
    granular: ["dashboard:read:list_meetings:admin"],
  },
  dashboardMeeting: {
    method: "GET",
    path: "/metrics/meetings/:meetingId",
    label: "HEAVY",
    classic: DASHBOARD_READ,
    granular: ["dashboard:read:meeting:admin"],
  },
  dashboardParticipants: {
    method: "GET",
    path: "/metrics/meetings/:meetingId/participants",
    label: "HEAVY",
    classic: DASHBOARD_READ,
    granular: ["dashboard:read:list_meeting_participants:admin"],
  },
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
  ...WEBINAR_OPERATIONS,
} as const satisfies Record<string, Row>;

export type OperationName = keyof typeof OPERATIONS;

export type Operation = Row & { name: OperationName };

export type MatchedOperation = { operation: Operation; rawParams: Record<string, string> };

export const servedOperations: Operation[] = Object.entries(OPERATIONS).map(([name, row]) => ({
  ...row,
  name: name as OperationName,
}));

/** What the account's app may do unless a control takes scopes away. */
export const ALL_ADMIN_SCOPES = servedOperations.flatMap(({ granular }) =>
  granular.filter((scope) => scope.endsWith(":admin")),
);

/** Matches on the undecoded path: how a UUID was encoded matters to Zoom. */
export function matchOperation(method: string, rawPath: string): MatchedOperation | undefined {
  const given = rawPath.split("/");
  for (const operation of servedOperations) {
    const rawParams = operation.method === method ? matchPath(operation.path.split("/"), given) : undefined;
    if (rawParams !== undefined) return { operation, rawParams };
  }
  return undefined;
}

function matchPath(pattern: string[], given: string[]): Record<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const rawParams: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = given[index] ?? "";
    if (!part.startsWith(":") && part !== value) return undefined;
    if (part.startsWith(":")) rawParams[part.slice(1)] = value;
  }
  return rawParams;
}
