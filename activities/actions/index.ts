import type { AnyAction } from "../action.ts";
import { addEvent } from "./addEvent.ts";
import { addParticipants } from "./addParticipants.ts";
import { archiveRecordings } from "./archiveRecordings.ts";
import { controlRecording } from "./controlRecording.ts";
import { createMeeting } from "./createMeeting.ts";
import { deleteMeeting } from "./deleteMeeting.ts";
import { deleteRecordings } from "./deleteRecordings.ts";
import { endMeeting } from "./endMeeting.ts";
import { getAttendance } from "./getAttendance.ts";
import { getMeetingSummary } from "./getMeetingSummary.ts";
import { getRecordings } from "./getRecordings.ts";
import { getTranscript } from "./getTranscript.ts";
import { shareRecordings } from "./shareRecordings.ts";
import { inviteToLiveMeeting } from "./inviteToLiveMeeting.ts";
import { removeParticipants } from "./removeParticipants.ts";
import { updateFields } from "./updateFields.ts";

/** Every action there is, in the order of the action picker. A new one needs its file and its line here. */
const actions = [
  createMeeting,
  endMeeting,
  deleteMeeting,
  addParticipants,
  removeParticipants,
  inviteToLiveMeeting,
  controlRecording,
  getAttendance,
  getRecordings,
  shareRecordings,
  archiveRecordings,
  deleteRecordings,
  getTranscript,
  getMeetingSummary,
  updateFields,
  addEvent,
];

export const catalogue: ReadonlyMap<string, AnyAction> = new Map(
  actions.map((action) => [action.key, action]),
);
