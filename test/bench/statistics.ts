/** Of sorted or unsorted samples, by linear interpolation; 0.5 is the median. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
};

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

export type Spread = { median: number; lower: number; upper: number };

/** The median with the quartiles around it. */
export const spreadOf = (samples: readonly number[]): Spread => ({
  median: median(samples),
  lower: quantile(samples, 0.25),
  upper: quantile(samples, 0.75),
});

/** Ratios of what was measured right beside each other: drift of the machine cancels. */
export const pairRatios = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.map((value, index) => value / (theirs[index] ?? Number.NaN));
