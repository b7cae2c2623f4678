import type { CancellationScope } from "@temporalio/workflow";
import { isCancellation, sleep } from "@temporalio/workflow";
import type { MeetingNow, MeetingWorkflowInput } from "../domain/messages.ts";

/** All that the workflow of a meeting knows while it goes on. */
export type Following = {
  input: MeetingWorkflowInput;
  /** Set by whoever has news: webhooks through a signal, a look at Zoom, work that is done. */
  hasNews: boolean;
  isOver: boolean;
  isResolved: boolean;
  now: MeetingNow | undefined;
  /** The facts that the incident was told last. */
  told: string;
  /** What goes on beside the main loop: each once at a time. */
  working: Set<string>;
  failure: unknown;
  /** What waits to end the call; cancelled when the incident is opened again. */
  ending: CancellationScope | undefined;
  /** Sessions that were ended, or left alone, after the incident was resolved. */
  ended: Set<string>;
};

export const newFollowing = (input: MeetingWorkflowInput): Following => ({
  input,
  hasNews: false,
  isOver: false,
  isResolved: false,
  now: undefined,
  told: "",
  working: new Set(),
  failure: undefined,
  ending: undefined,
  ended: new Set(),
});

/** Does something beside the main loop, which reads again how things stand when it is done. */
export const beside = (following: Following, name: string, work: () => Promise<void>): void => {
  const { working } = following;
  if (working.has(name)) return;
  working.add(name);
  void work()
    .catch((error: unknown) => {
      if (!isCancellation(error)) following.failure = error;
    })
    .finally(() => {
      working.delete(name);
      following.hasNews = true;
    });
};

/** What for is what Temporal's UI writes on the timer. */
export const sleepUntil = (atMs: number, summary: string): Promise<void> =>
  sleep(Math.max(1, atMs - Date.now()), { summary });
