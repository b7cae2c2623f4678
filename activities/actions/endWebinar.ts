import { z } from "zod";
import type { MeetingLife } from "../../domain/meetingLife.ts";
import type { ZoomClient } from "../../zoom/client.ts";
import { listWebinarInstances } from "../../zoom/pastWebinars.ts";
import { endWebinar as endZoomWebinar, getWebinar } from "../../zoom/webinars.ts";
import { defineAction } from "../action.ts";
import { webinarIdField } from "../fields.ts";
import { openSessions } from "../../domain/meetingLife.ts";
import { stillLive } from "../liveCall.ts";
import { readWebinarScopes } from "../scopes.ts";

/**
 * Ends a live webinar, and sees that it ended. Zoom tells of no webinar whether it is live; but a session that ended
 * stands among the past ones, and the webinar then has the UUID of its next session.
 */
export const endWebinar = defineAction({
  key: "zoom.end_webinar",
  title: "End webinar",
  description: "Ends the webinar for everybody in it. One that is not live is left as it is.",
  category: "webinars",
  effect: "idempotent",
  scopes: [
    ["webinar:write:admin", "webinar:write", "webinar:update:status:admin", "webinar:update:status"],
    readWebinarScopes,
    [
      "webinar:read:admin",
      "webinar:read",
      "webinar:read:list_past_instances:admin",
      "webinar:read:list_past_instances",
    ],
  ],
  input: z.strictObject({ webinar_id: webinarIdField }),
  output: z.object({ webinar_id: z.string(), was_live: z.boolean() }),
  example: { webinar_id: "85746065432" },
  run: async ({ zoom, store, attempt, askedAtMs }, { webinar_id }) => {
    const row = await store.meetings.get(webinar_id);
    const ended = await endAndLook(zoom.client, webinar_id);
    const live = liveSessions(row?.life ?? null);
    if (live.some((uuid) => !ended.past.has(uuid))) throw stillLive("webinar", webinar_id);
    const wasLive = ended.now || live.length > 0 || hasEndedSince(row?.life ?? null, askedAtMs);
    const idle =
      attempt > 1
        ? `Webinar ${webinar_id} is not live: an earlier try may have ended it`
        : `Webinar ${webinar_id} was not live`;
    const title = wasLive ? `Ended webinar ${webinar_id}` : idle;
    return {
      outputs: { webinar_id, was_live: wasLive },
      events: [{ kind: "step.completed", title, data: { meeting_id: webinar_id } }],
    };
  },
});

/** `past`: the sessions that are over. `now`: the one that would have been live is among them. */
const endAndLook = async (zoom: ZoomClient, webinarId: string) => {
  const before = await getWebinar(zoom, webinarId);
  await endZoomWebinar(zoom, webinarId);
  const after = await getWebinar(zoom, webinarId);
  const instances = await listWebinarInstances(zoom, webinarId);
  const past = new Set(instances.map(({ uuid }) => uuid));
  if (after.uuid !== before.uuid) past.add(before.uuid);
  return { past, now: past.has(before.uuid) };
};

/** The sessions that webhooks told the start of, and no end. */
const liveSessions = (life: MeetingLife | null): string[] =>
  (life ? openSessions(life) : []).map(({ uuid }) => uuid);

/** A try whose answer was lost may have ended it: then webhooks tell that it ended after the step was asked for. */
const hasEndedSince = (life: MeetingLife | null, askedAtMs: number): boolean =>
  (life?.sessions ?? []).some(({ endedAtMs }) => endedAtMs !== undefined && endedAtMs >= askedAtMs);
