import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import type { CostByType } from "./cost.ts";
import { costByType, usualCost } from "./cost.ts";
import { recordOf } from "./histories.ts";
import type { Lap } from "./marks.ts";
import type { Milestones } from "./milestones.ts";
import { milestonesOf, usualMilestones } from "./milestones.ts";
import type { Extent, SideName } from "./options.ts";
import type { Side } from "./side.ts";
import { statementsSoFar } from "./statements.ts";
import { median } from "./statistics.ts";
import { checkAndEnd } from "./tidy.ts";

export type SingleFigures = {
  /** From the request to the join link, and to the last step; the nth of each side were measured in turn. */
  linkMs: number[];
  doneMs: number[];
  /** Of this process, where gateway, store and workers are, from the request until all is quiet. */
  cpuMs: number;
  statements: number;
  cost: CostByType;
  milestones: Milestones;
};

type Samples = {
  laps: Lap[];
  cpuMs: number[];
  statements: number[];
  costs: CostByType[];
  milestones: Milestones[];
};

/** After each lap, so that what a side does beyond its last step burdens nobody else. */
const settleMs = 80;

/** Rounds after which workflows are ended. */
const roundsInBatch = 20;

/** Of each batch, how many histories are read. */
const readOfBatch = 5;

const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const measure = async (side: Side, id: string, samples: Samples): Promise<Lap> => {
  const cpuBefore = process.cpuUsage();
  const statementsBefore = statementsSoFar();
  const lap = await side.lap(id);
  await sleep(settleMs);
  samples.laps.push(lap);
  samples.cpuMs.push(cpuMsSince(cpuBefore));
  samples.statements.push(statementsSoFar() - statementsBefore);
  return lap;
};

const readHistories = async (client: Client, side: Side, laps: Lap[], samples: Samples): Promise<void> => {
  for (const lap of laps.slice(-readOfBatch)) {
    const workflowIds = await side.workflowsOf(lap.id);
    const recorded = await Promise.all(workflowIds.map((workflowId) => recordOf(client, workflowId)));
    samples.costs.push(costByType(recorded));
    samples.milestones.push(milestonesOf(lap, recorded));
  }
};

const figuresOf = ({ laps, cpuMs, statements, costs, milestones }: Samples): SingleFigures => ({
  linkMs: laps.map(({ startedMs, linkMs }) => linkMs - startedMs),
  doneMs: laps.map(({ startedMs, doneMs }) => doneMs - startedMs),
  cpuMs: median(cpuMs),
  statements: median(statements),
  cost: usualCost(costs),
  milestones: usualMilestones(milestones),
});

const noSamples = (): Samples => ({ laps: [], cpuMs: [], statements: [], costs: [], milestones: [] });

/** Whoever comes first changes from round to round. */
const rotated = <T>(all: readonly T[], by: number): T[] =>
  all.map((_, index) => all[(index + by) % all.length] as T);

/** One incident after the other, the sides in turn. */
export const runSingles = async (
  client: Client,
  sides: readonly Side[],
  { rounds, withinSeconds, name }: { rounds: number; withinSeconds: number; name: string },
): Promise<Map<SideName, SingleFigures>> => {
  const samples = new Map(sides.map((side) => [side, noSamples()]));
  const deadlineMs = performance.now() + withinSeconds * 1000;
  for (let round = 0; round < rounds && performance.now() < deadlineMs;) {
    const batch = new Map(sides.map((side): [Side, Lap[]] => [side, []]));
    const batchEnd = Math.min(rounds, round + roundsInBatch);
    for (; round < batchEnd && performance.now() < deadlineMs; round += 1) {
      for (const side of rotated(sides, round)) {
        const id = `bench-${name}-${side.name}-${round}`;
        batch.get(side)?.push(await measure(side, id, samples.get(side) ?? noSamples()));
      }
    }
    for (const [side, laps] of batch) {
      await readHistories(client, side, laps, samples.get(side) ?? noSamples());
      await checkAndEnd(
        client,
        side,
        laps.map(({ id }) => id),
      );
    }
  }
  return new Map([...samples].map(([side, each]) => [side.name, figuresOf(each)]));
};

export const warmUp = async (client: Client, sides: readonly Side[], { warmUps }: Extent): Promise<void> => {
  await runSingles(client, sides, { rounds: warmUps, withinSeconds: 30, name: "warm" });
};
