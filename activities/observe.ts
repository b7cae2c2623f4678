import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import type { TrackedMeeting } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { observeMeeting } from "./observeMeeting.ts";
import { observeWebinar } from "./observeWebinar.ts";

/** What Zoom knows of a meeting or webinar that we do not. */
export const observe = (
  zoom: ZoomClient,
  { meeting_id, kind }: TrackedMeeting,
  life: MeetingLife,
  nowMs: number,
): Promise<MeetingEvent[]> =>
  (kind === "webinar" ? observeWebinar : observeMeeting)(zoom, meeting_id, life, nowMs);
