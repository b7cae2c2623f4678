import { alternativeHostRefused } from "./errors.ts";
import { blockedDomain } from "./registrantErrors.ts";
import { hostOf } from "./meetingViews.ts";
import type { Cloud, Meeting, MeetingSettings, Occurrence, User } from "./state.ts";
import { findUser } from "./users.ts";

const DEFAULTS: MeetingSettings = {
  host_video: false,
  participant_video: false,
  cn_meeting: false,
  in_meeting: false,
  join_before_host: false,
  jbh_time: 0,
  mute_upon_entry: false,
  watermark: false,
  use_pmi: false,
  approval_type: 2,
  audio: "both",
  auto_recording: "none",
  enforce_login: false,
  enforce_login_domains: "",
  alternative_hosts: "",
  alternative_hosts_email_notification: true,
  alternative_host_update_polls: false,
  close_registration: false,
  show_share_button: false,
  allow_multiple_devices: false,
  registrants_confirmation_email: true,
  registrants_email_notification: true,
  email_notification: true,
  waiting_room: false,
  request_permission_to_unmute_participants: false,
  meeting_authentication: false,
  encryption_type: "enhanced_encryption",
  approved_or_denied_countries_or_regions: { enable: false },
  breakout_room: { enable: false },
  internal_meeting: false,
  private_meeting: false,
  focus_mode: false,
  continuous_meeting_chat: { enable: false },
  push_change_to_calendar: false,
  resources: [],
  meeting_invitees: [],
  auto_start_meeting_summary: false,
  auto_start_ai_companion_questions: false,
  device_testing: false,
};

const KNOWN_RECORDINGS = ["none", "local", "cloud"];

/** What Zoom keeps of the wished settings. Most of what it changes it changes without a word. */
export function settle(
  cloud: Cloud,
  host: User,
  before: MeetingSettings | undefined,
  wished: MeetingSettings,
) {
  refuseBlocked(cloud, wished.meeting_invitees);
  const given = { ...(before ?? DEFAULTS), ...wished, ...cloud.settings.lockedSettings };
  return {
    ...given,
    alternative_hosts: alternativeHosts(cloud, hostNames(given)),
    join_before_host: given.waiting_room === true ? false : given.join_before_host,
    auto_recording: keptRecording(host, given.auto_recording),
  };
}

/** One of them fails the whole request. */
function refuseBlocked(cloud: Cloud, invitees: unknown): void {
  const emails = Array.isArray(invitees) ? (invitees as { email?: string }[]) : [];
  const domains = emails.map(({ email = "" }) => email.split("@")[1]?.toLowerCase() ?? "");
  const blocked = domains.find((domain) => cloud.settings.registration.blockedDomains.includes(domain));
  if (blocked !== undefined) throw blockedDomain(blocked);
}

const OF_OCCURRENCES = [
  "host_video",
  "participant_video",
  "join_before_host",
  "mute_upon_entry",
  "waiting_room",
  "watermark",
  "auto_recording",
];

/** What one date of a series keeps of its own. */
export function occurrenceSettings(
  cloud: Cloud,
  meeting: Meeting,
  occurrence: Occurrence,
  wished: MeetingSettings,
): MeetingSettings {
  const before = { ...meeting.settings, ...occurrence.settings };
  const kept = settle(cloud, hostOf(cloud, meeting), before, only(wished, OF_OCCURRENCES));
  const touched = [...Object.keys(occurrence.settings ?? {}), ...Object.keys(wished), "join_before_host"];
  return only(
    kept,
    OF_OCCURRENCES.filter((name) => touched.includes(name)),
  );
}

const only = (settings: MeetingSettings, names: string[]): MeetingSettings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));

/** An unknown value becomes `none`, seen on a real account; the cloud is for licensed hosts. */
export function keptRecording(host: User, wished: unknown): string {
  if (typeof wished !== "string" || !KNOWN_RECORDINGS.includes(wished)) return "none";
  return wished === "cloud" && host.type !== 2 ? "none" : wished;
}

/** A list with semicolons; commas are accepted too. */
export function hostNames({ alternative_hosts }: MeetingSettings): string[] {
  if (typeof alternative_hosts !== "string") return [];
  return alternative_hosts
    .split(/[;,]/)
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

export const alternativeHosts = (cloud: Cloud, names: string[]): string =>
  names.map((name) => licensedUser(cloud, name).email).join(";");

function licensedUser(cloud: Cloud, name: string): User {
  const user = findUser(cloud, name);
  const isRefused = user !== undefined && cloud.settings.refusedAlternativeHosts.includes(user.email);
  if (user?.type !== 2 || isRefused) throw alternativeHostRefused(name);
  return user;
}
