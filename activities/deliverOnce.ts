import { createHash } from "node:crypto";
import { OutgoingError } from "../outgoing/errors.ts";
import type { StepRequest } from "../domain/plan.ts";
import type { Store } from "../store/index.ts";

/** How one delivery came out. `reply` is free of secrets. */
export type Delivery =
  | { outcome: "sent" }
  /** For good. `error`: why not even a request was made. */
  | { outcome: "refused"; reply: string; error?: OutgoingError }
  /** Surely not sent; another try may do. */
  | { outcome: "later"; reply: string; retryAfterMs?: number | undefined }
  | { outcome: "maybe_sent"; reply: string };

/**
 * The same for every try and every operator's retry of a step: the reason for which somebody gets something once.
 * Who it is stays out of the table.
 */
export const deliveryKey = ({ executionId, step }: StepRequest, channel: string, recipient: string): string =>
  `${executionId}/${step}/${channel}/${shortHash(recipient.toLowerCase())}`;

export const shortHash = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 32);

/**
 * Sends what was not sent yet. It is claimed first: a try that died between sending and noting leaves its claim, and
 * what may have been sent is not sent again.
 */
export const deliverOnce = async (
  { sendings }: Pick<Store, "sendings">,
  key: string,
  send: () => Promise<Delivery>,
): Promise<Delivery> => {
  const { state } = await sendings.claim(key, null);
  if (state === "sent") return { outcome: "sent" };
  if (state === "open") {
    return { outcome: "maybe_sent", reply: "an earlier try ended before it could tell" };
  }
  const delivery = await sentOrFreed(sendings, key, send);
  if (delivery.outcome === "sent") await sendings.sent(key);
  if (delivery.outcome === "refused" || delivery.outcome === "later") await sendings.release(key);
  return delivery;
};

/** Our own errors are thrown before anything is sent. */
const sentOrFreed = async (
  sendings: Store["sendings"],
  key: string,
  send: () => Promise<Delivery>,
): Promise<Delivery> => {
  try {
    return await send();
  } catch (error) {
    if (error instanceof OutgoingError) await sendings.release(key);
    throw error;
  }
};

/** Works on up to `width` items at a time; results in the items' order. After an error no further item is begun. */
export const inTurns = async <Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const lane = async (): Promise<void> => {
    for (let taken = waiting.shift(); taken; taken = waiting.shift()) {
      const [index, item] = taken;
      results[index] = await work(item).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
    }
  };
  // What is under way is waited for, so that it is noted before the step ends.
  const lanes = await Promise.allSettled(Array.from({ length: width }, lane));
  const failed = lanes.find((each) => each.status === "rejected");
  if (failed) throw failed.reason;
  return results;
};
