const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** How long to wait after each failure, as the specification of Standard Webhooks proposes; then each day. */
const delaysMs = [
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
];
const longestMs = 24 * hourMs;

/** How long an event is tried. */
export const lifeMs = 3 * longestMs;

/** After `failures` in a row; never sooner than the receiver asks for. Spread, so that not all of them come back at once. */
export const delayMs = (failures: number, askedMs = 0, random: () => number = Math.random): number => {
  const usualMs = delaysMs[failures - 1] ?? longestMs;
  const spreadMs = usualMs * (0.9 + 0.2 * random());
  return Math.round(Math.max(spreadMs, Math.min(askedMs, longestMs)));
};
