import type { Handler } from "./call.ts";
import { hostCannotRegister, invalidFields, takesNoRegistrants } from "./errors.ts";
import { zoomUserId } from "./ids.ts";
import { readBody } from "./meetingSchemas.ts";
import { hostOf } from "./meetingViews.ts";
import { pageOf } from "./paging.ts";
import type { Cloud, Meeting, WebinarRegistrant } from "./state.ts";
import { isoTime } from "./time.ts";
import { requireWebinar } from "./webinarReferences.ts";
import { registrantSchema } from "./webinarSchemas.ts";
import { needsRegistration, registrantView } from "./webinarViews.ts";

export const listWebinarRegistrants: Handler = (cloud, { params, query }) => {
  const webinar = requireWebinar(cloud, params.webinarId ?? "");
  const status = query.status ?? "approved";
  if (!["pending", "approved", "denied"].includes(status)) throw invalidFields(["status"]);
  const wanted = (webinar.webinarRegistrants ?? []).filter((registrant) => registrant.status === status);
  const { items, ...page } = pageOf(cloud, wanted, query, `registrants ${webinar.id} ${status}`);
  const registrants = items.map((registrant) => registrantView(webinar, registrant));
  return { status: 200, body: { ...page, page_number: 1, registrants } };
};

/** Who registers again is the same registrant. */
export const addWebinarRegistrant: Handler = (cloud, { params, body }) => {
  const webinar = requireWebinar(cloud, params.webinarId ?? "");
  if (!needsRegistration(webinar)) throw takesNoRegistrants(String(webinar.id));
  const wish = readBody(registrantSchema, body);
  const email = wish.email.toLowerCase();
  if (email === hostOf(cloud, webinar).email) throw hostCannotRegister();
  const known = webinar.webinarRegistrants?.find((registrant) => registrant.email === email);
  const registrant = known ?? newRegistrant(cloud, webinar, { ...wish, email });
  if (known === undefined) webinar.webinarRegistrants = [...(webinar.webinarRegistrants ?? []), registrant];
  const { id: registrant_id, join_url } = registrantView(webinar, registrant);
  return {
    status: 201,
    body: {
      id: webinar.id,
      topic: webinar.topic,
      start_time: isoTime(webinar.startMs),
      registrant_id,
      join_url,
    },
  };
};

const newRegistrant = (
  cloud: Cloud,
  { settings }: Meeting,
  { email, first_name, last_name }: { email: string; first_name: string; last_name: string },
): WebinarRegistrant => ({
  id: zoomUserId(),
  email,
  firstName: first_name,
  lastName: last_name,
  status: settings.approval_type === 1 ? "pending" : "approved",
  createdAtMs: cloud.clock.now(),
});
