import { createHash } from "node:crypto";
import type { MadeIn } from "../domain/connector.ts";
import type { FailureCode } from "../domain/failures.ts";
import type { Intent, Store, TrackedMeeting } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import type { ActionContext, ZoomAccount } from "./action.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Meeting } from "../zoom/meetings.ts";
import { deleteMeeting, findMeetingByMarker, getMeeting, updateMeeting } from "../zoom/meetings.ts";

/**
 * Zoom has no idempotency key: a request whose answer was lost may have made a meeting. So an intent is written
 * first, each meeting carries a marker, and whoever finds an intent that was tried looks before making (DESIGN 4.1).
 * The same for everything that Zoom makes on a host and that has an agenda to carry the marker.
 */
export type Making<Thing extends Made = Meeting> = {
  store: Store;
  zoom: Pick<ZoomAccount, "client" | "madeIn">;
  /** `<execution>/<step>`: one meeting for each. */
  key: string;
  action: string;
  /** Tried in order: one that cannot host gives way to the next. */
  hosts: readonly string[];
  create: (host: string, marker: string) => Promise<Thing>;
};

type Made = { id: string };

/** How what was made is found again, read, given a passcode and removed. */
export type Kind<Thing extends Made> = {
  /** `meeting`: as messages call it, and with an s as Zoom's paths do. */
  noun: string;
  find: (zoom: ZoomClient, host: string, marker: string, exceptId?: string) => Promise<Thing | undefined>;
  get: (zoom: ZoomClient, id: string) => Promise<Thing>;
  remove: (zoom: ZoomClient, id: string) => Promise<void>;
  setPasscode: (zoom: ZoomClient, id: string, password: string) => Promise<void>;
  /** Failures of one host, where another host may do. */
  hostFailures: ReadonlySet<FailureCode>;
};

export const meetings: Kind<Meeting> = {
  noun: "meeting",
  find: findMeetingByMarker,
  get: getMeeting,
  remove: deleteMeeting,
  setPasscode: (zoom, id, password) => updateMeeting(zoom, id, { password }),
  hostFailures: new Set<FailureCode>(["host_unavailable", "daily_limit", "not_found"]),
};

/** A lost request may still be on its way into Zoom: until then, look only. Longer than the client's own time-out. */
const settleMs = 15_000;
const lookAgainMs = 2000;

/** Stands at the start of the agenda, since Zoom's lists cut it after 250 characters. */
export const markerOf = (key: string): string =>
  `[zr-${createHash("sha256").update(key).digest("hex").slice(0, 20)}]`;

/** The marker that an agenda begins with, which a change of the agenda must keep. */
export const markerIn = (agenda: string): string | undefined => /^\[zr-[0-9a-f]{20}\]/.exec(agenda)?.[0];

/**
 * The context of an attempt: where an earlier one may have made it, that is looked for, whichever account is meant by
 * now.
 */
export const whereBegun = async (context: ActionContext, key: string): Promise<ActionContext> => {
  const { madeIn, state } = (await context.store.intents.get(key)) ?? {};
  if (!madeIn || state === "idle") return context;
  return { ...context, zoom: context.zoomIn(async () => madeIn) };
};

export const makeOnce = async (
  making: Making,
): Promise<Omit<Outcome<Meeting>, "made"> & { meeting: Meeting }> => {
  const { made: meeting, ...rest } = await makeOnceOf(meetings, making);
  return { meeting, ...rest };
};

type Outcome<Thing> = {
  made: Thing;
  host: string;
  adopted: boolean;
  /** What the record keeps of an earlier request, should what it made turn up yet. */
  lost: Pick<TrackedMeeting, "unanswered_on">;
};

export const makeOnceOf = async <Thing extends Made>(
  kind: Kind<Thing>,
  making: Making<Thing>,
): Promise<Outcome<Thing>> => {
  const { store, zoom, key, action, hosts } = making;
  const marker = markerOf(key);
  const [firstHost] = hosts;
  if (firstHost === undefined) throw nobodyHosts(kind);
  const madeIn = await zoom.madeIn();
  const intent = await store.intents.begin(key, { action, host: firstHost, marker, madeIn });
  if (intent.created) return makeOnOneOf(kind, making, intent, intent.tries);
  // Another attempt has just begun elsewhere.
  if (intent.state !== "idle" && isElsewhere(intent, madeIn)) throw stillOpen(kind, intent.host);
  if (intent.meetingId !== null) {
    return {
      made: await kind.get(zoom.client, intent.meetingId),
      host: intent.host,
      adopted: true,
      lost: {},
    };
  }
  if (intent.state === "trying") {
    const found = await kind.find(zoom.client, intent.host, marker);
    if (found) return { made: await keep(kind, making, found), host: intent.host, adopted: true, lost: {} };
    if ((intent.triedAgoMs ?? 0) < settleMs) throw stillOpen(kind, intent.host);
    return { ...(await makeOnOneOf(kind, making, intent)), lost: { unanswered_on: intent.host } };
  }
  return makeOnOneOf(kind, making, intent);
};

const isElsewhere = ({ madeIn }: Intent, { connector, account_id }: MadeIn): boolean =>
  madeIn !== null && madeIn.connector !== connector && madeIn.account_id !== account_id;

type Named = { noun: string };

const nobodyHosts = ({ noun }: Named): ZoomError =>
  new ZoomError({
    code: "invalid_input",
    message: `Nobody can host the ${noun}: the step names no host and the connector has none.`,
    field: "host",
    method: "POST",
    path: `/users/{host}/${noun}s`,
  });

const stillOpen = ({ noun }: Named, host: string): ZoomError =>
  new ZoomError({
    code: "outcome_unknown",
    message: `An earlier request to make the ${noun} on ${host} had no answer; looking for what it may have made.`,
    retryAfterMs: lookAgainMs,
    method: "POST",
    path: `/users/${host}/${noun}s`,
  });

/** `claimed` is the number of a try on the first host that is ours already. */
const makeOnOneOf = async <Thing extends Made>(
  kind: Kind<Thing>,
  making: Making<Thing>,
  { marker, tries: triesBefore }: Intent,
  claimed?: number,
): Promise<Outcome<Thing>> => {
  const { store, zoom, key, hosts, create } = making;
  let tries = triesBefore;
  for (const [index, host] of hosts.entries()) {
    const isClaimed = index === 0 && claimed !== undefined;
    const thisTry = isClaimed ? claimed : await store.intents.trying(key, host, tries, await zoom.madeIn());
    // Somebody else, an attempt that was taken for dead, is at it: look again in a moment.
    if (thisTry === undefined) throw stillOpen(kind, host);
    tries = thisTry;
    try {
      const made = await keep(kind, making, await create(host, marker));
      return { made, host, adopted: false, lost: {} };
    } catch (error) {
      if (!(error instanceof ZoomError) || error.code === "outcome_unknown") throw error;
      await store.intents.idle(key, thisTry);
      if (!kind.hostFailures.has(error.code) || index === hosts.length - 1) throw error;
    }
  }
  throw nobodyHosts(kind);
};

/** The first one on record wins; one that was made beside it goes. */
const keep = async <Thing extends Made>(
  kind: Kind<Thing>,
  { store, zoom, key }: Making<Thing>,
  made: Thing,
): Promise<Thing> => {
  const kept = await store.intents.made(key, made.id);
  if (kept === made.id) return made;
  await kind.remove(zoom.client, made.id);
  return kind.get(zoom.client, kept);
};
