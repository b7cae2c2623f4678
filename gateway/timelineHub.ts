import type { Timeline } from "../store/index.ts";

/** Wakes the streams of an incident when its timeline grew; one subscription to the store for all of them. */
export type TimelineHub = {
  /** `wake` may be called when nothing is new: readers read on from where they are. Answers what ends it. */
  listen(incidentId: string, wake: () => void): () => void;
  close(): Promise<void>;
};

export const createTimelineHub = async (timeline: Timeline): Promise<TimelineHub> => {
  const listeners = new Map<string, Set<() => void>>();
  const unsubscribe = await timeline.subscribe(({ incidentId }) => {
    const woken = incidentId === "*" ? [...listeners.values()] : [listeners.get(incidentId) ?? []];
    for (const wake of woken.flatMap((each) => [...each])) wake();
  });
  return {
    listen(incidentId, wake) {
      const those = listeners.get(incidentId) ?? new Set();
      listeners.set(incidentId, those.add(wake));
      return () => {
        those.delete(wake);
        if (those.size === 0 && listeners.get(incidentId) === those) listeners.delete(incidentId);
      };
    },
    close: unsubscribe,
  };
};
