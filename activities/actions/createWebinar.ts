import { z } from "zod";
import { ZoomError } from "../../zoom/errors.ts";
import { zoomTime } from "../../zoom/time.ts";
import type { Webinar, WebinarRequest } from "../../zoom/webinars.ts";
import { createWebinar as createZoomWebinar } from "../../zoom/webinars.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { newPasscode, practices, recordingIsLookedAfter } from "../goodPractice.ts";
import { makeOnceOf, markerOf, whereBegun } from "../makeOnce.ts";
import {
  keptSettings,
  passcodeField,
  settingsEvents,
  settingsOf,
  webinars,
  webinarSettingFields,
  zoomSettings,
} from "../webinars.ts";
import { hostsFor, markedAgenda, plannedFields, startMsOf, topicField } from "../meetingInput.ts";
import { withoutPasscode, withPasscode } from "../passcode.ts";
import { readWebinarScopes } from "../scopes.ts";

const { practice_session, auto_recording, registration, on_demand, mail_panelists, ...others } =
  webinarSettingFields;

const settings = z
  .strictObject({
    ...z.object(others).partial().shape,
    practice_session: practice_session.default(false),
    auto_recording: auto_recording.default("none"),
    registration: registration.default("none"),
    on_demand: on_demand.default(false),
    mail_panelists: mail_panelists.default(true),
  })
  .prefault({})
  .meta({ title: "Settings" });

const input = z.strictObject({
  topic: topicField.meta({
    title: "Topic",
    examples: ["{{incident.short_id}} {{incident.short_title}} - Customer briefing"],
  }),
  agenda: plannedFields.agenda,
  duration_minutes: plannedFields.duration_minutes,
  start_time: plannedFields.start_time,
  start_offset: plannedFields.start_offset,
  passcode: passcodeField
    .optional()
    .meta({ title: "Passcode", description: "Zoom or we make one if left out" }),
  settings,
  host: z.string().optional().meta({
    title: "Host",
    description:
      "Email or id of the Zoom user who hosts, with a licence for webinars; one of the connector's if left out",
  }),
});

const output = z.object({
  join_url: z.string().meta({ title: "Join link for the audience" }),
  registration_url: z
    .string()
    .nullable()
    .meta({ title: "Registration page", description: "If registration is on" }),
  webinar_id: z.string().meta({ title: "Webinar id" }),
  passcode: z.string().meta({ title: "Passcode" }),
  topic: z.string(),
  host: z.string().meta({ title: "Host" }),
  start_time: z.string(),
  duration_minutes: z.number(),
  settings: keptSettings,
});

type Input = z.output<typeof input>;

const zoomRequest = (context: ActionContext, given: Input): WebinarRequest => ({
  topic: given.topic,
  start_time: zoomTime(startMsOf(context, given)),
  timezone: "UTC",
  duration: given.duration_minutes,
  ...(given.passcode !== undefined && { password: given.passcode }),
  settings: zoomSettings(given.settings),
});

const actionKey = "zoom.create_webinar";

const make = async (context: ActionContext, given: Input, key: string) => {
  const { store, zoom } = context;
  const hosts = await hostsFor(context, given);
  const wanted = zoomRequest(context, given);
  try {
    return await makeOnceOf(webinars, {
      store,
      zoom,
      key,
      action: actionKey,
      hosts,
      create: (user, marker) =>
        createZoomWebinar(zoom.client, user, { ...wanted, agenda: markedAgenda(marker, given.agenda) }),
    });
  } catch (error) {
    if (!(error instanceof ZoomError) || error.code !== "plan" || hosts.length < 2) throw error;
    const { code, method, path, status, zoomCode, advice } = error;
    const message = `None of ${hosts.join(", ")} can host a webinar. The last one tried: ${error.message}`;
    throw new ZoomError({ code, message, method, path, status, zoomCode, advice });
  }
};

const scheduled = (webinar: Webinar, host: string): EventDraft => {
  const { id, topic, startTime, passcode, joinUrl, registrationUrl } = webinar;
  return {
    kind: "meeting.scheduled",
    title: `Webinar scheduled: ${topic}, ${startTime}`,
    detail: `Passcode ${passcode || "none"}, hosted by ${host}.`,
    data: { meeting_id: id, passcode, join_url: joinUrl },
    links: [
      ...(registrationUrl ? [{ title: "Register", url: registrationUrl }] : []),
      { title: "Join", url: joinUrl },
    ],
  };
};

const tracked = async (
  { request, nowMs, zoom }: ActionContext,
  webinar: Webinar,
  host: string,
  key: string,
) => ({
  meeting_id: webinar.id,
  kind: "webinar" as const,
  incident_id: request.incidentId,
  execution_id: request.executionId,
  step: request.step,
  purpose: "other" as const,
  topic: webinar.topic,
  join_url: webinar.joinUrl,
  passcode: webinar.passcode,
  host,
  marker: markerOf(key),
  created_at: new Date(nowMs).toISOString(),
  made_in: await zoom.madeIn(),
});

const outputsOf = (webinar: Webinar, host: string): z.input<typeof output> => ({
  join_url: webinar.joinUrl,
  registration_url: webinar.registrationUrl ?? null,
  webinar_id: webinar.id,
  passcode: webinar.passcode,
  topic: webinar.topic,
  host,
  start_time: webinar.startTime,
  duration_minutes: webinar.durationMinutes,
  settings: settingsOf(webinar),
});

/** Creates a Zoom webinar, exactly once whatever crashes. */
export const createWebinar = defineAction({
  key: actionKey,
  title: "Create webinar",
  description:
    "Schedules a webinar, such as a briefing for customers, and puts its join link on the timeline. Its host needs a licence for webinars: without a named one, the connector's hosts are tried in turn.",
  category: "webinars",
  effect: "create",
  scopes: [
    ["webinar:write:admin", "webinar:write", "webinar:write:webinar:admin", "webinar:write:webinar"],
    ["webinar:read:admin", "webinar:read", "webinar:read:list_webinars:admin", "webinar:read:list_webinars"],
    readWebinarScopes,
  ],
  input,
  output,
  example: {
    topic: "Checkout is down - Customer Briefing",
    start_offset: "30m",
    duration_minutes: 45,
    settings: { practice_session: true, question_and_answer: true, auto_recording: "cloud" },
  },
  advise: practices(newPasscode, recordingIsLookedAfter),
  undo: { action: "zoom.delete_webinar", input: { webinar_id: "{{runbook.outputs.$step.webinar_id}}" } },
  run: async (asked, given) => {
    const { request, store, nowMs } = asked;
    const key = `${request.executionId}/${request.step}`;
    const context = await whereBegun(asked, key);
    const { made, host: user, lost } = await make(context, given, key);
    const webinar = await withPasscode(webinars, context.zoom.client, made);
    const host = webinar.hostEmail || user;
    await store.meetings.save({ ...(await tracked(context, webinar, host, key)), ...lost });
    return {
      outputs: outputsOf(webinar, host),
      events: [
        scheduled(webinar, host),
        ...withoutPasscode(webinars, webinar),
        ...settingsEvents(given.settings, webinar),
      ],
      effects: {
        meetings: [
          {
            meetingId: webinar.id,
            topic: webinar.topic,
            purpose: "other",
            startsAtMs: Date.parse(webinar.startTime) || nowMs,
          },
        ],
      },
    };
  },
});
