import type { RecordedEvent } from "../domain/timeline.ts";
import type { TimelineHub } from "./timelineHub.ts";

const pageSize = 200;

export type StreamOptions = {
  incidentId: string;
  /** The sequence number of the last event that the listener has. */
  after: number;
  read: (page: { after: number; limit: number }) => Promise<RecordedEvent[]>;
  hub: TimelineHub;
  heartbeatMs: number;
  signal: AbortSignal;
};

/** A sleeper that remembers being woken while awake, so that no news falls between reading and sleeping. */
const createAlarm = () => {
  let isRung = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring: () => {
      isRung = true;
      wakeUp?.();
    },
    sleep: async (timeoutMs: number): Promise<"rung" | "timeout"> => {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wakeUp = undefined;
      const why = isRung ? "rung" : "timeout";
      isRung = false;
      return why;
    },
  };
};

const eventText = (event: RecordedEvent): string =>
  `id: ${event.seq}\nevent: timeline\ndata: ${JSON.stringify(event)}\n\n`;

/**
 * An incident's timeline as server-sent events, from `after` on. What is sent is always read from the store after the
 * last sequence number sent, so there are no gaps and no doubles, however late or often the hub rings.
 */
export async function* timelineStream(options: StreamOptions): AsyncGenerator<string> {
  const { incidentId, read, hub, heartbeatMs, signal } = options;
  const alarm = createAlarm();
  const stopListening = hub.listen(incidentId, alarm.ring);
  signal.addEventListener("abort", alarm.ring, { once: true });
  let sent = options.after;
  try {
    yield "retry: 2000\n\n";
    while (!signal.aborted) {
      const events = await read({ after: sent, limit: pageSize });
      if (events.length > 0) yield events.map(eventText).join("");
      sent = events.at(-1)?.seq ?? sent;
      if (events.length === pageSize) continue;
      if ((await alarm.sleep(heartbeatMs)) === "timeout") yield ": still here\n\n";
    }
  } finally {
    stopListening();
    signal.removeEventListener("abort", alarm.ring);
  }
}
