import type { Client } from "@temporalio/client";
import { NoWorkerError } from "./errors.ts";
import { translated, unfinished } from "./temporalErrors.ts";

/** One update, in its two ways to wait for it; both carry the same id, so it is applied once. */
type SentUpdate<Answer> = { complete: () => Promise<Answer>; accept: () => Promise<unknown> };

export type CallOptions = { updateTimeoutMs: number; callTimeoutMs: number };

/** Calls to Temporal that end in time, and reject with `RunbooksError`. */
export type Calls = {
  once: <T>(what: string, call: () => Promise<T>, timeoutMs?: number) => Promise<T>;
  update: <T>(what: string, sent: SentUpdate<T>) => Promise<T>;
};

/** How long to ask whether an update that is late was accepted at all. */
const acceptedTimeoutMs = 1_000;

/** With no server to talk to, the SDK goes on trying past its deadline. */
const overtimeMs = 200;

const atMost = async <T>(timeoutMs: number, call: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const lapse = () => reject(new Error(`no answer within ${timeoutMs} ms`));
    timer = setTimeout(lapse, timeoutMs + overtimeMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
};

export const createCalls = (client: Client, { updateTimeoutMs, callTimeoutMs }: CallOptions): Calls => {
  const within = <T>(what: string, timeoutMs: number, call: () => Promise<T>): Promise<T> =>
    atMost(timeoutMs, client.withDeadline(Date.now() + timeoutMs, call)).catch((error: unknown) => {
      throw translated(error, what, timeoutMs);
    });

  return {
    once: (what, call, timeoutMs = callTimeoutMs) => within(what, timeoutMs, call),
    update: async (what, { complete, accept }) => {
      try {
        return await within(what, updateTimeoutMs, complete);
      } catch (error) {
        if (!(error instanceof NoWorkerError)) throw error;
        const isAccepted = await within(what, acceptedTimeoutMs, accept).then(
          () => true,
          () => false,
        );
        throw isAccepted ? unfinished(what, updateTimeoutMs, error) : error;
      }
    },
  };
};
