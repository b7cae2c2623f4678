import type { Outgoing, Store, StoreLog, StreamClaim, SubscriberRow } from "../store/index.ts";
import { delayMs, lifeMs } from "./backoff.ts";
import { messageOf } from "./message.ts";
import type { Outcome, SendDeps } from "./send.ts";
import { send, timeoutMs } from "./send.ts";

export type CourierDeps = SendDeps & {
  store: Pick<Store, "timeline" | "subscribers" | "deliveries">;
  log: StoreLog;
};

/** A claim outlives a try, so that nobody else sends the next event while one is under way. */
export const leaseMs = 2 * timeoutMs + 15_000;

/** Events of one incident that are read at a time; then another incident has its turn. */
const batch = 10;

/** Longest that a subscriber may ask to be left alone altogether. */
const longestQuietMs = 3_600_000;

/** `closing`: begin nothing more. `cutOff`: end what is under way; whoever is next sends it again. */
type Ends = { closing: AbortSignal; cutOff: AbortSignal };

/** Sends what an incident's stream holds, one event after the other, as long as each is accepted. */
export const deliver = async (
  deps: CourierDeps,
  row: SubscriberRow,
  claim: StreamClaim,
  { closing, cutOff }: Ends,
): Promise<void> => {
  const { deliveries, subscribers } = deps.store;
  let { seq, tries } = claim;
  try {
    const events = await deliveries.next(claim, batch);
    for (const each of events) {
      if (closing.aborted) return await deliveries.release(claim, seq);
      const outcome = await send(deps, row, messageOf(each), cutOff);
      if (outcome.kind !== "accepted")
        return await settle(deps, row, { ...claim, seq, tries }, each, outcome);
      // Somebody else has it: they know how far it is.
      if (!(await deliveries.advance(claim, each.event.seq, leaseMs))) return;
      seq = each.event.seq;
      tries = 0;
      await subscribers.accepted(row.id);
    }
    await deliveries.release(claim, events.length < batch ? claim.knownSeq : seq);
  } catch (error) {
    await deliveries.release(claim, seq);
    if (!cutOff.aborted) throw error;
  }
};

const settle = async (
  { store: { deliveries, subscribers }, log }: CourierDeps,
  row: SubscriberRow,
  claim: StreamClaim,
  { incident, event }: Outgoing,
  outcome: Exclude<Outcome, { kind: "accepted" }>,
): Promise<void> => {
  const { problem } = outcome;
  const facts = { subscriber: row.id, incident: incident.id, seq: event.seq };
  if (outcome.kind === "gone") {
    await subscribers.change(row.id, { enabled: false, problem });
    await deliveries.release(claim, claim.seq);
    return log.warn(facts, "A subscriber answered 410 Gone and is disabled");
  }
  const askedMs = outcome.retryAfterMs;
  const failure = { problem, delayMs: delayMs(claim.tries + 1, askedMs), lifeMs };
  if (await deliveries.fail(claim, event.seq, failure))
    log.warn(facts, "An event was given up: a subscriber did not accept it for days");
  await subscribers.failed(row.id, problem, Math.min(askedMs ?? 0, longestQuietMs));
};
