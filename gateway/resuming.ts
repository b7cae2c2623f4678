import { isRunbooksError } from "../client/errors.ts";
import type { Resumption } from "../domain/resumption.ts";
import { resumptions } from "../domain/resumption.ts";
import type { App, GatewayDeps } from "./types.ts";

/** What a gateway that died left, and what parks while somebody signs in, is found within that time. */
const everyMs = 60_000;

const atOnce = 10;
const maxSettled = 10_000;

/** A round of a step is parked once: what was asked of it need not be asked again. */
const createSettled = () => {
  const keys = new Set<string>();
  const keyOf = ({ executionId, key }: Resumption): string => `${executionId}/${key}`;
  return {
    has: (each: Resumption): boolean => keys.has(keyOf(each)),
    add: (each: Resumption): void => {
      if (keys.size >= maxSettled) keys.clear();
      keys.add(keyOf(each));
    },
  };
};

/** Somebody was quicker, or the run is over. */
const isSettled = (error: unknown): boolean =>
  isRunbooksError(error) && ["rejected", "not_found"].includes(error.code);

/**
 * Runs that are parked since Zoom did not let us in go on when it does again: found by looking, at the start, once in a
 * while, and whenever a connector has changed. Temporal takes each once, whoever else finds it.
 */
export const createResuming = (
  app: App,
  { store, runbooks, connectors }: Pick<GatewayDeps, "store" | "runbooks" | "connectors">,
): (() => void) => {
  const settled = createSettled();
  let isClosing = false;

  const resume = async (each: Resumption): Promise<void> => {
    const { executionId, step, key, why } = each;
    try {
      await runbooks.retryStep(executionId, { step, why, by: { name: "zoom-runbooks" } }, { key });
      app.log.info({ executionId, step, why }, "a parked step goes on");
    } catch (error) {
      if (!isSettled(error)) return app.log.warn({ err: error, executionId, step }, "a parked step waits on");
    }
    settled.add(each);
  };

  const sweep = async (): Promise<void> => {
    const parked = await store.executions.listParked();
    if (parked.length === 0) return;
    const due = resumptions(parked, await connectors.authorized()).filter((each) => !settled.has(each));
    for (let from = 0; from < due.length && !isClosing; from += atOnce) {
      await Promise.all(due.slice(from, from + atOnce).map(resume));
    }
  };

  let sweeping = Promise.resolve();
  const soon = (): void => {
    sweeping = sweeping
      .then(() => (isClosing ? undefined : sweep()))
      .catch((error: unknown) => app.log.warn({ err: error }, "parked runs could not go on yet"));
  };
  const timer = setInterval(soon, everyMs);
  timer.unref();
  soon();
  app.addHook("onClose", async () => {
    isClosing = true;
    clearInterval(timer);
    await sweeping;
  });
  return soon;
};
