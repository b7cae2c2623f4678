import type { AnyAction } from "../action.ts";
import { addEvent } from "./addEvent.ts";
import { addParticipants } from "./addParticipants.ts";
import { createMeeting } from "./createMeeting.ts";
import { deleteMeeting } from "./deleteMeeting.ts";
import { endMeeting } from "./endMeeting.ts";
import { getAttendance } from "./getAttendance.ts";
import { getRecordings } from "./getRecordings.ts";
import { scheduleFollowUp } from "./scheduleFollowUp.ts";
import { updateFields } from "./updateFields.ts";

/** Every action there is, in the order of the action picker. A new one needs its file and its line here. */
const actions = [
  createMeeting,
  endMeeting,
  deleteMeeting,
  scheduleFollowUp,
  addParticipants,
  getAttendance,
  getRecordings,
  updateFields,
  addEvent,
];

export const catalogue: ReadonlyMap<string, AnyAction> = new Map(
  actions.map((action) => [action.key, action]),
);
