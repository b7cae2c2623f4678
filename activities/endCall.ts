import { milestone } from "../domain/milestones.ts";
import type { MeetingRow } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { endMeeting, getMeeting } from "../zoom/meetings.ts";
import { stillLive } from "./liveCall.ts";
import type { PerformDeps } from "./perform.ts";
import { accountOfMeeting } from "./zoomAccounts.ts";

const isLive = async (zoom: ZoomClient, meetingId: string): Promise<boolean> =>
  (await getMeeting(zoom, meetingId)).status === "started";

/**
 * Ends a call and sees that it ended: Zoom answers 204 whether or not anything was running. False when the call was over
 * before Zoom heard of it, which Zoom may refuse in words of its own.
 */
export const endCall = async (zoom: ZoomClient, meetingId: string): Promise<boolean> => {
  const refused = await endMeeting(zoom, meetingId).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refused !== undefined && !isAboutMeeting(refused)) throw refused;
  const isLiveStill = await isLive(zoom, meetingId);
  if (isLiveStill) throw refused ?? stillLive("meeting", meetingId);
  return refused === undefined;
};

/** "Not started" and "ended already" have no code of their own: what counts is how the meeting stands after it. */
const isAboutMeeting = (error: unknown): boolean =>
  error instanceof ZoomError && ["invalid_input", "not_ready", "not_found"].includes(error.code);

/** Ends the call of a meeting that we follow, and says so. */
export const endForGood = async (deps: PerformDeps, { meeting }: MeetingRow, why: string): Promise<void> => {
  const { store, nowMs } = deps;
  const meetingId = meeting.meeting_id;
  const zoom = accountOfMeeting(deps, meeting);
  const { status, uuid } = await getMeeting(zoom.client, meetingId);
  if (status !== "started") return;
  const say = async (id: string, title: string, detail?: string) => {
    const event = milestone({ meetingId }, "note", uuid, nowMs(), title, { ...(detail && { detail }) });
    await store.timeline.append(meeting.incident_id, [
      { ...event, id: `meeting-${meetingId}/${uuid}/${id}` },
    ]);
  };
  // Said before it is done, so that whoever is on the call sees why it ends.
  await say("ended_by_us", `Ending the call: ${why}`);
  try {
    await endCall(zoom.client, meetingId);
  } catch (error) {
    if (error instanceof ZoomError && !error.retryable)
      await say("not_ended", "Could not end the call", `${error.message} Ask its host to end it in Zoom.`);
    throw error;
  }
};
