import { createHash } from "node:crypto";
import type { Intent, Store } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Meeting } from "../zoom/meetings.ts";
import { deleteMeeting, findMeetingByMarker, getMeeting } from "../zoom/meetings.ts";

/**
 * Zoom has no idempotency key: a request whose answer was lost may have made a meeting. So an intent is written
 * first, each meeting carries a marker, and whoever finds an intent that was tried looks before making (DESIGN 4.1).
 */
export type Making = {
  store: Store;
  zoom: ZoomClient;
  /** `<execution>/<step>`: one meeting for each. */
  key: string;
  action: string;
  /** Tried in order: one that cannot host gives way to the next. */
  hosts: readonly string[];
  create: (host: string, marker: string) => Promise<Meeting>;
};

/** A lost request may still be on its way into Zoom: until then, look only. Longer than the client's own time-out. */
const settleMs = 15_000;
const lookAgainMs = 2000;

/** Failures of one host, where another host may do. */
const hostFailures: ReadonlySet<string> = new Set(["host_unavailable", "daily_limit", "not_found"]);

/** Stands at the start of the agenda, since Zoom's lists cut it after 250 characters. */
export const markerOf = (key: string): string =>
  `[zr-${createHash("sha256").update(key).digest("hex").slice(0, 20)}]`;

export const makeOnce = async (
  making: Making,
): Promise<{ meeting: Meeting; host: string; adopted: boolean }> => {
  const { store, zoom, key, action, hosts } = making;
  const marker = markerOf(key);
  const [firstHost] = hosts;
  if (firstHost === undefined) throw nobodyHosts();
  const intent = await store.intents.begin(key, { action, host: firstHost, marker });
  if (intent.created) return makeOnOneOf(making, intent, intent.tries);
  if (intent.meetingId !== null) {
    return { meeting: await getMeeting(zoom, intent.meetingId), host: intent.host, adopted: true };
  }
  if (intent.state === "trying") {
    const found = await findMeetingByMarker(zoom, intent.host, marker);
    if (found) return { meeting: await keep(making, found), host: intent.host, adopted: true };
    if ((intent.triedAgoMs ?? 0) < settleMs) throw stillOpen(intent.host);
  }
  return makeOnOneOf(making, intent);
};

const nobodyHosts = (): ZoomError =>
  new ZoomError({
    code: "invalid_input",
    message: "Nobody can host the meeting: the step names no host and the connector has none.",
    field: "host",
    method: "POST",
    path: "/users/{host}/meetings",
  });

const stillOpen = (host: string): ZoomError =>
  new ZoomError({
    code: "outcome_unknown",
    message: `An earlier request to make the meeting on ${host} had no answer; looking for what it may have made.`,
    retryAfterMs: lookAgainMs,
    method: "POST",
    path: `/users/${host}/meetings`,
  });

/** `claimed` is the number of a try on the first host that is ours already. */
const makeOnOneOf = async (making: Making, { marker, tries: triesBefore }: Intent, claimed?: number) => {
  const { store, key, hosts, create } = making;
  let tries = triesBefore;
  for (const [index, host] of hosts.entries()) {
    const isClaimed = index === 0 && claimed !== undefined;
    const thisTry = isClaimed ? claimed : await store.intents.trying(key, host, tries);
    // Somebody else, an attempt that was taken for dead, is at it: look again in a moment.
    if (thisTry === undefined) throw stillOpen(host);
    tries = thisTry;
    try {
      return { meeting: await keep(making, await create(host, marker)), host, adopted: false };
    } catch (error) {
      if (!(error instanceof ZoomError) || error.code === "outcome_unknown") throw error;
      await store.intents.idle(key, thisTry);
      if (!hostFailures.has(error.code) || index === hosts.length - 1) throw error;
    }
  }
  throw nobodyHosts();
};

/** The first meeting on record wins; one that was made beside it goes. */
const keep = async ({ store, zoom, key }: Making, made: Meeting): Promise<Meeting> => {
  const kept = await store.intents.made(key, made.id);
  if (kept === made.id) return made;
  await deleteMeeting(zoom, made.id);
  return getMeeting(zoom, kept);
};
