import type { Backend } from "./backend.ts";
import { reasonOf } from "./storeError.ts";
import type { StoreLog, Timeline, TimelineNote } from "./types.ts";

type Listener = (note: TimelineNote) => void;

/** One connection listens for all subscribers of this process, from the first of them until the store is closed. */
export const createNotes = (backend: Backend, log: StoreLog) => {
  const listeners = new Set<{ listener: Listener }>();
  let listening: Promise<() => Promise<void>> | undefined;

  const tell = (note: TimelineNote): void => {
    for (const { listener } of listeners) {
      try {
        listener(note);
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, "A subscriber of the timeline failed");
      }
    }
  };

  const listen = (): Promise<() => Promise<void>> => {
    listening ??= backend.listen(
      (payload) => tell(noteFrom(payload)),
      () => tell({ incidentId: "*", seq: 0 }),
    );
    // The next subscriber tries again.
    listening.catch(() => (listening = undefined));
    return listening;
  };

  const subscribe: Timeline["subscribe"] = async (listener) => {
    const entry = { listener };
    await listen();
    listeners.add(entry);
    return async () => {
      listeners.delete(entry);
    };
  };

  const close = async (): Promise<void> => {
    listeners.clear();
    const stop = await listening?.catch(() => undefined);
    await stop?.();
  };

  return { subscribe, close };
};

/** `<incident id> <sequence number>`, as `append_timeline` writes it. */
const noteFrom = (payload: string): TimelineNote => {
  const space = payload.lastIndexOf(" ");
  return { incidentId: payload.slice(0, space), seq: Number(payload.slice(space + 1)) };
};
