import type { Answered, InvitationAnswer } from "../../domain/liveState.ts";
import { answerSince } from "../../domain/liveState.ts";
import type { MeetingLife } from "../../domain/meetingLife.ts";
import { ZoomError } from "../../zoom/errors.ts";
import type { LiveControl } from "../../zoom/liveMeetings.ts";
import { contactsAtOnce, controlLiveMeeting, explained, mayHaveHappened } from "../../zoom/liveMeetings.ts";
import type { ActionContext } from "../action.ts";
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
  "refused",
] as const;

type CallOutcome = (typeof callOutcomes)[number];

export type CallResult = { callee: Callee; outcome: CallOutcome; reason?: string };

export type CallOptions = { meetingId: string; waitMs: number; requirePressingOne: boolean };

/**
 * Calls everybody once for one round of a step, whatever is retried: each call is claimed before it is made, and one
 * that may have been made is not made again. Then waits for their answers.
 */
export const callIn = async (
  context: ActionContext,
  callees: readonly Callee[],
  options: CallOptions,
): Promise<CallResult[]> => {
  const { life: before } = await liveCallOf(context.store, options.meetingId);
  const placed: Placed[] = [];
  for (const batch of batches(callees)) placed.push(...(await place(context, batch, options, before)));
  const [firstRefused] = placed.flatMap(({ refusal }) => (refusal instanceof ZoomError ? [refusal] : []));
  // Nobody could be called: a failure, not an outcome.
  if (firstRefused && placed.every(({ refusal }) => refusal instanceof ZoomError))
    throw explained(firstRefused);
  return answersOf(context, placed, options);
};

type Placed = { callee: Callee; known: Answered; refusal?: ZoomError | "not_live" };

/** Zoom takes several contacts in one request, and one phone or room. */
const batches = (callees: readonly Callee[]): Callee[][] => {
  const contacts = callees.filter(({ way }) => way === "zoom");
  const inTens = Array.from({ length: Math.ceil(contacts.length / contactsAtOnce) }, (_, index) =>
    contacts.slice(index * contactsAtOnce, (index + 1) * contactsAtOnce),
  );
  return [...inTens, ...callees.filter(({ way }) => way !== "zoom").map((callee) => [callee])];
};

const place = async (
  context: ActionContext,
  batch: readonly Callee[],
  options: CallOptions,
  before: MeetingLife | null,
): Promise<Placed[]> => {
  const claims = await Promise.all(
    batch.map(async (callee) => {
      const known = before?.live?.invitations[callee.key] ?? {};
      return { callee, ...(await context.store.sendings.claim(claimKey(context, callee), known)) };
    }),
  );
  const fresh = claims.filter(({ claimed }) => claimed).map(({ callee }) => callee);
  const refusal = fresh.length > 0 ? await send(context, fresh, options) : undefined;
  return claims.map(({ callee, note, claimed }) => ({
    callee,
    known: note,
    ...(claimed && refusal && { refusal }),
  }));
};

/** Two extensions of one number are two calls, though Zoom's webhooks do not tell them apart. */
const claimKey = ({ request }: ActionContext, callee: Callee): string => {
  const extension = callee.way === "phone" ? (/-\d+$/.exec(callee.number)?.[0] ?? "") : "";
  return `${request.executionId}/${request.step}/${request.round}/${callee.key}${extension}`;
};

/** Undefined when Zoom took the request or may have. What passes by itself is thrown, for the step to try again. */
const send = async (
  context: ActionContext,
  callees: readonly Callee[],
  options: CallOptions,
): Promise<ZoomError | "not_live" | undefined> => {
  const { zoom, store } = context;
  try {
    await controlLiveMeeting(zoom.client, options.meetingId, controlFor(callees, options));
    return undefined;
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    if (mayHaveHappened(error)) return undefined;
    for (const callee of callees) await store.sendings.release(claimKey(context, callee));
    if (await isMerelyNotLive(zoom.client, options.meetingId, error)) return "not_live";
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

/** Until everybody has answered, at most as long as the step says. */
const answersOf = async (
  { store }: ActionContext,
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
  if (refusal === "not_live") return { callee, outcome: "not_live" };
  if (refusal) return { callee, outcome: "refused", reason: refusal.message };
  // Whoever is on the call has accepted, though the invitation's own event may be lost.
  if (callee.way === "zoom" && emailsOnCall(call).has(callee.email)) return { callee, outcome: "accepted" };
  const answer = answerSince(known, call.life?.live?.invitations[callee.key] ?? {});
  return { callee, outcome: answer === undefined ? "not_confirmed" : outcomes[answer] };
};
