import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { endMeeting, getMeeting } from "../zoom/meetings.ts";
import { stillLive } from "./liveCall.ts";

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
