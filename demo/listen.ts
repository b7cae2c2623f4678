import type { HttpClient } from "../client/http.ts";
import type { RecordedEvent, TimelineKind } from "../domain/timeline.ts";
import type { Heard } from "./story.ts";

const hearWithinMs = 60_000;

/** Follows a timeline as it grows, and lets a story wait for what is on it. */
export const listen = (
  api: HttpClient,
  incidentId: string,
  signal: AbortSignal,
  onEvent: (event: RecordedEvent) => void,
): Heard => {
  const events: RecordedEvent[] = [];
  const waiting = new Set<() => void>();
  const follow = async (): Promise<void> => {
    for await (const event of api.followTimeline(incidentId, { signal })) {
      events.push(event);
      onEvent(event);
      for (const check of waiting) check();
    }
  };
  follow().catch((error: Error) => {
    if (!signal.aborted) console.error(`The timeline broke off: ${error.message}`);
  });

  const hear = (kind: TimelineKind, nth = 1): Promise<RecordedEvent> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = events.filter((event) => event.kind === kind)[nth - 1];
        if (!found) return;
        clearTimeout(timer);
        waiting.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        waiting.delete(check);
        reject(new Error(`"${kind}" did not come within ${hearWithinMs / 1000} s`));
      }, hearWithinMs);
      // A demo that is over does not stay for what its story still waits for.
      timer.unref();
      waiting.add(check);
      check();
    });
  return { events, hear };
};
