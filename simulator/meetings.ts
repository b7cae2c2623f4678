import type { Handler } from "./call.ts";
import {
  cannotScheduleFor,
  instantForOthers,
  invalidScheduleFor,
  meetingInProgress,
  schedulingNotAllowed,
  meetingNotStarted,
  unknownMeeting,
} from "./errors.ts";
import { meetingCreated, meetingDeleted, meetingUpdated } from "./events.ts";
import { spendHostRequest } from "./limits.ts";
import { applyToOccurrence, applyUpdate, newMeeting } from "./meetingChanges.ts";
import { createSchema, readBody, statusSchema, updateSchema } from "./meetingSchemas.ts";
import { hostOf, liveSession, meetingView } from "./meetingViews.ts";
import { requireMeeting, requireOccurrence } from "./references.ts";
import { endSession } from "./sessions.ts";
import type { Cloud, User } from "./state.ts";
import { findUser, requireHost } from "./users.ts";

export const createMeeting: Handler = (cloud, { params, body }) => {
  const host = requireHost(cloud, params.userId ?? "", schedulingNotAllowed);
  spendHostRequest(cloud, host.id);
  const wish = readBody(createSchema, body);
  refuseOtherHost(cloud, host, wish.schedule_for, wish.type ?? 2);
  const meeting = newMeeting(cloud, host, wish);
  cloud.meetings.set(meeting.id, meeting);
  meetingCreated(cloud, meeting);
  return { status: 201, body: meetingView(cloud, meeting) };
};

export const updateMeeting: Handler = (cloud, { params, query, body }) => {
  const meeting = requireMeeting(cloud, params.meetingId ?? "");
  const host = hostOf(cloud, meeting);
  spendHostRequest(cloud, host.id);
  const wish = readBody(updateSchema, body);
  refuseOtherHost(cloud, host, wish.schedule_for, wish.type ?? meeting.type);
  const before = structuredClone(meeting);
  if (query.occurrence_id === undefined) applyUpdate(cloud, meeting, wish);
  else applyToOccurrence(cloud, meeting, requireOccurrence(meeting, query.occurrence_id), wish);
  meetingUpdated(cloud, before, meeting);
  return { status: 204 };
};

export const deleteMeeting: Handler = (cloud, { params, query }) => {
  const meeting = requireMeeting(cloud, params.meetingId ?? "");
  if (query.occurrence_id !== undefined) {
    const occurrence = requireOccurrence(meeting, query.occurrence_id);
    occurrence.status = "deleted";
    meetingDeleted(cloud, meeting, occurrence);
    return { status: 204 };
  }
  if (liveSession(meeting) !== undefined) throw meetingInProgress();
  meeting.deleted = true;
  meetingDeleted(cloud, meeting);
  return { status: 204 };
};

/** Ending what does not run is no error, unless set otherwise. */
export const updateMeetingStatus: Handler = (cloud, { params, body }) => {
  const { action } = readBody(statusSchema, body);
  if (action === "recover") return recover(cloud, params.meetingId ?? "");
  const session = liveSession(requireMeeting(cloud, params.meetingId ?? ""));
  if (session === undefined && cloud.settings.endIdle === "refused")
    throw meetingNotStarted(params.meetingId ?? "");
  if (session !== undefined) endSession(cloud, session, "Host ended the meeting.");
  return { status: 204 };
};

function recover(cloud: Cloud, reference: string) {
  const meeting = cloud.meetings.get(Number(reference));
  if (meeting === undefined) throw unknownMeeting(reference);
  meeting.deleted = false;
  return { status: 204 };
}

/** The account's app has no scheduling privilege for anybody: it creates meetings under their own host. */
function refuseOtherHost(cloud: Cloud, host: User, scheduleFor: string | undefined, type: number): void {
  if (scheduleFor === undefined || scheduleFor === "") return;
  const wished = findUser(cloud, scheduleFor);
  if (wished?.id === host.id) return;
  if (type === 1) throw instantForOthers();
  throw wished === undefined ? invalidScheduleFor() : cannotScheduleFor(scheduleFor);
}
