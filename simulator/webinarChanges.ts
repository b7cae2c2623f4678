import { defined } from "./collections.ts";
import { futureStartMs, plannedOccurrences, blankMeeting } from "./meetingChanges.ts";
import { alternativeHosts, hostNames, keptRecording } from "./meetingSettings.ts";
import { keptPasscode, newPasscode } from "./passcodes.ts";
import { hostOf } from "./meetingViews.ts";
import type { Cloud, Meeting, MeetingSettings, User } from "./state.ts";
import type { CreateWebinarWish, UpdateWebinarWish } from "./webinarSchemas.ts";

const DEFAULTS: MeetingSettings = {
  host_video: false,
  panelists_video: false,
  approval_type: 2,
  registration_type: 1,
  audio: "both",
  auto_recording: "none",
  enforce_login: false,
  enforce_login_domains: "",
  alternative_hosts: "",
  close_registration: false,
  show_share_button: false,
  allow_multiple_devices: false,
  practice_session: false,
  hd_video: false,
  question_and_answer: {
    enable: true,
    allow_submit_questions: true,
    allow_anonymous_questions: true,
    answer_questions: "all",
    attendees_can_comment: false,
    attendees_can_upvote: false,
  },
  registrants_confirmation_email: true,
  registrants_email_notification: true,
  registrants_restrict_number: 0,
  email_language: "en-US",
  panelists_invitation_email_notification: true,
  panelist_authentication: false,
  meeting_authentication: false,
  on_demand: false,
  post_webinar_survey: false,
};

export function newWebinar(cloud: Cloud, host: User, wish: CreateWebinarWish): Meeting {
  const webinar: Meeting = {
    ...blankMeeting(cloud, host, wish.timezone ?? "UTC", wish.start_time),
    type: 5,
    topic: "Zoom Webinar",
    password: newPasscode(cloud, { password: wish.password, default_password: wish.default_passcode }),
    settings: settleWebinar(cloud, host, DEFAULTS, wish.settings ?? {}),
    panelists: [],
    ...plainFields(wish),
  };
  return { ...webinar, occurrences: plannedOccurrences(webinar) };
}

export function applyWebinarUpdate(cloud: Cloud, webinar: Meeting, wish: UpdateWebinarWish): void {
  const timezone = wish.timezone ?? webinar.timezone;
  Object.assign(webinar, plainFields(wish), defined({ password: keptPasscode(cloud, wish.password) }), {
    settings: settleWebinar(cloud, hostOf(cloud, webinar), webinar.settings, wish.settings ?? {}),
    timezone,
    startMs: futureStartMs(cloud, wish.start_time, timezone) ?? webinar.startMs,
  });
  webinar.occurrences = plannedOccurrences(webinar);
}

/** As with meetings, locked settings win and recordings need the licence, without a word. */
function settleWebinar(
  cloud: Cloud,
  host: User,
  before: MeetingSettings,
  wished: MeetingSettings,
): MeetingSettings {
  const given: MeetingSettings = { ...before, ...wished, ...cloud.settings.lockedSettings };
  return {
    ...given,
    question_and_answer: {
      ...(before.question_and_answer as object),
      ...(given.question_and_answer as object),
    },
    alternative_hosts: alternativeHosts(cloud, hostNames(given)),
    auto_recording: keptRecording(host, given.auto_recording),
  };
}

const plainFields = (wish: CreateWebinarWish | UpdateWebinarWish) =>
  defined({
    type: wish.type,
    topic: wish.topic,
    agenda: wish.agenda,
    durationMinutes: wish.duration,
    trackingFields: wish.tracking_fields,
    recurrence: wish.recurrence,
  });
