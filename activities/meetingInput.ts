import { createHash } from "node:crypto";
import { z } from "zod";
import { durationMs } from "../domain/duration.ts";
import { durationMinutesField, settingFields } from "../domain/meetingFields.ts";
import type { MeetingRequest } from "../zoom/meetings.ts";
import type { ActionContext } from "./action.ts";
import { durationField, peopleField } from "./fields.ts";
import { refusal } from "./refusal.ts";

/** What actions that make or change meetings ask for, with Zoom's limits. */

export const topicField = z.string().trim().min(1).max(200);

/** Zoom takes 2000 characters; the marker at its start needs its share. */
export const agendaField = z.string().max(1970);

export const passcodeField = z.string().regex(/^[\w@*-]{1,10}$/, "at most 10 letters, digits or @ - _ *");

export const startTimeField = z.iso.datetime({ offset: true }).meta({ examples: ["2030-01-31T09:00:00Z"] });

/** What a bridge needs: people come in without anybody to let them in. */
const bridgeSettings = z
  .strictObject({
    ...z.strictObject(settingFields).partial().shape,
    join_before_host: settingFields.join_before_host.optional().meta({
      title: "Join before host",
      description: "On if left out, but off with a waiting room, as Zoom has it",
    }),
    waiting_room: settingFields.waiting_room.default(false),
    auto_recording: settingFields.auto_recording.default("none"),
  })
  .prefault({})
  .transform(({ join_before_host, ...given }) => ({
    ...given,
    join_before_host: join_before_host ?? !given.waiting_room,
  }))
  .meta({ title: "Settings" });

/** The input that every meeting to be made has. */
export const plannedFields = {
  topic: topicField.meta({
    title: "Topic",
    examples: ["{{incident.short_id}} {{incident.short_title}} - Incident Bridge"],
  }),
  agenda: agendaField.default("").meta({ title: "Agenda", format: "multiline" }),
  duration_minutes: durationMinutesField.default(60).meta({ title: "Duration in minutes" }),
  start_time: startTimeField
    .optional()
    .meta({ title: "Start time", description: "ISO 8601 with offset; now if left out" }),
  start_offset: durationField
    .optional()
    .meta({ title: "Start offset", description: "Added to the start time" }),
  passcode: passcodeField
    .optional()
    .meta({ title: "Passcode", description: "Zoom or we make one if left out" }),
  settings: bridgeSettings,
  alternative_hosts: peopleField.default([]).meta({
    title: "Alternative hosts",
    description: "Licensed users of the account; whoever is not is left out and named",
  }),
  invitees: peopleField.default([]).meta({ title: "Invitees" }),
  host: z.string().optional().meta({
    title: "Host",
    description: "Email or id of the Zoom user who hosts; one of the connector's if left out",
  }),
} as const;

const planned = z.strictObject(plannedFields);

export type PlannedMeeting = z.output<typeof planned>;

/** The named host alone; else the connector's, starting with another one for each incident. */
export const hostsFor = async (
  { zoom, request }: ActionContext,
  { host }: Pick<PlannedMeeting, "host">,
): Promise<readonly string[]> => {
  if (host) return [host];
  const hosts = await zoom.hosts();
  const start = createHash("sha256").update(request.incidentId).digest().readUInt32BE();
  return hosts.map((_, index) => hosts[(start + index) % hosts.length] ?? "");
};

/** Clocks differ, and templates hold times that have just passed. */
const pastGraceMs = 5 * 60_000;

/**
 * When a meeting or webinar is to start. A start that had passed when the step was asked for is refused: Zoom would take it for
 * "now" on create and pass over it on update, without a word either way.
 */
export const startMsOf = (
  { askedAtMs, nowMs }: Pick<ActionContext, "askedAtMs" | "nowMs">,
  { start_time, start_offset }: Pick<PlannedMeeting, "start_time" | "start_offset">,
): number => {
  const baseMs = start_time === undefined ? nowMs : Date.parse(start_time);
  const startMs = baseMs + (start_offset === undefined ? 0 : (durationMs(start_offset) ?? 0));
  if (start_time !== undefined && startMs < askedAtMs - pastGraceMs) throw hasPassed(startMs, askedAtMs);
  return startMs;
};

const hasPassed = (startMs: number, askedAtMs: number) =>
  refusal(
    "invalid_input",
    `It cannot start at ${new Date(startMs).toISOString()}: that was over at ${new Date(askedAtMs).toISOString()}, when the step began.`,
    { field: "start_time", advice: "Give a time to come, or leave start_time out to start now." },
  );

const emailsOf = (people: PlannedMeeting["invitees"]): string[] => people.flatMap(({ email }) => email ?? []);

type AskedSettings = {
  [Name in keyof typeof settingFields]?: z.output<(typeof settingFields)[Name]> | undefined;
};

/** Settings as Zoom takes them. */
export const zoomSettings = ({ breakout_rooms, ...settings }: AskedSettings): MeetingRequest["settings"] => ({
  ...settings,
  ...(breakout_rooms !== undefined && { breakout_room: { enable: breakout_rooms, rooms: [] } }),
});

/** What create and recurring meetings have in common in Zoom's words; type, times and agenda come beside it. */
export const plannedRequest = (given: PlannedMeeting): MeetingRequest => ({
  topic: given.topic,
  duration: given.duration_minutes,
  ...(given.passcode !== undefined && { password: given.passcode }),
  settings: {
    ...zoomSettings(given.settings),
    // 0: people may join at any time before the host, which is what a bridge without a host present needs.
    jbh_time: 0,
    alternative_hosts: emailsOf(given.alternative_hosts),
    alternative_hosts_email_notification: false,
    meeting_invitees: emailsOf(given.invitees).map((email) => ({ email })),
  },
});

/** The marker by which a meeting is found again stands in the agenda's first line. */
const markerLine = /^\[zr-[0-9a-f]+\](?:\n|$)/;

export const markedAgenda = (marker: string, agenda: string): string => `${marker}\n${agenda}`;

/** Another agenda for a meeting that keeps its marker, if it has one. */
export const agendaInstead = (current: string, agenda: string): string => {
  const line = markerLine.exec(current)?.[0].trimEnd();
  return line === undefined ? agenda : markedAgenda(line, agenda);
};

/** The agenda as people wrote it. */
export const writtenAgenda = (agenda: string): string => agenda.replace(markerLine, "");
