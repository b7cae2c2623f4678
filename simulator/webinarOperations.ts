import type { Row } from "./operations.ts";
import { scoped } from "./scopes.ts";

const READ = scoped("webinar:read");
const WRITE = scoped("webinar:write");

/** The calls on webinars, with what Zoom demands of each. */
export const WEBINAR_OPERATIONS = {
  listWebinars: {
    method: "GET",
    path: "/users/:userId/webinars",
    label: "MEDIUM",
    classic: READ,
    granular: scoped("webinar:read:list_webinars"),
  },
  createWebinar: {
    method: "POST",
    path: "/users/:userId/webinars",
    label: "LIGHT",
    classic: WRITE,
    granular: scoped("webinar:write:webinar"),
  },
  getWebinar: {
    method: "GET",
    path: "/webinars/:webinarId",
    label: "LIGHT",
    classic: READ,
    granular: scoped("webinar:read:webinar"),
  },
  updateWebinar: {
    method: "PATCH",
    path: "/webinars/:webinarId",
    label: "LIGHT",
    classic: WRITE,
    granular: scoped("webinar:update:webinar"),
  },
  deleteWebinar: {
    method: "DELETE",
    path: "/webinars/:webinarId",
    label: "LIGHT",
    classic: WRITE,
    granular: scoped("webinar:delete:webinar"),
  },
  updateWebinarStatus: {
    method: "PUT",
    path: "/webinars/:webinarId/status",
    label: "LIGHT",
    classic: WRITE,
    granular: scoped("webinar:update:status"),
  },
  listPanelists: {
    method: "GET",
    path: "/webinars/:webinarId/panelists",
    label: "MEDIUM",
    classic: READ,
    granular: scoped("webinar:read:list_panelists"),
  },
  addPanelists: {
    method: "POST",
    path: "/webinars/:webinarId/panelists",
    label: "MEDIUM",
    classic: WRITE,
    granular: scoped("webinar:write:panelist"),
  },
  removePanelists: {
    method: "DELETE",
    path: "/webinars/:webinarId/panelists",
    label: "LIGHT",
    classic: WRITE,
    granular: scoped("webinar:delete:panelist"),
  },
  removePanelist: {
    method: "DELETE",
    path: "/webinars/:webinarId/panelists/:panelistId",
    label: "LIGHT",
    classic: WRITE,
    granular: scoped("webinar:delete:panelist"),
  },
  listWebinarRegistrants: {
    method: "GET",
    path: "/webinars/:webinarId/registrants",
    label: "MEDIUM",
    classic: READ,
    granular: scoped("webinar:read:list_registrants"),
  },
  addWebinarRegistrant: {
    method: "POST",
    path: "/webinars/:webinarId/registrants",
    label: "LIGHT",
    classic: WRITE,
    granular: scoped("webinar:write:registrant"),
  },
  listPastWebinarInstances: {
    method: "GET",
    path: "/past_webinars/:webinarId/instances",
    label: "LIGHT",
    classic: READ,
    granular: scoped("webinar:read:list_past_instances"),
  },
  listPastWebinarParticipants: {
    method: "GET",
    path: "/past_webinars/:webinarId/participants",
    label: "MEDIUM",
    classic: READ,
    granular: scoped("webinar:read:list_past_participants"),
  },
  listWebinarAbsentees: {
    method: "GET",
    path: "/past_webinars/:webinarId/absentees",
    label: "HEAVY",
    classic: READ,
    granular: scoped("webinar:read:list_absentees"),
  },
  reportWebinarParticipants: {
    method: "GET",
    path: "/report/webinars/:webinarId/participants",
    label: "HEAVY",
    classic: ["report:read:admin"],
    granular: ["report:read:list_webinar_participants:admin"],
  },
} as const satisfies Record<string, Row>;
