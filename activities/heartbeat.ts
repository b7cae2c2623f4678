import { Context } from "@temporalio/activity";
import type { Json } from "../domain/plan.ts";

const everyMs = 4000;

/** Tells Temporal that the activity goes on, and how far it is, until `stop` is called. */
export const beginBeating = (progress: () => Json | undefined = () => undefined): (() => void) => {
  const { heartbeat } = Context.current();
  const beat = setInterval(() => heartbeat(progress()), everyMs);
  return () => clearInterval(beat);
};

/** Does the work, and tells Temporal meanwhile that it goes on: when its worker dies, another takes over within seconds. */
export const whileBeating = async <T>(work: () => Promise<T>): Promise<T> => {
  const stopBeating = beginBeating();
  try {
    return await work();
  } finally {
    stopBeating();
  }
};
