import type { Handler } from "./call.ts";
import { tooManyPanelists } from "./errors.ts";
import { zoomUserId } from "./ids.ts";
import { readBody } from "./meetingSchemas.ts";
import type { Meeting } from "./state.ts";
import { isoTime } from "./time.ts";
import { requireWebinar } from "./webinarReferences.ts";
import { panelistsSchema } from "./webinarSchemas.ts";
import { panelistView } from "./webinarViews.ts";

const MOST_PANELISTS = 100;

export const listPanelists: Handler = (cloud, { params }) => {
  const webinar = requireWebinar(cloud, params.webinarId ?? "");
  const panelists = panelistsOf(webinar).map((panelist) => panelistView(webinar, panelist));
  return { status: 200, body: { total_records: panelists.length, panelists } };
};

/** One who is there already keeps the place and takes the new name. */
export const addPanelists: Handler = (cloud, { params, body }) => {
  const webinar = requireWebinar(cloud, params.webinarId ?? "");
  const wanted = readBody(panelistsSchema, body).panelists;
  const panelists = new Map(panelistsOf(webinar).map((panelist) => [panelist.email, panelist]));
  for (const { name, email } of wanted) {
    const known = panelists.get(email.toLowerCase());
    panelists.set(email.toLowerCase(), { id: known?.id ?? zoomUserId(), name, email: email.toLowerCase() });
  }
  if (panelists.size > MOST_PANELISTS) throw tooManyPanelists();
  webinar.panelists = [...panelists.values()];
  return { status: 201, body: { id: String(webinar.id), updated_at: isoTime(cloud.clock.now()) } };
};

export const removePanelists: Handler = (cloud, { params }) => {
  requireWebinar(cloud, params.webinarId ?? "").panelists = [];
  return { status: 204 };
};

export const removePanelist: Handler = (cloud, { params }) => {
  const webinar = requireWebinar(cloud, params.webinarId ?? "");
  webinar.panelists = panelistsOf(webinar).filter(({ id }) => id !== params.panelistId);
  return { status: 204 };
};

const panelistsOf = ({ panelists = [] }: Meeting) => panelists;
