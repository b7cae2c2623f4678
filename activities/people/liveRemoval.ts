import { isSamePerson } from "../../domain/people.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { controlLiveMeeting, mayHaveHappened } from "../../zoom/liveMeetings.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import type { ActionContext } from "../action.ts";
import type { LiveCall } from "../liveCall.ts";
import { awaitCall, isMerelyNotLive, liveCallOf } from "../liveCall.ts";
import type { PersonField } from "../fields.ts";

export const liveOutcomes = ["removed", "not_on_call", "unknown", "not_confirmed", "refused"] as const;

export type LiveRemoval = { outcome: (typeof liveOutcomes)[number]; reason?: string };

/** Zoom tells of a removal within a second or so. */
const confirmWithinMs = 10_000;

/**
 * Puts one person off the live call, all their connections. Only some accounts may: Zoom's support has to switch it on,
 * and without that Zoom refuses.
 */
export const removeFromCall = async (
  context: ActionContext,
  { id: meetingId, status }: Meeting,
  person: PersonField,
): Promise<LiveRemoval> => {
  const { store, zoom } = context;
  const call = await liveCallOf(store, meetingId);
  const connections = connectionsOf(call, person);
  if (connections.length === 0)
    return { outcome: status === "started" && call.present.length === 0 ? "unknown" : "not_on_call" };
  for (const participantUuid of connections) {
    const refusal = await remove(context, meetingId, participantUuid);
    if (refusal === undefined) continue;
    if (await isMerelyNotLive(zoom.client, meetingId, refusal)) return { outcome: "not_on_call" };
    if (refusal.retryable) throw refusal;
    return { outcome: "refused", reason: refusal.message };
  }
  const isGone = await awaitCall(store, meetingId, confirmWithinMs, (later) =>
    connections.every((each) => !connectionsOf(later, person).includes(each)) ? true : undefined,
  );
  return { outcome: isGone ? "removed" : "not_confirmed" };
};

const remove = async (
  { zoom }: ActionContext,
  meetingId: string,
  participantUuid: string,
): Promise<ZoomError | undefined> => {
  try {
    await controlLiveMeeting(zoom.client, meetingId, {
      method: "participant.remove",
      params: { participant_uuid: participantUuid },
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    return mayHaveHappened(error) ? undefined : error;
  }
};

/** The person's connections that are on the call, as far as Zoom told an id by which it can end one. */
export const connectionsOf = ({ present }: LiveCall, person: PersonField): string[] => {
  const known = {
    ...(person.name !== undefined && { name: person.name }),
    ...(person.email !== undefined && { email: person.email }),
  };
  return present
    .filter((seen) => /^[\dA-F-]{36}$/i.test(seen.key) && isSamePerson(known, seen))
    .map(({ key }) => key);
};
