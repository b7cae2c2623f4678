import type { MeetingLife } from "../domain/meetingLife.ts";
import { lastEndMs } from "../domain/meetingLife.ts";
import { followedUnusedMs } from "../domain/meetingWatch.ts";
import type { TrackedMeeting } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { unlessGone } from "../zoom/errors.ts";
import type { Meeting } from "../zoom/meetings.ts";
import { getMeeting } from "../zoom/meetings.ts";
import type { Webinar } from "../zoom/webinars.ts";
import { getWebinar } from "../zoom/webinars.ts";

/**
 * The date on which people may still come to a meeting, as the next of a series or because it was moved: a date that has
 * begun counts as long as a meeting is followed that nobody joins. Undefined when there is none.
 */
export const plannedDateMs = async (
  zoom: ZoomClient,
  { meeting_id, kind }: TrackedMeeting,
  life: MeetingLife,
  nowMs: number,
): Promise<number | undefined> => {
  const get = kind === "webinar" ? getWebinar : getMeeting;
  const meeting = await unlessGone<Meeting | Webinar>(get(zoom, meeting_id, { withPastDates: true }));
  if (!meeting) return undefined;
  const series = meeting.occurrences.filter(({ isCancelled }) => !isCancelled);
  const sinceMs = Math.max(nowMs - followedUnusedMs, lastEndMs(life) ?? 0);
  const dates = [meeting, ...series].map(({ startTime }) => Date.parse(startTime ?? ""));
  const ahead = dates.filter((dateMs) => dateMs > sinceMs);
  return ahead.length > 0 ? Math.min(...ahead) : undefined;
};
