import {
  invalidWebinarId,
  unknownWebinar,
  unknownWebinarHost,
  webinarPlanMissing,
  webinarPlanMissingOf,
} from "./errors.ts";
import { hostOf, isWebinar } from "./meetingViews.ts";
import { decodeOnce, findEndedSession, isNumber, meetingOf } from "./references.ts";
import type { Cloud, Meeting, Session, User } from "./state.ts";
import { findUser, requireHost } from "./users.ts";

/** The account needs the plan, and the user a licence of it. */
export function requireWebinarHost(cloud: Cloud, idOrEmail: string): User {
  return licensed(cloud, requireHost(cloud, idOrEmail));
}

export function requireCreatingHost(cloud: Cloud, idOrEmail: string): User {
  if (findUser(cloud, idOrEmail) === undefined) throw unknownWebinarHost(idOrEmail);
  return licensed(cloud, requireHost(cloud, idOrEmail), webinarPlanMissingOf.created);
}

export function requireWebinar(
  cloud: Cloud,
  reference: string,
  planRefusal: (userId: string) => Error = webinarPlanMissing,
): Meeting {
  if (!isNumber(reference)) throw invalidWebinarId();
  const webinar = cloud.meetings.get(Number(reference));
  if (webinar === undefined || webinar.deleted || !isWebinar(webinar)) throw unknownWebinar(reference);
  licensed(cloud, hostOf(cloud, webinar), planRefusal);
  return webinar;
}

function findEndedWebinar(cloud: Cloud, rawReference: string): Session | undefined {
  const session = findEndedSession(cloud, rawReference);
  return session !== undefined && isWebinar(meetingOf(cloud, session)) ? session : undefined;
}

export function requireEndedWebinar(
  cloud: Cloud,
  rawReference: string,
  refusal: (reference: string) => Error = unknownWebinar,
): Session {
  const session = findEndedWebinar(cloud, rawReference);
  if (session === undefined) throw refusal(decodeOnce(rawReference));
  return session;
}

function licensed(cloud: Cloud, host: User, refusal: (userId: string) => Error = webinarPlanMissing): User {
  if (cloud.settings.plan === "free" || !host.webinar) throw refusal(host.id);
  return host;
}
