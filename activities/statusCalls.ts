import { durationText } from "../domain/duration.ts";
import type { StatusCall, StatusCallActivities, StatusCallEnd } from "../domain/statusCall.ts";
import { nextCallMs } from "../domain/statusCall.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { Store } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Meeting } from "../zoom/meetings.ts";
import { deleteMeeting, getMeeting } from "../zoom/meetings.ts";
import { zoomTime } from "../zoom/time.ts";
import type { ZoomAccounts } from "./action.ts";
import { zoomFailure } from "./stepFailure.ts";
import { takingBack } from "./takingBack.ts";
import { accountOfMeeting } from "./zoomAccounts.ts";

type Deps = { store: Store; zoom: ZoomAccounts; nowMs: () => number };

type Draft = Pick<TimelineEvent, "kind" | "title" | "detail" | "links">;

/** What the workflow of a status call asks for. */
export const createStatusCallActivities = ({ store, zoom, nowMs }: Deps): StatusCallActivities => {
  const say = async (incidentId: string, call: StatusCall, key: string, draft: Draft): Promise<void> => {
    await store.timeline.append(incidentId, [
      {
        ...draft,
        id: `status-call-${call.meetingId}/${draft.kind}/${key}`,
        at: new Date(nowMs()).toISOString(),
        data: { meeting_id: call.meetingId },
        source: { type: "meeting", meeting_id: call.meetingId },
      },
    ]);
  };
  const clientOf = ({ meetingId }: StatusCall): ZoomClient =>
    accountOfMeeting({ store, zoom }, meetingId).client;
  return {
    remindOfStatusCall: async ({ incidentId, call, atMs }) => {
      const meeting = await lookedUp(clientOf(call), call.meetingId);
      if (meeting === "gone") {
        await say(incidentId, call, "gone", goneDraft(call));
        return { isGone: true };
      }
      await say(incidentId, call, zoomTime(atMs), reminderDraft(call, meeting, atMs));
      return { isGone: false };
    },
    removeStatusCall: async ({ incidentId, call, end }) => {
      await remove(store, clientOf(call), call);
      await say(incidentId, call, "end", endDraft(call, end));
    },
    leaveStatusCall: ({ incidentId, call }) =>
      say(incidentId, call, "left", {
        kind: "note",
        title: `The meeting of the status call could not be removed: ${call.topic}`,
        detail: `No more reminders come. Delete Zoom meeting ${call.meetingId} by hand.`,
      }),
  };
};

/** A reminder comes on time even while Zoom cannot be asked: the link is known. */
const lookedUp = async (zoom: ZoomClient, meetingId: string): Promise<Meeting | "gone" | undefined> => {
  try {
    return await getMeeting(zoom, meetingId);
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    return error.code === "not_found" ? "gone" : undefined;
  }
};

const reminderDraft = (call: StatusCall, meeting: Meeting | undefined, atMs: number): Draft => {
  const next = nextCallMs(call, atMs);
  const until = "until the incident is resolved";
  return {
    kind: "meeting.reminder",
    title:
      meeting?.status === "started"
        ? `Status call is due, and people are in it: ${call.topic}`
        : `Status call now: ${call.topic}`,
    detail:
      next === undefined
        ? "This is the last one: schedule it again if the incident goes on."
        : `The next one is in ${durationText(next - atMs)}, ${until}.`,
    links: [{ title: "Join", url: meeting?.joinUrl ?? call.joinUrl }],
  };
};

const goneDraft = ({ topic }: StatusCall): Draft => ({
  kind: "meeting.cancelled",
  title: `No more status calls: somebody deleted the meeting of ${topic}`,
  detail: "Schedule it again if the calls are to go on.",
});

const endTitles: Record<StatusCallEnd, string> = {
  resolved: "No more status calls: the incident is resolved",
  last: "No more status calls: the last one planned is over",
  cancelled: "No more status calls: they were cancelled",
};

const endDetails: Record<StatusCallEnd, string> = {
  resolved: "If the incident reopens, schedule them again.",
  last: "The incident is not resolved: schedule them again if they are to go on.",
  cancelled: "Schedule them again if they are to go on.",
};

const endDraft = ({ topic, meetingId }: StatusCall, end: StatusCallEnd): Draft => ({
  kind: "meeting.cancelled",
  title: endTitles[end],
  detail: `Zoom meeting ${meetingId} (${topic}) was removed. ${endDetails[end]}`,
});

/** Zoom deletes no meeting that people are in; one that is gone already will do. */
const remove = async (store: Store, zoom: ZoomClient, call: StatusCall): Promise<void> => {
  try {
    const { status } = await getMeeting(zoom, call.meetingId);
    if (status === "started") throw stillIn(call);
    await takingBack(store, call.meetingId, () => deleteMeeting(zoom, call.meetingId));
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    // 3002: somebody came in after we looked.
    if (error.code !== "not_found") throw zoomFailure(error.zoomCode === 3002 ? stillIn(call) : error);
  }
};

const stillIn = ({ topic, meetingId }: StatusCall): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `People are still in the status call, so it cannot be removed yet: ${topic}`,
    method: "DELETE",
    path: `/meetings/${meetingId}`,
  });
