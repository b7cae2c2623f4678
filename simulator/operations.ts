import { scoped } from "./scopes.ts";
import type { Label } from "./state.ts";
import { RECORDING_OPERATIONS } from "./recordingOperations.ts";
import { WEBINAR_OPERATIONS } from "./webinarOperations.ts";

export type Row = {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  label: Label;
  classic: readonly string[];
  granular: readonly string[];
};

const MEETING_READ = ["meeting:read", "meeting:read:admin"];
const MEETING_WRITE = ["meeting:write", "meeting:write:admin"];
const USER_READ = ["user:read", "user:write", "user:read:admin", "user:write:admin"];
const GROUP_READ = ["group:read:admin", "group:write:admin"];
const DASHBOARD_READ = ["dashboard_meetings:read:admin", "dashboard:read:admin"];

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
  ...RECORDING_OPERATIONS,
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
