import { writeFileSync } from "node:fs";
import { teardown } from "../../demo/embedded.ts";
import { runBursts } from "./bursts.ts";
import { hearStrangers, runLives } from "./lives.ts";
import { describeMachine } from "./machine.ts";
import { runMerge } from "./merge.ts";
import type { BenchOptions } from "./options.ts";
import { benchOptions } from "./options.ts";
import type { Results } from "./report.ts";
import { reportJson, reportText } from "./report.ts";
import { runSingles, warmUp } from "./singles.ts";
import type { Stack } from "./stack.ts";
import { startStack } from "./stack.ts";
import { countStatements } from "./statements.ts";

const say = (text: string): void => console.error(`· ${text}`);

const measure = async (
  stack: Stack,
  options: BenchOptions,
): Promise<Omit<Results, "machine" | "tookSeconds">> => {
  const { extent } = options;
  const { client, sides } = stack;
  say("warming up");
  await warmUp(client, sides, extent);
  say("one incident at a time");
  const rounds = { rounds: extent.singles, withinSeconds: extent.singlesWithinSeconds, name: "single" };
  const singles = await runSingles(client, sides, rounds);
  say("many at once");
  const bursts = await runBursts(stack, extent);
  const isOursIn = options.sides.includes("ours");
  if (isOursIn) say("whole lives");
  const lives = isOursIn ? await runLives(stack, extent.crowds) : [];
  const strangers = await hearStrangers(stack, Math.max(...extent.crowds));
  const merge = await runMerge(stack);
  return { options, singles, bursts, lives, strangers, merge };
};

const main = async (): Promise<void> => {
  const options = benchOptions();
  const startedMs = performance.now();
  const machine = describeMachine(options.databaseUrl);
  countStatements();
  const { later, close } = teardown();
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => reject(new Error(`ended by ${signal}`)));
  });
  try {
    say(`starting everything (load ${machine.loadAtStart.toFixed(2)})`);
    const run = startStack(options, later).then((stack) => measure(stack, options));
    const measured = await Promise.race([run, interrupted]);
    const results = { ...measured, machine, tookSeconds: (performance.now() - startedMs) / 1000 };
    console.log(reportText(results));
    if (options.json !== undefined) writeFileSync(options.json, `${reportJson(results)}\n`);
  } finally {
    await close();
  }
};

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
