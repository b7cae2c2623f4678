import type { Bridge } from "../domain/incident.ts";
import type { MeetingFollow } from "../domain/plan.ts";
import type { TrackedMeeting } from "../store/index.ts";
import type { Meeting, MeetingRequest } from "../zoom/meetings.ts";
import type { ActionContext, EventDraft } from "./action.ts";
import { isSameMinute } from "../zoom/time.ts";

/** What became of a meeting that was made or changed: what Zoom kept, and what that means for the incident. */

/** The settings that outputs show. */
const shownSettings = [
  "join_before_host",
  "waiting_room",
  "auto_recording",
  "mute_upon_entry",
  "meeting_authentication",
  "host_video",
  "participant_video",
  "focus_mode",
  "watermark",
] as const;

export const settingsOf = ({ settings }: Meeting) => ({
  ...Object.fromEntries(shownSettings.map((name) => [name, settings[name] ?? null])),
  breakout_rooms: settings.breakout_room?.enable ?? null,
});

type Difference = { field: string; asked: unknown; kept: unknown };

/** Hosts are told of person by person; whether Zoom mails them it does not tell. */
const notCompared: ReadonlySet<string> = new Set([
  "alternative_hosts",
  "alternative_hosts_email_notification",
  "meeting_invitees",
  "breakout_room",
]);

const ofSettings = ({ settings = {} }: MeetingRequest, kept: Meeting): Difference[] => [
  ...Object.entries(settings)
    .filter(([name]) => !notCompared.has(name) && (name !== "jbh_time" || kept.settings.join_before_host))
    .map(([name, asked]) => ({
      field: name,
      asked,
      kept: kept.settings[name as keyof Meeting["settings"]],
    })),
  {
    field: "breakout_rooms",
    asked: settings.breakout_room?.enable,
    kept: kept.settings.breakout_room?.enable,
  },
];

const ofFields = (wanted: MeetingRequest, kept: Meeting): Difference[] => {
  const isSameStart = wanted.start_time && kept.startTime && isSameMinute(wanted.start_time, kept.startTime);
  return [
    { field: "topic", asked: wanted.topic, kept: kept.topic || undefined },
    { field: "agenda", asked: wanted.agenda?.trim(), kept: kept.agenda.trim() },
    { field: "duration_minutes", asked: wanted.duration, kept: kept.durationMinutes || undefined },
    { field: "passcode", asked: wanted.password, kept: kept.passcode },
    {
      field: "start_time",
      asked: isSameStart ? undefined : wanted.start_time,
      kept: kept.startTime || undefined,
    },
  ];
};

/** What a meeting has otherwise than it is asked for, or does not tell, by the names of our inputs. */
export const unlike = (wanted: MeetingRequest, meeting: Meeting): Difference[] =>
  [...ofFields(wanted, meeting), ...ofSettings(wanted, meeting)].filter(
    ({ asked, kept }) => asked !== undefined && asked !== kept,
  );

/** What Zoom kept otherwise than it was asked to. What it does not tell is no difference. */
export const keptOtherwise = (wanted: MeetingRequest, kept: Meeting): Difference[] =>
  unlike(wanted, kept).filter((each) => each.kept !== undefined);

const differenceText = ({ field, asked, kept }: Difference): string =>
  field === "passcode" || field === "agenda"
    ? `${field} is another one`
    : `${field} is ${String(kept)}, not ${String(asked)}`;

/** An account that locks or forces a setting wins without a word: so it is said here. */
export const differences = (wanted: MeetingRequest, kept: Meeting): EventDraft[] => {
  const differing = keptOtherwise(wanted, kept);
  if (differing.length === 0) return [];
  return [
    {
      kind: "meeting.settings_differ",
      title: `Zoom kept other settings: ${differing.map(differenceText).join("; ")}`,
      detail: "The account or the host's settings lock or force them: a Zoom administrator can change that.",
      data: { meeting_id: kept.id, settings: differing.map(({ field }) => field) },
    },
  ];
};

/** What the store keeps of a meeting that we made. */
export const tracked = (
  { request, nowMs }: ActionContext,
  meeting: Meeting,
  {
    follow,
    ...more
  }: Pick<TrackedMeeting, "purpose" | "topic" | "host" | "marker" | "made_in"> & {
    follow?: MeetingFollow | undefined;
  },
): TrackedMeeting => ({
  meeting_id: meeting.id,
  incident_id: request.incidentId,
  execution_id: request.executionId,
  step: request.step,
  join_url: meeting.joinUrl,
  ...(meeting.passcode && { passcode: meeting.passcode }),
  created_at: new Date(nowMs).toISOString(),
  ...(follow && { follow }),
  ...more,
});

/** A meeting that has just been made, as the incident's bridge. */
export const bridgeOf = (
  { id, joinUrl, passcode }: Meeting,
  { endOnResolve }: MeetingFollow = {},
): Bridge => ({
  meeting_id: id,
  join_url: joinUrl,
  passcode,
  state: "waiting",
  head_count: 0,
  ...(endOnResolve && { ends_on_resolve: true }),
});
