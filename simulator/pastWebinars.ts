import type { Handler } from "./call.ts";
import { noRegistration, unknownPastWebinar, unknownWebinar, webinarNotReported } from "./errors.ts";
import { isWebinar } from "./meetingViews.ts";
import { pageOf } from "./paging.ts";
import { listedParticipants, reportedParticipants, requirePaid } from "./pastMeetings.ts";
import { meetingOf } from "./references.ts";
import { isoTime } from "./time.ts";
import { requireEndedWebinar } from "./webinarReferences.ts";
import { needsRegistration, registrantView } from "./webinarViews.ts";

/** A webinar that was never live has an empty list. */
export const listPastWebinarInstances: Handler = (cloud, { params }) => {
  const webinar = cloud.meetings.get(Number(params.webinarId));
  if (webinar === undefined || !isWebinar(webinar)) throw unknownWebinar(params.webinarId ?? "");
  const ended = webinar.sessions.filter(({ endedAtMs }) => endedAtMs !== undefined);
  const webinars = ended.map(({ uuid, startedAtMs = 0 }) => ({ uuid, start_time: isoTime(startedAtMs) }));
  return { status: 200, body: { webinars } };
};

export const listPastWebinarParticipants: Handler = (cloud, call) => {
  requirePaid(cloud);
  const session = requireEndedWebinar(cloud, call.rawParams.webinarId ?? "", unknownPastWebinar);
  return listedParticipants(cloud, call, session);
};

export const reportWebinarParticipants: Handler = (cloud, call) => {
  const session = requireEndedWebinar(cloud, call.rawParams.webinarId ?? "", webinarNotReported);
  return reportedParticipants(cloud, call, session);
};

/** Who registered, was approved, and was not there. */
export const listWebinarAbsentees: Handler = (cloud, { rawParams, query }) => {
  const session = requireEndedWebinar(cloud, rawParams.webinarId ?? "", webinarNotReported);
  const webinar = meetingOf(cloud, session);
  if (!needsRegistration(webinar)) throw noRegistration(session.uuid);
  const came = new Set(session.stays.flatMap(({ email, registrantId }) => [email, registrantId]));
  const absent = (webinar.webinarRegistrants ?? []).filter(
    ({ id, email, status }) => status === "approved" && !came.has(id) && !came.has(email),
  );
  const { items, ...page } = pageOf(cloud, absent, query, `absentees ${session.uuid}`);
  const registrants = items.map((registrant) => registrantView(webinar, registrant));
  return { status: 200, body: { ...page, page_number: 1, registrants } };
};
