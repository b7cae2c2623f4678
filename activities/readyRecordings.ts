import { durationText } from "../domain/duration.ts";
import { recordingEvents } from "../domain/recordingEvents.ts";
import type { SessionRecording } from "../domain/recordings.ts";
import { noRecordingReasons } from "../domain/recordings.ts";
import type { MeetingRow } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { getMeeting } from "../zoom/meetings.ts";
import type { ActionContext, EventDraft } from "./action.ts";
import { sessionsOf } from "./meetingSessions.ts";
import type { Session } from "./recordings.ts";
import { lookForRecordings } from "./recordings.ts";

export type Wish = {
  meetingId: string;
  /** How long after a call's end it may take. */
  patienceMs: number;
  /** The transcript counts too. */
  withTranscript?: boolean;
  /** Sessions that need no look: what was there has been dealt with. */
  isDone?: (session: Session) => Promise<boolean>;
};

/** What is known once nothing more is to be waited for. */
export type Findings = {
  sessions: SessionRecording[];
  /** Those that needed no look. */
  done: Session[];
  /** What of it belongs on the timeline. */
  events: EventDraft[];
  /** Why no session has a recording. */
  reason: string | undefined;
};

/**
 * The recordings of all of a meeting's sessions. While some are still to come it fails with `not_ready`, having put
 * on the timeline what has come; where Zoom does not let us see them it fails with Zoom's own refusal.
 */
export const readyRecordings = async (context: ActionContext, wish: Wish): Promise<Findings> => {
  const { zoom, store, nowMs } = context;
  const { meetingId, patienceMs } = wish;
  const row = await store.meetings.get(meetingId);
  const sessions = await sessionsOf(zoom.client, meetingId, row);
  if (sessions.length === 0) return withoutCall(context, wish, row);
  const open = await openOf(sessions, wish);
  if (open.length === 0) return { sessions: [], done: sessions, events: [], reason: undefined };
  const found = await lookForRecordings(zoom.client, meetingId, open, nowMs, { patienceMs });
  const refusal = found.find(({ state }) => state === "refused");
  if (refusal && found.every(({ state }) => state !== "ready")) throw refusedError(meetingId, refusal);
  const events = eventsOf(meetingId, found);
  if (found.some((each) => isPending(each, wish))) {
    await context.record(events);
    throw notReady(meetingId);
  }
  const isReady = found.some(({ state }) => state === "ready");
  const done = sessions.filter((session) => !open.includes(session));
  return {
    sessions: found,
    done,
    events,
    reason: isReady || done.length > 0 ? undefined : titleOf(found.at(-1)),
  };
};

const openOf = async (sessions: Session[], { isDone }: Wish): Promise<Session[]> => {
  if (!isDone) return sessions;
  const done = await Promise.all(sessions.map(isDone));
  return sessions.filter((_session, index) => !done[index]);
};

export const titleOf = (session: SessionRecording | undefined): string =>
  noRecordingReasons[session?.reason ?? "unknown"].title;

const isPending = ({ state, transcript }: SessionRecording, { withTranscript = false }: Wish): boolean =>
  state === "processing" ||
  state === "awaited" ||
  (withTranscript && state === "ready" && transcript === "awaited");

/** A session without a recording is worth a line only if no other has one. */
const eventsOf = (meetingId: string, found: SessionRecording[]): EventDraft[] => {
  const ready = found.filter(({ state }) => state === "ready");
  const isOver = found.every(({ state }) => state === "none");
  return (isOver ? found.slice(-1) : ready).flatMap((each) => recordingEvents(meetingId, each));
};

/** Of a meeting that is gone nothing will come, and of one that Zoom does not know nothing ever can. */
const withoutCall = async (
  { zoom, nowMs, askedAtMs }: ActionContext,
  wish: Wish,
  row: MeetingRow | undefined,
): Promise<Findings> => {
  const { meetingId, patienceMs } = wish;
  if (row?.life?.state === "deleted") return neverLive(wish, "the meeting was deleted before anybody came");
  if (!row) await failIfUnknown(zoom.client, meetingId);
  const sinceMs = row ? Date.parse(row.meeting.created_at) : askedAtMs;
  if (nowMs - sinceMs < patienceMs) throw notReady(meetingId);
  return neverLive(wish, `nobody came within ${durationText(patienceMs)}`);
};

const failIfUnknown = async (zoom: ZoomClient, meetingId: string): Promise<void> => {
  await getMeeting(zoom, meetingId).catch((error: unknown) => {
    if (!(error instanceof ZoomError) || error.code === "not_found") throw error;
  });
};

const neverLive = ({ meetingId }: Wish, reason: string): Findings => {
  const none: EventDraft = {
    kind: "recording.none",
    title: `There is no recording: ${reason}`,
    detail: "Zoom knows of no call in this meeting.",
    data: { meeting_id: meetingId },
  };
  return { sessions: [], done: [], events: [none], reason };
};

const place = (meetingId: string) => ({ method: "GET", path: `/meetings/${meetingId}/recordings` }) as const;

const notReady = (meetingId: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `The recordings of meeting ${meetingId} are not all there yet.`,
    ...place(meetingId),
  });

const refusedError = (meetingId: string, { failure }: SessionRecording): ZoomError =>
  new ZoomError({
    code: failure?.code ?? "permission",
    message: failure?.message ?? `Zoom does not show the recordings of meeting ${meetingId}.`,
    scopes: failure?.scopes,
    ...place(meetingId),
  });
