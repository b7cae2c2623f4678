import type { ExecutionReport, Heard } from "./messages.ts";
import type { Effects } from "./plan.ts";

/**
 * A run tells until it knows that it was heard, so a report may come twice, late, or with effects that an earlier one
 * told. Every report holds all effects since the last that was surely heard: none is missing, whichever comes first.
 */
export const unheard = (
  { n, effectsBefore = 0, effects }: ExecutionReport,
  heard: Heard = { n: 0, effects: 0 },
): { isLatest: boolean; effects: Effects[]; heard: Heard } => {
  if (n === undefined) return { isLatest: true, effects, heard };
  return {
    isLatest: n >= heard.n,
    effects: effects.slice(Math.max(0, heard.effects - effectsBefore)),
    heard: {
      n: Math.max(heard.n, n),
      effects: Math.max(heard.effects, effectsBefore + effects.length),
    },
  };
};
