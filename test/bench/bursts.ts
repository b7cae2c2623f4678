import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Client } from "@temporalio/client";
import { inParallel } from "./inParallel.ts";
import type { Extent, SideName } from "./options.ts";
import type { Side } from "./side.ts";
import { checkAndEnd } from "./tidy.ts";
import type { RequestCounts, Zoom } from "./zoom.ts";

export type BurstFigures = {
  /** Incidents a second, a burst each. */
  perSecond: number[];
  linkMs: number[];
  cpuMsPerIncident: number[];
  /** What one incident asked of Zoom. */
  requests: RequestCounts;
};

/** Until what goes on beyond the last step is over. */
const quietMs = 700;

const burst = async (
  side: Side,
  { burstSize, inFlight }: Extent,
  figures: BurstFigures,
  name: string,
): Promise<string[]> => {
  const ids = Array.from({ length: burstSize }, (_, n) => `bench-${name}-${side.name}-${n}`);
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const laps = await inParallel(ids, inFlight, (id) => side.lap(id));
  const lastMs = Math.max(...laps.map(({ doneMs }) => doneMs));
  await sleep(quietMs);
  const { user, system } = process.cpuUsage(cpuBefore);
  figures.perSecond.push((burstSize * 1000) / (lastMs - startedMs));
  figures.linkMs.push(...laps.map((lap) => lap.linkMs - lap.startedMs));
  figures.cpuMsPerIncident.push((user + system) / 1000 / burstSize);
  return ids;
};

const perIncident = (counts: RequestCounts, incidents: number): RequestCounts =>
  Object.fromEntries(Object.entries(counts).map(([request, count]) => [request, count / incidents]));

/** Sides that ask different things of Zoom cannot be compared. */
const compareRequests = (figures: ReadonlyMap<Side, BurstFigures>): void => {
  const [first, ...others] = figures;
  for (const [side, { requests }] of others) {
    if (first && !isDeepStrictEqual(requests, first[1].requests)) {
      const shown = [first[1].requests, requests].map((counts) => JSON.stringify(counts));
      throw new Error(`${first[0].title} asks Zoom ${shown[0]}, ${side.title} ${shown[1]}`);
    }
  }
};

const noFigures = (): BurstFigures => ({ perSecond: [], linkMs: [], cpuMsPerIncident: [], requests: {} });

/** Many incidents at once, the sides in turn. */
export const runBursts = async (
  { client, zoom, sides }: { client: Client; zoom: Zoom; sides: readonly Side[] },
  extent: Extent,
): Promise<Map<SideName, BurstFigures>> => {
  const figures = new Map(sides.map((side) => [side, noFigures()]));
  const deadlineMs = performance.now() + extent.burstsWithinSeconds * 1000;
  const isTime = (round: number): boolean =>
    round <= 1 || (round <= extent.bursts && performance.now() < deadlineMs);
  // The first round is for warming up: queues, caches and pollers grow with the load.
  for (let round = 0; isTime(round); round += 1) {
    for (const [side, kept] of figures) {
      const requestsMade = await zoom.count();
      const ids = await burst(side, extent, round === 0 ? noFigures() : kept, `burst-${round}`);
      kept.requests = perIncident(await requestsMade(), ids.length);
      await checkAndEnd(client, side, ids);
    }
    compareRequests(figures);
  }
  return new Map([...figures].map(([side, each]) => [side.name, each]));
};
