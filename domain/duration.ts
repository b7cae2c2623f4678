/** Durations as people write them in a runbook: `90s`, `15m`, `1h30m`, `7d`. */
const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export const durationPattern = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))(?: ?\d+(?:\.\d+)?(?:ms|s|m|h|d))*$/;

/** Milliseconds, or undefined when the text is no duration. */
export const durationMs = (text: string): number | undefined => {
  if (!durationPattern.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return [...parts].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit as keyof typeof unitMs],
    0,
  );
};

/** A duration for a title, in its two largest units: `1 h 30 min`. */
export const durationText = (totalMs: number): string => {
  const units: [string, number][] = [
    ["d", unitMs.d],
    ["h", unitMs.h],
    ["min", unitMs.m],
    ["s", unitMs.s],
  ];
  const first = units.findIndex(([, ms]) => totalMs >= ms);
  if (first < 0) return `${Math.round(totalMs)} ms`;
  let restMs = totalMs;
  const parts = units.slice(first, first + 2).map(([name, ms]) => {
    const count = Math.floor(restMs / ms);
    restMs -= count * ms;
    return count > 0 ? `${count} ${name}` : "";
  });
  return parts.filter(Boolean).join(" ");
};
