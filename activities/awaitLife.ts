import { sleep } from "@temporalio/activity";
import type { MeetingLife } from "../domain/meetingLife.ts";
import type { Store } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { getMeeting } from "../zoom/meetings.ts";

const lookEveryMs = 250;

/** What webhooks have told of a meeting; null if nothing, or if it is no meeting of ours. */
export const lifeOf = async (store: Store, meetingId: string): Promise<MeetingLife | null> =>
  (await store.meetings.get(meetingId))?.life ?? null;

/**
 * Watches what webhooks tell of a meeting until `found` finds what it looks for, at most so long. Undefined when that
 * did not come: then nobody knows. Of a meeting that is not followed nothing comes, so it is not waited for.
 */
export const awaitLife = async <T>(
  store: Store,
  meetingId: string,
  withinMs: number,
  found: (life: MeetingLife | null) => T | undefined,
): Promise<T | undefined> => {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const row = await store.meetings.get(meetingId);
    const answer = found(row?.life ?? null);
    if (answer !== undefined || row === undefined || waitedMs >= withinMs) return answer;
    await sleep(lookEveryMs);
  }
};

/** Zoom's live controls say the same of a meeting that is not live and of one that is gone. Throws for the latter. */
export const isMerelyNotLive = async (
  zoom: ZoomClient,
  meetingId: string,
  error: unknown,
): Promise<boolean> => {
  if (!(error instanceof ZoomError) || error.code !== "not_found") return false;
  const { status } = await getMeeting(zoom, meetingId);
  return status === "waiting";
};
