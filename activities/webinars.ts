import { z } from "zod";
import type { FailureCode } from "../domain/failures.ts";
import { defined } from "../zoom/parse.ts";
import type { Webinar, WebinarRequest } from "../zoom/webinars.ts";
import { deleteWebinar, findWebinarByMarker, getWebinar, updateWebinar } from "../zoom/webinars.ts";
import type { EventDraft } from "./action.ts";
import type { Kind } from "./makeOnce.ts";

/** Webinars as `makeOnceOf` makes them. A host without a licence for webinars gives way to the next. */
export const webinars: Kind<Webinar> = {
  noun: "webinar",
  find: findWebinarByMarker,
  get: getWebinar,
  remove: deleteWebinar,
  setPasscode: (zoom, id, password) => updateWebinar(zoom, id, { password }),
  hostFailures: new Set<FailureCode>([
    "plan",
    // Zoom has one code for a missing licence and a missing right; which it is stands in a text that may be translated.
    "permission",
    "host_unavailable",
    "daily_limit",
    "not_found",
  ]),
};

export const passcodeField = z
  .string()
  .regex(/^[\w@*!-]{1,10}$/, "at most 10 letters, digits or @ - _ * !")
  .meta({ title: "Passcode" });

export const webinarSettingFields = {
  host_video: z.boolean().meta({ title: "Start the host's video" }),
  panelists_video: z.boolean().meta({ title: "Start the panelists' video" }),
  practice_session: z.boolean().meta({
    title: "Practice session",
    description: "Host and panelists meet before the audience is let in",
  }),
  question_and_answer: z.boolean().meta({ title: "Questions and answers" }),
  auto_recording: z.enum(["none", "local", "cloud"]).meta({ title: "Auto-recording" }),
  registration: z
    .enum(["none", "automatic", "manual"])
    .meta({ title: "Registration", description: "none, or how people who register are approved" }),
  on_demand: z
    .boolean()
    .meta({ title: "On demand", description: "People who registered may watch the recording afterwards" }),
  mail_panelists: z
    .boolean()
    .meta({ title: "Mail panelists their link", description: "They get it in no other way" }),
};

export const keptSettings = z
  .object(webinarSettingFields)
  .partial()
  .meta({ description: "What Zoom kept of the settings" });

type Settings = z.output<typeof keptSettings>;

const approvals = { automatic: 0, manual: 1, none: 2 } as const;

export const zoomSettings = (given: Settings): NonNullable<WebinarRequest["settings"]> => {
  const { registration, question_and_answer, mail_panelists, ...plain } = given;
  return defined({
    ...plain,
    approval_type: registration && approvals[registration],
    question_and_answer: question_and_answer === undefined ? undefined : { enable: question_and_answer },
    panelists_invitation_email_notification: mail_panelists,
  });
};

/** The settings of a webinar in our words; what Zoom does not tell is absent. */
export const settingsOf = ({ settings }: Webinar): Settings => {
  const { approval_type, question_and_answer, panelists_invitation_email_notification } = settings;
  const registration = (["automatic", "manual", "none"] as const).find(
    (name) => approvals[name] === approval_type,
  );
  return defined({
    host_video: settings.host_video,
    panelists_video: settings.panelists_video,
    practice_session: settings.practice_session,
    question_and_answer: question_and_answer?.enable,
    auto_recording: settings.auto_recording,
    registration,
    on_demand: settings.on_demand,
    mail_panelists: panelists_invitation_email_notification,
  });
};

/** Names of the asked settings that are not as asked; what Zoom does not tell is taken for granted. */
export const otherSettings = (asked: Settings, webinar: Webinar): (keyof Settings)[] => {
  const kept = settingsOf(webinar);
  const names = Object.keys(asked) as (keyof Settings)[];
  return names.filter(
    (name) => asked[name] !== undefined && kept[name] !== undefined && kept[name] !== asked[name],
  );
};

/** Says which settings Zoom kept its own of. */
export const settingsEvents = (asked: Settings, webinar: Webinar): EventDraft[] => {
  const differing = otherSettings(asked, webinar);
  if (differing.length === 0) return [];
  const kept = settingsOf(webinar);
  const list = differing.map((name) => `${name} is ${kept[name]}, not ${asked[name]}`);
  return [
    {
      kind: "meeting.settings_differ",
      title: `Zoom kept other settings: ${list.join("; ")}`,
      detail: "The account or the host's settings lock or force them: a Zoom administrator can change that.",
      data: { meeting_id: webinar.id, settings: differing },
    },
  ];
};
