import { invalidWebinarId, unknownWebinar, webinarPlanMissing } from "./errors.ts";
import { hostOf, isWebinar } from "./meetingViews.ts";
import { decodeOnce, findEndedSession, isNumber, meetingOf } from "./references.ts";
import type { Cloud, Meeting, Session, User } from "./state.ts";
import { requireHost } from "./users.ts";

/** The account needs the plan, and the user a licence of it. */
export function requireWebinarHost(cloud: Cloud, idOrEmail: string): User {
  return licensed(cloud, requireHost(cloud, idOrEmail));
}

export function requireWebinar(cloud: Cloud, reference: string): Meeting {
  if (!isNumber(reference)) throw invalidWebinarId();
  const webinar = cloud.meetings.get(Number(reference));
  if (webinar === undefined || webinar.deleted || !isWebinar(webinar)) throw unknownWebinar(reference);
  licensed(cloud, hostOf(cloud, webinar));
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

function licensed(cloud: Cloud, host: User): User {
  if (cloud.settings.plan === "free" || !host.webinar) throw webinarPlanMissing(host.id);
  return host;
}
