import { isWithdrawn } from "../../domain/followUp.ts";
import type { TimelineEvent } from "../../domain/timeline.ts";
import type { Store } from "../../store/index.ts";

/** Zoom tells of every deletion; that of a follow-up which we withdrew ourselves is on the timeline as that. */
export const withoutOwnDeletion = async (
  store: Store,
  meetingId: string,
  events: TimelineEvent[],
): Promise<TimelineEvent[]> => {
  if (!events.some(({ kind }) => kind === "meeting.deleted")) return events;
  const followUp = await store.followUps.get(meetingId);
  return followUp && isWithdrawn(followUp) ? events.filter(({ kind }) => kind !== "meeting.deleted") : events;
};
