import { milestone } from "../domain/milestones.ts";
import type { MeetingRow, TrackedMeeting } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { unlessGone } from "../zoom/errors.ts";
import type { Kind } from "./makeOnce.ts";
import { meetings } from "./makeOnce.ts";
import { orUntold } from "./observeMeeting.ts";
import type { PerformDeps } from "./perform.ts";
import { webinars } from "./webinars.ts";
import { accountOfMeeting } from "./zoomAccounts.ts";

/** Zoom's lists show what was made within seconds, as far as anybody knows. */
const listedWithinMs = 24 * 3_600_000;

/**
 * A request without an answer may have made a meeting that Zoom's list did not show when it was made again: then there
 * are two. Nobody has the link of the other one, so it goes as soon as it is seen.
 */
export const removeTwin = async (deps: PerformDeps, { meeting }: MeetingRow): Promise<void> => {
  const { unanswered_on: host, created_at } = meeting;
  if (host === undefined || deps.nowMs() - Date.parse(created_at) > listedWithinMs) return;
  if (meeting.kind === "webinar") await removeTwinOf(deps, webinars, host, meeting);
  else await removeTwinOf(deps, meetings, host, meeting);
};

const removeTwinOf = async <Thing extends { id: string }>(
  deps: PerformDeps,
  kind: Pick<Kind<Thing>, "find" | "remove" | "noun">,
  host: string,
  meeting: TrackedMeeting,
): Promise<void> => {
  const { store, nowMs } = deps;
  const { meeting_id: meetingId, incident_id, marker, topic } = meeting;
  const { client } = accountOfMeeting(deps, meeting);
  const twin = await orUntold(kind.find(client, host, marker, meetingId));
  if (!twin) return;
  const isRemoved = await removed(client, kind, twin.id);
  const title = isRemoved
    ? `Removed a second ${kind.noun} of ${topic}`
    : `There is a second ${kind.noun} of ${topic}: ${twin.id}, which Zoom does not let us remove`;
  const more = isRemoved ? "" : ` Delete it in Zoom, as ${host}.`;
  const detail = `A request to Zoom had no answer, and its list did not show in time what it had made.${more}`;
  await store.timeline.append(incident_id, [
    milestone({ meetingId }, "note", `twin/${twin.id}`, nowMs(), title, { detail }),
  ]);
};

const removed = async (
  zoom: ZoomClient,
  { remove }: Pick<Kind<never>, "remove">,
  id: string,
): Promise<boolean> => {
  const isGone = unlessGone(remove(zoom, id)).then(() => true);
  return (await orUntold(isGone)) ?? false;
};
