import { sleep } from "@temporalio/activity";
import type { MeetingLife } from "../domain/meetingLife.ts";
import type { Participant } from "../domain/movements.ts";
import { presenceOf } from "../domain/movements.ts";
import type { MeetingRow, Store } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { getMeeting } from "../zoom/meetings.ts";

const lookEveryMs = 250;

/** A call as webhooks have told of it. */
export type LiveCall = {
  /** null if nothing was told, or if it is no meeting of ours. */
  life: MeetingLife | null;
  /** Who is on it now. */
  present: Participant[];
};

export const liveCallOf = async (store: Store, meetingId: string): Promise<LiveCall> =>
  callIn(store, await store.meetings.get(meetingId));

const callIn = async (store: Store, row: MeetingRow | undefined): Promise<LiveCall> => {
  const life = row?.life ?? null;
  if (!row || life?.state !== "live") return { life, present: [] };
  const movements = await store.meetings.movementsNow(row.meeting.meeting_id, life);
  return { life, present: presenceOf(movements).present };
};

/** Somebody must be on a call that is live: so webhooks are missing, and somebody can mend that. */
export const participantsUntold =
  "Its webhooks are missing: check that the app in Zoom sends participants' events to the gateway.";

/** Emails of the people who are on a call, in lower case. */
export const emailsOnCall = ({ present }: LiveCall): Set<string> =>
  new Set(present.flatMap(({ email }) => email?.toLowerCase() ?? []));

/**
 * Watches what webhooks tell of a call until `found` finds what it looks for, at most so long. Undefined when that
 * did not come: then nobody knows. Of a meeting that is not followed nothing comes, so it is not waited for.
 */
export const awaitCall = async <T>(
  store: Store,
  meetingId: string,
  withinMs: number,
  found: (call: LiveCall) => T | undefined,
): Promise<T | undefined> => {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const row = await store.meetings.get(meetingId);
    const answer = found(await callIn(store, row));
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

/** Zoom took the request to end it, and it goes on. */
export const stillLive = (kind: "meeting" | "webinar", id: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Zoom took the request, but ${kind} ${id} is still live.`,
    retryAfterMs: 2000,
    method: "PUT",
    path: `/${kind}s/${id}/status`,
  });
