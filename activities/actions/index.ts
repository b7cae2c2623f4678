import type { AnyAction } from "../action.ts";
import { addEvent } from "./addEvent.ts";
import { addPanelists } from "./addPanelists.ts";
import { addParticipants } from "./addParticipants.ts";
import { createMeeting } from "./createMeeting.ts";
import { createWebinar } from "./createWebinar.ts";
import { deleteMeeting } from "./deleteMeeting.ts";
import { deleteWebinar } from "./deleteWebinar.ts";
import { endMeeting } from "./endMeeting.ts";
import { endWebinar } from "./endWebinar.ts";
import { getAttendance } from "./getAttendance.ts";
import { getRecordings } from "./getRecordings.ts";
import { updateFields } from "./updateFields.ts";
import { updateWebinar } from "./updateWebinar.ts";

/** Every action there is, in the order of the action picker. A new one needs its file and its line here. */
const actions = [
  createMeeting,
  endMeeting,
  deleteMeeting,
  addParticipants,
  getAttendance,
  getRecordings,
  createWebinar,
  updateWebinar,
  addPanelists,
  endWebinar,
  deleteWebinar,
  updateFields,
  addEvent,
];

export const catalogue: ReadonlyMap<string, AnyAction> = new Map(
  actions.map((action) => [action.key, action]),
);
