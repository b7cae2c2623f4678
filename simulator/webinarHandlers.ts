import { addPanelists, listPanelists, removePanelist, removePanelists } from "./panelists.ts";
import {
  listPastWebinarInstances,
  listPastWebinarParticipants,
  listWebinarAbsentees,
  reportWebinarParticipants,
} from "./pastWebinars.ts";
import type { Handler } from "./call.ts";
import type { WEBINAR_OPERATIONS } from "./webinarOperations.ts";
import { addWebinarRegistrant, listWebinarRegistrants } from "./webinarRegistrants.ts";
import {
  createWebinar,
  deleteWebinar,
  getWebinar,
  listWebinars,
  updateWebinar,
  updateWebinarStatus,
} from "./webinars.ts";

export const WEBINAR_HANDLERS: Record<keyof typeof WEBINAR_OPERATIONS, Handler> = {
  listWebinars,
  createWebinar,
  getWebinar,
  updateWebinar,
  deleteWebinar,
  updateWebinarStatus,
  listPanelists,
  addPanelists,
  removePanelists,
  removePanelist,
  listWebinarRegistrants,
  addWebinarRegistrant,
  listPastWebinarInstances,
  listPastWebinarParticipants,
  listWebinarAbsentees,
  reportWebinarParticipants,
};
