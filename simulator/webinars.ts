import type { Handler } from "./call.ts";
import {
  cannotScheduleFor,
  invalidFields,
  invalidScheduleFor,
  webinarInProgress,
  webinarPlanMissingOf,
} from "./errors.ts";
import { meetingCreated, meetingDeleted, meetingUpdated } from "./events.ts";
import { spendHostRequest } from "./limits.ts";
import { readBody } from "./meetingSchemas.ts";
import { hostOf, isWebinar, listedMeetingView, liveSession } from "./meetingViews.ts";
import { pageOf } from "./paging.ts";
import { endSession } from "./sessions.ts";
import type { Cloud, User } from "./state.ts";
import { findUser } from "./users.ts";
import { applyWebinarUpdate, newWebinar } from "./webinarChanges.ts";
import { requireCreatingHost, requireWebinar, requireWebinarHost } from "./webinarReferences.ts";
import { createWebinarSchema, updateWebinarSchema, webinarStatusSchema } from "./webinarSchemas.ts";
import { webinarView } from "./webinarViews.ts";

export const createWebinar: Handler = (cloud, { params, body }) => {
  const host = requireCreatingHost(cloud, params.userId ?? "");
  spendHostRequest(cloud, host.id);
  const wish = readBody(createWebinarSchema, body);
  refuseOtherHost(cloud, host, wish.schedule_for);
  const webinar = newWebinar(cloud, host, wish);
  cloud.meetings.set(webinar.id, webinar);
  meetingCreated(cloud, webinar);
  return { status: 201, body: webinarView(cloud, webinar) };
};

export const getWebinar: Handler = (cloud, { params }) => ({
  status: 200,
  body: webinarView(cloud, requireWebinar(cloud, params.webinarId ?? "", webinarPlanMissingOf.read)),
});

export const listWebinars: Handler = (cloud, { params, query }) => {
  const host = requireWebinarHost(cloud, params.userId ?? "");
  const type = query.type ?? "scheduled";
  if (type !== "scheduled" && type !== "upcoming") throw invalidFields(["type"]);
  const nowMs = cloud.clock.now();
  const webinars = [...cloud.meetings.values()]
    .filter((meeting) => meeting.hostId === host.id && !meeting.deleted && isWebinar(meeting))
    .filter(({ createdAtMs }) => createdAtMs + cloud.settings.listLagMs <= nowMs)
    .filter(
      (webinar) =>
        type === "scheduled" ||
        webinar.type === 6 ||
        webinar.startMs >= nowMs ||
        liveSession(webinar) !== undefined,
    );
  const { items, ...page } = pageOf(cloud, webinars, query, `webinars ${host.id} ${type}`);
  return { status: 200, body: { ...page, page_number: 1, webinars: items.map(listedMeetingView) } };
};

export const updateWebinar: Handler = (cloud, { params, body }) => {
  const webinar = requireWebinar(cloud, params.webinarId ?? "", webinarPlanMissingOf.updated);
  const host = hostOf(cloud, webinar);
  spendHostRequest(cloud, host.id);
  const wish = readBody(updateWebinarSchema, body);
  refuseOtherHost(cloud, host, wish.schedule_for);
  const before = structuredClone(webinar);
  applyWebinarUpdate(cloud, webinar, wish);
  meetingUpdated(cloud, before, webinar);
  return { status: 204 };
};

export const deleteWebinar: Handler = (cloud, { params }) => {
  const webinar = requireWebinar(cloud, params.webinarId ?? "");
  if (liveSession(webinar) !== undefined) throw webinarInProgress();
  webinar.deleted = true;
  meetingDeleted(cloud, webinar);
  return { status: 204 };
};

/** 200 where meetings answer 204; ending what does not run is no error. */
export const updateWebinarStatus: Handler = (cloud, { params, body }) => {
  const webinar = requireWebinar(cloud, params.webinarId ?? "");
  readBody(webinarStatusSchema, body);
  const session = liveSession(webinar);
  if (session !== undefined) endSession(cloud, session, "Host ended the webinar.");
  return { status: 200 };
};

function refuseOtherHost(cloud: Cloud, host: User, scheduleFor: string | undefined): void {
  if (scheduleFor === undefined || scheduleFor === "") return;
  const wished = findUser(cloud, scheduleFor);
  if (wished?.id === host.id) return;
  throw wished === undefined ? invalidScheduleFor() : cannotScheduleFor(scheduleFor);
}
