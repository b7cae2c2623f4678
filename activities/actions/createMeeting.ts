import { createHash, randomInt } from "node:crypto";
import { z } from "zod";
import { durationMs } from "../../domain/duration.ts";
import type { Meeting, MeetingRequest } from "../../zoom/meetings.ts";
import { createMeeting as createZoomMeeting, getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import { zoomTime } from "../../zoom/time.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { durationField, peopleField } from "../fields.ts";
import { makeOnce, markerOf } from "../makeOnce.ts";

export const settings = z
  .strictObject({
    join_before_host: z.boolean().default(true).meta({ title: "Join before host" }),
    waiting_room: z
      .boolean()
      .default(false)
      .meta({ title: "Waiting room", description: "Zoom switches join before host off when it is on" }),
    auto_recording: z.enum(["none", "local", "cloud"]).default("none").meta({ title: "Auto-recording" }),
    mute_upon_entry: z.boolean().optional().meta({ title: "Mute upon entry" }),
  })
  .prefault({})
  .meta({ title: "Settings" });

const input = z.strictObject({
  topic: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .meta({ title: "Topic", examples: ["{{incident.title}} - Incident Bridge"] }),
  agenda: z.string().max(1970).default("").meta({ title: "Agenda", format: "multiline" }),
  duration_minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(60)
    .meta({ title: "Duration in minutes" }),
  start_time: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ title: "Start time", description: "ISO 8601 with offset; now if left out" }),
  start_offset: durationField
    .optional()
    .meta({ title: "Start offset", description: "Added to the start time" }),
  passcode: z
    .string()
    .regex(/^[\w@*-]{1,10}$/, "at most 10 letters, digits or @ - _ *")
    .optional()
    .meta({ title: "Passcode", description: "Zoom or we make one if left out" }),
  settings,
  alternative_hosts: peopleField
    .default([])
    .meta({ title: "Alternative hosts", description: "Licensed users" }),
  invitees: peopleField.default([]).meta({ title: "Invitees" }),
  host: z.string().optional().meta({
    title: "Host",
    description: "Email or id of the Zoom user who hosts; one of the connector's if left out",
  }),
  purpose: z.enum(["bridge", "follow_up", "other"]).default("bridge").meta({ title: "Purpose" }),
});

const output = z.object({
  join_url: z.string().meta({ title: "Join link" }),
  meeting_id: z.string().meta({ title: "Meeting id" }),
  passcode: z.string().meta({ title: "Passcode" }),
  topic: z.string(),
  host: z.string().meta({ title: "Host" }),
  start_time: z.string(),
  duration_minutes: z.number(),
  settings: z.record(z.string(), z.json()).meta({ description: "What Zoom kept of the settings" }),
});

type Input = z.output<typeof input>;

/** The named host alone; else the connector's, starting with another one for each incident. */
export const hostsFor = (
  { zoom, request }: ActionContext,
  { host }: Pick<Input, "host">,
): readonly string[] => {
  if (host) return [host];
  const start = createHash("sha256").update(request.incidentId).digest().readUInt32BE();
  return zoom.hosts.map((_, index) => zoom.hosts[(start + index) % zoom.hosts.length] ?? "");
};

const emailsOf = (people: Input["invitees"]): string[] => people.flatMap(({ email }) => email ?? []);

/** A scheduled meeting (type 2): an instant one could not be found again by its marker. */
const zoomRequest = (given: Input, nowMs: number): MeetingRequest => {
  const startMs = given.start_time === undefined ? nowMs : Date.parse(given.start_time);
  const offsetMs = given.start_offset === undefined ? 0 : (durationMs(given.start_offset) ?? 0);
  return {
    type: 2,
    topic: given.topic,
    start_time: zoomTime(startMs + offsetMs),
    timezone: "UTC",
    duration: given.duration_minutes,
    ...(given.passcode !== undefined && { password: given.passcode }),
    settings: {
      ...given.settings,
      // 0: people may join at any time before the host, which is what a bridge without a host present needs.
      jbh_time: 0,
      alternative_hosts: emailsOf(given.alternative_hosts),
      alternative_hosts_email_notification: false,
      meeting_invitees: emailsOf(given.invitees).map((email) => ({ email })),
    },
  };
};

const startOf = ({ startTime }: Meeting, nowMs: number): number => Date.parse(startTime) || nowMs;

/** A bridge without a passcode is open to anybody who guesses its number. */
export const withPasscode = async ({ zoom }: ActionContext, meeting: Meeting): Promise<Meeting> => {
  if (meeting.passcode) return meeting;
  await updateMeeting(zoom.client, meeting.id, { password: String(randomInt(100_000, 1_000_000)) });
  return getMeeting(zoom.client, meeting.id);
};

/** Settings that an account may lock or force; Zoom then keeps its own without a word. */
const compared = ["join_before_host", "waiting_room", "auto_recording", "mute_upon_entry"] as const;

export const differences = (wanted: MeetingRequest, meeting: Meeting): EventDraft[] => {
  const differing = compared.filter((name) => {
    const asked = wanted.settings?.[name];
    const kept = meeting.settings[name];
    return asked !== undefined && kept !== undefined && asked !== kept;
  });
  if (differing.length === 0) return [];
  const list = differing.map(
    (name) => `${name} is ${meeting.settings[name]}, not ${wanted.settings?.[name]}`,
  );
  return [
    {
      kind: "meeting.settings_differ",
      title: `Zoom kept other settings: ${list.join("; ")}`,
      detail: "The account or the host's settings lock or force them: a Zoom administrator can change that.",
      data: { settings: differing },
    },
  ];
};

/** What Zoom kept of the settings. */
export const settingsOf = ({ settings: kept }: Meeting) =>
  Object.fromEntries(compared.map((name) => [name, kept[name] ?? null]));

const outputsOf = (meeting: Meeting, given: Input, host: string) => ({
  join_url: meeting.joinUrl,
  meeting_id: meeting.id,
  passcode: meeting.passcode,
  topic: meeting.topic || given.topic,
  host: meeting.hostEmail || host,
  start_time: meeting.startTime || "",
  duration_minutes: meeting.durationMinutes || given.duration_minutes,
  settings: settingsOf(meeting),
});

const readyEvent = (meeting: Meeting, given: Input, host: string): EventDraft => ({
  kind: given.purpose === "bridge" ? "bridge.ready" : "meeting.scheduled",
  title:
    given.purpose === "bridge"
      ? `Bridge is ready: ${meeting.topic}`
      : `Scheduled: ${meeting.topic}, ${meeting.startTime}`,
  detail: `Passcode ${meeting.passcode}, hosted by ${meeting.hostEmail || host}.`,
  data: { meeting_id: meeting.id, passcode: meeting.passcode, join_url: meeting.joinUrl },
  links: [{ title: "Join", url: meeting.joinUrl }],
});

const tracked = (
  { request, nowMs }: ActionContext,
  given: Input,
  meeting: Meeting,
  host: string,
  key: string,
) => ({
  meeting_id: meeting.id,
  incident_id: request.incidentId,
  execution_id: request.executionId,
  step: request.step,
  purpose: given.purpose,
  topic: meeting.topic || given.topic,
  join_url: meeting.joinUrl,
  passcode: meeting.passcode,
  host: meeting.hostEmail || host,
  marker: markerOf(key),
  created_at: new Date(nowMs).toISOString(),
});

/** Creates a Zoom meeting, exactly once whatever crashes. */
export const createMeeting = defineAction({
  key: "zoom.create_meeting",
  title: "Create Zoom meeting",
  description:
    "Creates a meeting and puts its join link on the incident. The incident's bridge, unless said otherwise.",
  category: "meetings",
  effect: "create",
  scopes: [
    ["meeting:write:admin", "meeting:write", "meeting:write:meeting:admin", "meeting:write:meeting"],
    ["meeting:read:admin", "meeting:read", "meeting:read:list_meetings:admin", "meeting:read:list_meetings"],
  ],
  input,
  output,
  example: {
    topic: "Checkout is down - Incident Bridge",
    duration_minutes: 60,
    settings: { join_before_host: true, waiting_room: false, auto_recording: "cloud" },
  },
  undo: { action: "zoom.delete_meeting", input: { meeting_id: "{{runbook.outputs.$step.meeting_id}}" } },
  run: async (context, given) => {
    const { request, store, zoom } = context;
    const key = `${request.executionId}/${request.step}`;
    const wanted = zoomRequest(given, context.nowMs);
    const { meeting: made, host } = await makeOnce({
      store,
      zoom: zoom.client,
      key,
      action: createMeeting.key,
      hosts: hostsFor(context, given),
      create: (user, marker) =>
        createZoomMeeting(zoom.client, user, { ...wanted, agenda: `${marker}\n${given.agenda}` }),
    });
    const meeting = await withPasscode(context, made);
    const topic = meeting.topic || given.topic;
    await store.meetings.save(tracked(context, given, meeting, host, key));
    return {
      outputs: outputsOf(meeting, given, host),
      events: [readyEvent(meeting, given, host), ...differences(wanted, meeting)],
      effects: {
        meetings: [
          {
            meetingId: meeting.id,
            topic,
            purpose: given.purpose,
            startsAtMs: startOf(meeting, context.nowMs),
          },
        ],
        ...(given.purpose === "bridge" && {
          bridge: {
            meeting_id: meeting.id,
            join_url: meeting.joinUrl,
            passcode: meeting.passcode,
            state: "waiting",
            head_count: 0,
          },
        }),
      },
    };
  },
});
