import { setTimeout as sleep } from "node:timers/promises";

export type Patience = {
  withinMs?: number;
  everyMs?: number;
  /** Shown when it did not come: how things stand instead. */
  instead?: () => unknown;
};

/** What `probe` gives as soon as it gives anything, however often it has to be asked. The error says what did not come. */
export const until = async <T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  { withinMs = 30_000, everyMs = 100, instead }: Patience = {},
): Promise<T> => {
  const deadlineMs = performance.now() + withinMs;
  let trouble: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined) return found;
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
    if (performance.now() > deadlineMs) break;
    await sleep(everyMs);
  }
  const stands = instead === undefined ? "" : `\nInstead: ${JSON.stringify(await instead(), null, 1)}`;
  throw new Error(`${what} did not come within ${withinMs / 1000} s.${stands}`, { cause: trouble });
};
