import { Command, InvalidArgumentError, Option } from "commander";

export const sideNames = ["ours", "simplest", "same-shape"] as const;
export type SideName = (typeof sideNames)[number];

/** How much is measured: whatever of it does not fit into its seconds is left out, for all sides alike. */
export type Extent = {
  warmUps: number;
  singles: number;
  singlesWithinSeconds: number;
  bursts: number;
  burstSize: number;
  inFlight: number;
  burstsWithinSeconds: number;
  /** Full lives of our side with so many people each. */
  crowds: readonly number[];
};

export type BenchOptions = {
  extent: Extent;
  json?: string;
  databaseUrl?: string;
  zoomLatencyMs: number;
  sides: SideName[];
};

const extents = {
  whole: {
    warmUps: 12,
    singles: 120,
    singlesWithinSeconds: 90,
    bursts: 5,
    burstSize: 60,
    inFlight: 20,
    burstsWithinSeconds: 80,
    crowds: [20, 1000],
  },
  quick: {
    warmUps: 5,
    singles: 16,
    singlesWithinSeconds: 12,
    bursts: 2,
    burstSize: 20,
    inFlight: 10,
    burstsWithinSeconds: 12,
    crowds: [20],
  },
} as const satisfies Record<string, Extent>;

const milliseconds = (text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 10_000) return number;
  throw new InvalidArgumentError("Milliseconds, from 0 to 10000.");
};

const sidesFrom = (text: string): SideName[] => {
  const wrong = text.split(",").find((name) => !(sideNames as readonly string[]).includes(name));
  if (wrong === undefined) return sideNames.filter((name) => text.split(",").includes(name));
  throw new InvalidArgumentError(`There is no side "${wrong}": ${sideNames.join(", ")}.`);
};

const program = new Command("bench")
  .description("Measures ours against bare Temporal workflows that make the same Zoom calls, side by side")
  .option("--quick", "under a minute: a first impression, with wide spread")
  .option("--json <file>", "write every figure to this file as well")
  .option("--database-url <url>", "a PostgreSQL database for the store; PGlite in memory without it")
  .addOption(
    new Option("--zoom-latency-ms <ms>", "how long Zoom takes for each call")
      .default(20)
      .argParser(milliseconds),
  )
  .addOption(
    new Option("--sides <names>", "only these, to profile one alone")
      .default([...sideNames])
      .argParser(sidesFrom),
  );

type Parsed = Omit<BenchOptions, "extent"> & { quick?: boolean };

export const benchOptions = (): BenchOptions => {
  const { quick = false, ...given } = program.parse().opts<Parsed>();
  return { ...given, extent: quick ? extents.quick : extents.whole };
};
