import { secret } from "./ids.ts";
import { encryptedPassword, hostOf, joinUrl, occurrenceView, times } from "./meetingViews.ts";
import type { Cloud, Meeting, Panelist, WebinarRegistrant } from "./state.ts";
import { isoTime } from "./time.ts";

/** What the answers to create and get carry. It does not say whether the webinar is live: Zoom tells that nowhere. */
export function webinarView(cloud: Cloud, webinar: Meeting) {
  const host = hostOf(cloud, webinar);
  return {
    uuid: webinar.uuid,
    id: webinar.id,
    host_id: host.id,
    host_email: host.email,
    topic: webinar.topic,
    type: webinar.type,
    ...times(webinar),
    timezone: webinar.timezone,
    ...(webinar.agenda !== "" && { agenda: webinar.agenda }),
    created_at: isoTime(webinar.createdAtMs),
    start_url: `https://us02web.zoom.us/s/${webinar.id}?zak=${secret("zak")}`,
    join_url: joinUrl(webinar),
    ...(needsRegistration(webinar) && {
      registration_url: `https://us02web.zoom.us/webinar/register/WN_${webinar.id}`,
    }),
    ...(webinar.password !== "" && {
      password: webinar.password,
      encrypted_passcode: encryptedPassword(webinar),
      h323_passcode: encryptedPassword(webinar).slice(0, 6),
    }),
    ...(webinar.recurrence && { recurrence: webinar.recurrence }),
    ...(webinar.type === 9 && { occurrences: webinar.occurrences.map(occurrenceView) }),
    ...(webinar.trackingFields.length > 0 && { tracking_fields: webinar.trackingFields }),
    settings: webinar.settings,
    is_simulive: false,
    creation_source: "open_api",
  };
}

export const needsRegistration = ({ settings }: Meeting): boolean => settings.approval_type !== 2;

/** Whoever has a panelist's own link is let in as that panelist. */
export const panelistView = (webinar: Meeting, { id, name, email }: Panelist) => ({
  id,
  name,
  email,
  join_url: `https://us02web.zoom.us/w/${webinar.id}?tk=${secret("panelist")}`,
});

export const registrantView = (webinar: Meeting, registrant: WebinarRegistrant) => ({
  id: registrant.id,
  email: registrant.email,
  first_name: registrant.firstName,
  last_name: registrant.lastName,
  status: registrant.status,
  create_time: isoTime(registrant.createdAtMs),
  join_url: `https://us02web.zoom.us/w/${webinar.id}?tk=${secret("registrant")}`,
});
