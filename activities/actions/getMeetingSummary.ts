import { z } from "zod";
import { durationMs } from "../../domain/duration.ts";
import { bounded } from "../../domain/transcript.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { getMeeting } from "../../zoom/meetings.ts";
import type { MeetingSummary } from "../../zoom/summaries.ts";
import { getMeetingSummary as getZoomSummary } from "../../zoom/summaries.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { durationField, meetingIdField } from "../fields.ts";
import { sessionsOf } from "../meetingSessions.ts";
import type { Session } from "../recordings.ts";
import { recordingPatience } from "../recordings.ts";
import { listInstancesScopes, readPastMeetingScopes, readSummaryScopes } from "../scopes.ts";

const output = z.object({
  meeting_id: z.string(),
  status: z.enum(["ready", "none"]),
  text: z
    .string()
    .meta({ title: "Summary", description: "The summaries of all sessions, in Markdown; long ones are cut" }),
  doc_url: z
    .string()
    .nullable()
    .meta({ title: "The summary in Zoom", description: "The latest session's summary in Zoom" }),
  reason: z.string().nullable().meta({ title: "Why there is none" }),
});

const mostCharacters = 20_000;
const mostOnTimeline = 2000;

/** Fetches Zoom's own summary of the call, waiting for it. */
export const getMeetingSummary = defineAction({
  key: "zoom.get_meeting_summary",
  title: "Get meeting summary",
  description:
    "Waits for the summary that Zoom's AI Companion writes of each session of the meeting, and puts it on the timeline.",
  category: "recordings",
  effect: "read",
  scopes: [readSummaryScopes, listInstancesScopes, readPastMeetingScopes],
  input: z.strictObject({
    meeting_id: meetingIdField,
    wait_at_most: durationField.default("2h").meta({
      title: "Wait at most",
      description: "How long after the call's end. Zoom takes some minutes",
    }),
  }),
  output,
  example: { meeting_id: "85746065432", wait_at_most: "30m" },
  patience: recordingPatience,
  onFailure: "continue",
  run: async (context, { meeting_id, wait_at_most }) => {
    const patienceMs = durationMs(wait_at_most) ?? 0;
    const sessions = await sessionsFor(context, meeting_id, patienceMs);
    const found = await Promise.all(sessions.map((session) => look(context, session, patienceMs)));
    const ready = found.filter((each): each is MeetingSummary => typeof each === "object");
    const events = ready.map((each) => summaryEvent(meeting_id, each));
    if (found.includes("awaited")) {
      await context.record(events);
      throw notReady(meeting_id);
    }
    if (ready.length === 0) return none(meeting_id, await whyNone(context, meeting_id, sessions));
    return { outputs: outputsOf(meeting_id, ready), events };
  },
});

const outputsOf = (meeting_id: string, ready: MeetingSummary[]): z.input<typeof output> => ({
  meeting_id,
  status: "ready",
  text: bounded(ready.map(({ content }) => content).join("\n\n"), mostCharacters),
  doc_url: ready.at(-1)?.docUrl ?? null,
  reason: null,
});

const none = (meeting_id: string, reason: string) => ({
  outputs: { meeting_id, status: "none" as const, text: "", doc_url: null, reason },
  events: [
    {
      kind: "step.completed" as const,
      title: `There is no summary: ${reason}`,
      data: { meeting_id, reason },
    },
  ],
});

/** Zoom does not say it; the meeting's settings may. */
const whyNone = async ({ zoom }: ActionContext, meetingId: string, sessions: Session[]): Promise<string> => {
  if (sessions.length === 0) return "there was no call";
  const meeting = await getMeeting(zoom.client, meetingId).catch(() => undefined);
  if (meeting?.settings.encryption_type === "e2ee") return "the call was encrypted from end to end";
  if (meeting?.settings.auto_start_meeting_summary === false)
    return "the meeting is not set to start one, and nobody did";
  return "Zoom wrote none: it is switched off for the host, or too little was said";
};

const sessionsFor = async (
  { zoom, store, nowMs }: ActionContext,
  meetingId: string,
  patienceMs: number,
): Promise<Session[]> => {
  const row = await store.meetings.get(meetingId);
  const sessions = await sessionsOf(zoom.client, meetingId, row);
  const sinceMs = row ? Date.parse(row.meeting.created_at) : nowMs - patienceMs;
  if (sessions.length === 0 && nowMs - sinceMs < patienceMs) throw notReady(meetingId);
  return sessions;
};

/** Zoom says the same of a summary that is still written and of one that never will be: only time tells. */
const look = async (
  { zoom, nowMs }: ActionContext,
  { uuid, endedAtMs }: Session,
  patienceMs: number,
): Promise<MeetingSummary | "awaited" | "none"> => {
  try {
    return await getZoomSummary(zoom.client, uuid);
  } catch (error) {
    if (!(error instanceof ZoomError) || error.code !== "not_found") throw error;
    return endedAtMs === undefined || nowMs - endedAtMs < patienceMs ? "awaited" : "none";
  }
};

const summaryEvent = (meetingId: string, { uuid, content, docUrl }: MeetingSummary): EventDraft => ({
  id: `meeting-${meetingId}/${uuid}/summary.ready`,
  kind: "summary.ready",
  title: "Zoom's summary of the call",
  detail: bounded(content, mostOnTimeline),
  data: { meeting_id: meetingId, uuid },
  ...(docUrl && { links: [{ title: "Open the summary in Zoom", url: docUrl }] }),
});

const notReady = (meetingId: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Zoom has not written a summary of meeting ${meetingId} yet.`,
    method: "GET",
    path: `/meetings/${meetingId}/meeting_summary`,
  });
