import type { AnyAction } from "../action.ts";
import { addEvent } from "./addEvent.ts";
import { addPanelists } from "./addPanelists.ts";
import { addParticipants } from "./addParticipants.ts";
import { archiveRecordings } from "./archiveRecordings.ts";
import { controlRecording } from "./controlRecording.ts";
import { createMeeting } from "./createMeeting.ts";
import { createWebinar } from "./createWebinar.ts";
import { deleteMeeting } from "./deleteMeeting.ts";
import { deleteRecordings } from "./deleteRecordings.ts";
import { deleteWebinar } from "./deleteWebinar.ts";
import { configureBreakoutRooms } from "./configureBreakoutRooms.ts";
import { endMeeting } from "./endMeeting.ts";
import { endWebinar } from "./endWebinar.ts";
import { getAttendance } from "./getAttendance.ts";
import { getMeetingSummary } from "./getMeetingSummary.ts";
import { getRecordings } from "./getRecordings.ts";
import { getTranscript } from "./getTranscript.ts";
import { shareRecordings } from "./shareRecordings.ts";
import { inviteToLiveMeeting } from "./inviteToLiveMeeting.ts";
import { removeParticipants } from "./removeParticipants.ts";
import { httpRequest } from "./httpRequest.ts";
import { notifyChat } from "./notifyChat.ts";
import { notifyEmail } from "./notifyEmail.ts";
import { scheduleFollowUp } from "./scheduleFollowUp.ts";
import { updateFields } from "./updateFields.ts";
import { updateWebinar } from "./updateWebinar.ts";
import { getMeeting } from "./getMeeting.ts";
import { scheduleRecurringMeeting } from "./scheduleRecurringMeeting.ts";
import { setAlternativeHosts } from "./setAlternativeHosts.ts";
import { updateMeeting } from "./updateMeeting.ts";

/** Every action there is, in the order of the action picker. A new one needs its file and its line here. */
const actions = [
  createMeeting,
  scheduleRecurringMeeting,
  getMeeting,
  updateMeeting,
  endMeeting,
  deleteMeeting,
  setAlternativeHosts,
  configureBreakoutRooms,
  scheduleFollowUp,
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
  createWebinar,
  updateWebinar,
  addPanelists,
  endWebinar,
  deleteWebinar,
  updateFields,
  addEvent,
  notifyEmail,
  notifyChat,
  httpRequest,
];

export const catalogue: ReadonlyMap<string, AnyAction> = new Map(
  actions.map((action) => [action.key, action]),
);
