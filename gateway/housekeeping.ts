import type { Store } from "../store/index.ts";
import { sessionLife } from "./sessions.ts";
import { forgetOverdue } from "./people.ts";
import type { App } from "./types.ts";

const hourMs = 3_600_000;
const everyMs = 6 * hourMs;

/** Zoom repeats a webhook for hours at most; a step may be retried by a person weeks after it parked. */
const keptMs = { receipts: 7 * 24 * hourMs, sendings: 90 * 24 * hourMs, audit: 365 * 24 * hourMs };

/** How long the audit log is kept, and how long after an incident is over its people are known. */
type Kept = { auditKeptMs?: number | undefined; personalDataDays?: number | undefined };

/**
 * Removes what only keeps repetitions apart, once nothing will be repeated any more, sessions that have ended, and what is old in
 * the audit log, and forgets the people of incidents that are over for long: at the start, and then on.
 */
export const keepHouse = (
  app: App,
  store: Store,
  { auditKeptMs = keptMs.audit, personalDataDays }: Kept,
): void => {
  const { receipts, sendings, sessions, audit } = store;
  let isClosing = false;
  const purge = async (): Promise<void> => {
    for (const [rows, olderThanMs] of [
      [receipts, keptMs.receipts],
      [sendings, keptMs.sendings],
      [sessions, sessionLife.idleMs],
      [audit, auditKeptMs],
    ] as const) {
      while (!isClosing && (await rows.purge(olderThanMs)) > 0);
    }
    if (personalDataDays === undefined) return;
    while (!isClosing && (await forgetOverdue(store, personalDataDays * 24 * hourMs)) > 0);
  };
  let purging = Promise.resolve();
  const begin = (): void => {
    purging = purging
      .then(purge)
      .catch((error: unknown) => app.log.warn({ err: error }, "old rows were not removed"));
  };
  const timer = setInterval(begin, everyMs);
  timer.unref();
  begin();
  app.addHook("onClose", async () => {
    isClosing = true;
    clearInterval(timer);
    await purging;
  });
};
