import { z } from "zod";
import { zoomTime } from "../../zoom/time.ts";
import type { Webinar, WebinarRequest } from "../../zoom/webinars.ts";
import { getWebinar, updateWebinar as updateZoomWebinar } from "../../zoom/webinars.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { webinarIdField } from "../fields.ts";
import { keptPasscode } from "../goodPractice.ts";
import { markerIn } from "../makeOnce.ts";
import {
  keptSettings,
  otherSettings,
  passcodeField,
  settingsEvents,
  settingsOf,
  webinarSettingFields,
  zoomSettings,
} from "../webinars.ts";
import { readWebinarScopes } from "../scopes.ts";

const input = z.strictObject({
  webinar_id: webinarIdField,
  topic: z.string().trim().min(1).max(200).optional().meta({ title: "Topic" }),
  agenda: z.string().max(1970).optional().meta({ title: "Agenda", format: "multiline" }),
  start_time: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ title: "Start time", description: "ISO 8601 with offset; Zoom ignores one that has passed" }),
  duration_minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(1440)
    .optional()
    .meta({ title: "Duration in minutes" }),
  passcode: passcodeField.optional(),
  settings: z.strictObject(webinarSettingFields).partial().default({}).meta({ title: "Settings" }),
});

const output = z.object({
  webinar_id: z.string(),
  changed: z.array(z.string()).meta({ title: "Fields that were changed" }),
  join_url: z.string(),
  passcode: z.string(),
  topic: z.string(),
  start_time: z.string(),
  duration_minutes: z.number(),
  settings: keptSettings,
});

type Input = z.output<typeof input>;

/** What is not as asked yet. The marker at the beginning of the agenda stays: by it the webinar is found again. */
const changesFor = (given: Input, webinar: Webinar): WebinarRequest => {
  const fields = {
    topic: [given.topic, webinar.topic],
    agenda: [given.agenda === undefined ? undefined : agendaOf(given.agenda, webinar), webinar.agenda],
    start_time: [given.start_time && zoomTime(Date.parse(given.start_time)), webinar.startTime],
    duration: [given.duration_minutes, webinar.durationMinutes],
    password: [given.passcode, webinar.passcode],
  };
  const changes = Object.entries(fields)
    .filter(([, [asked, there]]) => asked !== undefined && asked !== there)
    .map(([field, [asked]]) => [field, asked]);
  const settings = otherSettings(given.settings, webinar).map((name) => [name, given.settings[name]]);
  return {
    ...(Object.fromEntries(changes) as WebinarRequest),
    ...(settings.length > 0 && { settings: zoomSettings(Object.fromEntries(settings) as Input["settings"]) }),
  };
};

const agendaOf = (agenda: string, webinar: Webinar): string =>
  [markerIn(webinar.agenda), agenda].filter((part) => part !== undefined).join("\n");

/** The changes in words, as Zoom kept them. */
const described = (changes: WebinarRequest, before: Webinar, kept: Webinar, given: Input): Words => ({
  ...(changes.topic !== undefined && { topic: `topic is ${kept.topic}` }),
  ...(changes.start_time !== undefined && { start_time: `starts at ${kept.startTime}` }),
  ...(changes.duration !== undefined && { duration_minutes: `lasts ${kept.durationMinutes} minutes` }),
  ...(changes.agenda !== undefined && { agenda: "agenda is new" }),
  ...(changes.password !== undefined && { passcode: `passcode is ${kept.passcode}` }),
  ...(changes.settings && {
    settings: otherSettings(given.settings, before)
      .map((name) => `${name} is ${settingsOf(kept)[name]}`)
      .join(", "),
  }),
});

/** By field, what became of it. */
type Words = { [field: string]: string };

const updated = (webinar: Webinar, words: Words): EventDraft => {
  const list = Object.values(words);
  return {
    kind: "meeting.updated",
    title:
      list.length === 0
        ? `Webinar is as asked already: ${webinar.topic}`
        : `Webinar changed: ${webinar.topic}: ${list.join("; ")}`.slice(0, 300),
    data: { meeting_id: webinar.id, changed: Object.keys(words) },
    links: [{ title: "Join", url: webinar.joinUrl }],
  };
};

const startEvents = (changes: WebinarRequest, webinar: Webinar): EventDraft[] =>
  changes.start_time === undefined || changes.start_time === webinar.startTime
    ? []
    : [
        {
          kind: "meeting.settings_differ",
          id: `webinar-${webinar.id}/start_time/${changes.start_time}`,
          title: `Zoom kept another start: ${webinar.startTime}, not ${changes.start_time}`,
          detail: "Zoom ignores a start that has passed: give one that lies ahead.",
          data: { meeting_id: webinar.id },
        },
      ];

const remember = async ({ store }: ActionContext, webinar: Webinar): Promise<void> => {
  const row = await store.meetings.get(webinar.id);
  if (!row) return;
  const { topic, joinUrl, passcode } = webinar;
  await store.meetings.save({ ...row.meeting, topic, join_url: joinUrl, passcode });
};

/** Changes a webinar, and only what is not as asked: Zoom counts changes, a hundred a day and host. */
export const updateWebinar = defineAction({
  key: "zoom.update_webinar",
  title: "Update webinar",
  description:
    "Changes topic, agenda, time, passcode or settings of a webinar, and says what Zoom kept. What is left out stays as it is.",
  category: "webinars",
  effect: "idempotent",
  scopes: [
    ["webinar:write:admin", "webinar:write", "webinar:update:webinar:admin", "webinar:update:webinar"],
    readWebinarScopes,
  ],
  input,
  output,
  example: {
    webinar_id: "85746065432",
    topic: "Checkout is back - Customer Briefing",
    duration_minutes: 30,
    settings: { practice_session: false },
  },
  advise: keptPasscode,
  run: async (context, given) => {
    const { client } = context.zoom;
    const before = await getWebinar(client, given.webinar_id);
    const changes = changesFor(given, before);
    const isAsAsked = Object.keys(changes).length === 0;
    if (!isAsAsked) await updateZoomWebinar(client, before.id, changes);
    const webinar = isAsAsked ? before : await getWebinar(client, before.id);
    await remember(context, webinar);
    const words = described(changes, before, webinar, given);
    return {
      outputs: {
        webinar_id: webinar.id,
        changed: Object.keys(words),
        join_url: webinar.joinUrl,
        passcode: webinar.passcode,
        topic: webinar.topic,
        start_time: webinar.startTime,
        duration_minutes: webinar.durationMinutes,
        settings: settingsOf(webinar),
      },
      events: [
        updated(webinar, words),
        ...startEvents(changes, webinar),
        ...settingsEvents(given.settings, webinar),
      ],
    };
  },
});
