import type { Answered, InvitationAnswer } from "../../domain/liveState.ts";
import { answerSince } from "../../domain/liveState.ts";
import type { Store } from "../../store/index.ts";
import type { ZoomClient } from "../../zoom/client.ts";
import { ZoomError } from "../../zoom/errors.ts";
import type { LiveControl } from "../../zoom/liveMeetings.ts";
import { contactsAtOnce, controlLiveMeeting, explained, mayHaveHappened } from "../../zoom/liveMeetings.ts";
import type { LiveCall } from "../liveCall.ts";
import { awaitCall, emailsOnCall, isMerelyNotLive, liveCallOf } from "../liveCall.ts";

/** Somebody who can be called into a live meeting. `key` is Zoom's webhooks' and ours for them. */
export type Callee = { name: string; key: string } & (
  | { way: "zoom"; userId: string; email: string }
  | { way: "phone"; number: string }
  | { way: "room"; callType: "h323" | "sip"; address: string }
);

export const callOutcomes = [
  "accepted",
  "rejected",
  "missed",
  "failed",
  "ringing",
  "not_confirmed",
  "not_live",
  "already_there",
  "too_late",
  "refused",
] as const;

type CallOutcome = (typeof callOutcomes)[number];

export type CallResult = { callee: Callee; outcome: CallOutcome; refusal?: ZoomError };

/** Who calls, and for what: for one reason nobody is called twice. */
export type Calling = { store: Store; zoom: ZoomClient; reason: string };

export type CallOptions = {
  meetingId: string;
  waitMs: number;
  requirePressingOne: boolean;
  /** Why somebody is not to be called any more who was not called yet. */
  unless?: (callee: Callee, call: LiveCall) => "already_there" | "too_late" | undefined;
};

/**
 * Calls everybody once for one reason, whatever is retried: each call is claimed before it is made, and one that may
 * have been made is not made again. Then waits for their answers.
 */
export const callIn = async (
  calling: Calling,
  callees: readonly Callee[],
  options: CallOptions,
): Promise<CallResult[]> => {
  const before = await liveCallOf(calling.store, options.meetingId);
  const placed: Placed[] = [];
  for (const batch of batches(callees)) placed.push(...(await place(calling, batch, options, before)));
  return answersOf(calling, placed, options);
};

/** Nobody could be called: for a step a failure, not an outcome. */
export const failIfAllRefused = (results: readonly CallResult[]): void => {
  const [first] = results;
  if (first?.refusal && results.every(({ refusal }) => refusal)) throw explained(first.refusal);
};

type Placed = {
  callee: Callee;
  known: Answered;
  refusal?: ZoomError | "not_live" | "already_there" | "too_late";
};

/** Zoom takes several contacts in one request, and one phone or room. */
const batches = (callees: readonly Callee[]): Callee[][] => {
  const contacts = callees.filter(({ way }) => way === "zoom");
  const inTens = Array.from({ length: Math.ceil(contacts.length / contactsAtOnce) }, (_, index) =>
    contacts.slice(index * contactsAtOnce, (index + 1) * contactsAtOnce),
  );
  return [...inTens, ...callees.filter(({ way }) => way !== "zoom").map((callee) => [callee])];
};

const place = async (
  calling: Calling,
  batch: readonly Callee[],
  options: CallOptions,
  before: LiveCall,
): Promise<Placed[]> => {
  const claims = await Promise.all(
    batch.map(async (callee) => {
      const known = before.life?.live?.invitations[callee.key] ?? {};
      const { state, note } = await calling.store.sendings.claim(claimKey(calling, callee), known);
      const claimed = state === "claimed";
      return { callee, claimed, known: note, spared: claimed ? options.unless?.(callee, before) : undefined };
    }),
  );
  const calleesWho = (which: (claim: (typeof claims)[number]) => unknown) =>
    claims.filter(which).map(({ callee }) => callee);
  await release(
    calling,
    calleesWho(({ spared }) => spared),
  );
  const fresh = calleesWho(({ claimed, spared }) => claimed && !spared);
  const refused = fresh.length > 0 ? await send(calling, fresh, options) : undefined;
  return claims.map(({ callee, known, claimed, spared }) => {
    const refusal = spared ?? (claimed ? refused : undefined);
    return { callee, known, ...(refusal && { refusal }) };
  });
};

/** Two extensions of one number are two calls, though Zoom's webhooks do not tell them apart. */
const claimKey = ({ reason }: Calling, callee: Callee): string => {
  const extension = callee.way === "phone" ? (/-\d+$/.exec(callee.number)?.[0] ?? "") : "";
  return `${reason}/${callee.key}${extension}`;
};

const release = async (calling: Calling, callees: readonly Callee[]): Promise<void> => {
  for (const callee of callees) await calling.store.sendings.release(claimKey(calling, callee));
};

/** Undefined when Zoom took the request or may have. What passes by itself is thrown, to be tried again. */
const send = async (
  calling: Calling,
  callees: readonly Callee[],
  options: CallOptions,
): Promise<ZoomError | "not_live" | undefined> => {
  const { zoom } = calling;
  try {
    await controlLiveMeeting(zoom, options.meetingId, controlFor(callees, options));
    return undefined;
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    if (mayHaveHappened(error)) return undefined;
    await release(calling, callees);
    if (await isMerelyNotLive(zoom, options.meetingId, error)) return "not_live";
    if (error.retryable || error.code === "not_found") throw error;
    return error;
  }
};

const controlFor = (callees: readonly Callee[], { requirePressingOne }: CallOptions): LiveControl => {
  const [first] = callees;
  if (first?.way === "phone")
    return {
      method: "participant.invite.callout",
      params: {
        invitee_name: first.name,
        phone_number: first.number,
        invite_options: { require_greeting: true, require_pressing_one: requirePressingOne },
      },
    };
  if (first?.way === "room")
    return {
      method: "participant.invite.room_system_callout",
      params: { call_type: first.callType, device_ip: first.address },
    };
  const contacts = callees.flatMap((callee) => (callee.way === "zoom" ? [{ id: callee.userId }] : []));
  return { method: "participant.invite", params: { contacts } };
};

/** Until everybody has answered, at most as long as is to be waited. */
const answersOf = async (
  { store }: Calling,
  placed: readonly Placed[],
  { meetingId, waitMs }: CallOptions,
): Promise<CallResult[]> => {
  const called = placed.filter(({ refusal }) => refusal === undefined);
  const results = (call: LiveCall): CallResult[] => placed.map((each) => resultOf(each, call));
  const done = await awaitCall(store, meetingId, waitMs, (call) =>
    called.every((each) => isAnswer(resultOf(each, call).outcome)) ? results(call) : undefined,
  );
  return done ?? results(await liveCallOf(store, meetingId));
};

const isAnswer = (outcome: CallOutcome): boolean => outcome !== "ringing" && outcome !== "not_confirmed";

const outcomes: Record<InvitationAnswer, CallOutcome> = {
  called: "ringing",
  timeout: "missed",
  missed: "missed",
  failed: "failed",
  rejected: "rejected",
  accepted: "accepted",
};

const resultOf = ({ callee, known, refusal }: Placed, call: LiveCall): CallResult => {
  if (refusal instanceof ZoomError) return { callee, outcome: "refused", refusal };
  if (refusal) return { callee, outcome: refusal };
  // Whoever is on the call has accepted, though the invitation's own event may be lost.
  if (callee.way === "zoom" && emailsOnCall(call).has(callee.email)) return { callee, outcome: "accepted" };
  const answer = answerSince(known, call.life?.live?.invitations[callee.key] ?? {});
  return { callee, outcome: answer === undefined ? "not_confirmed" : outcomes[answer] };
};
