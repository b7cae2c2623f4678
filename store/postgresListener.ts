import { setTimeout as sleep } from "node:timers/promises";
import type { ClientConfig } from "pg";
import { Client } from "pg";
import { timelineChannel } from "./backend.ts";
import type { StoreLog } from "./types.ts";

type ListenerOptions = {
  config: ClientConfig;
  onPayload: (payload: string) => void;
  /** After a reconnect: what was notified in between is lost. */
  onGap: () => void;
  log: StoreLog;
};

const firstRetryMs = 100;
const longestRetryMs = 5_000;

/**
 * Listens on a connection of its own, and on a new one whenever that breaks. A peer that is gone without a word is
 * found by TCP keep-alive. Rejects only if the first connection fails.
 */
export const listenOnPostgres = async (options: ListenerOptions): Promise<() => Promise<void>> => {
  const ended = new AbortController();
  let client: Client | undefined;

  const connect = async (): Promise<void> => {
    const fresh = await listening(options);
    if (ended.signal.aborted) return fresh.end();
    client = fresh;
    fresh.once("end", () => void reconnect());
  };

  const reconnect = async (): Promise<void> => {
    if (ended.signal.aborted) return;
    options.log.warn({}, "The timeline's subscription lost its database connection; connecting again");
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, longestRetryMs)) {
      await sleep(waitMs, undefined, { signal: ended.signal }).catch(() => undefined);
      if (ended.signal.aborted) return;
      if (await succeeds(connect)) break;
    }
    options.log.info({}, "The timeline's subscription is connected again");
    options.onGap();
  };

  await connect();
  return async () => {
    ended.abort();
    await client?.end();
  };
};

const listening = async ({ config, onPayload, log }: ListenerOptions): Promise<Client> => {
  const client = new Client(config);
  // `end` follows, which reconnects; without a listener the error would end the process.
  client.on("error", (error) => log.warn({ reason: error.message }, "The subscription's connection broke"));
  client.on("notification", ({ payload }) => onPayload(payload ?? ""));
  try {
    await client.connect();
    await client.query(`listen ${timelineChannel}`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
};

const succeeds = async (work: () => Promise<void>): Promise<boolean> =>
  work().then(
    () => true,
    () => false,
  );
