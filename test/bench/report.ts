import type { BurstFigures } from "./bursts.ts";
import type { CostByType } from "./cost.ts";
import { actionKinds, totalOf } from "./cost.ts";
import type { Hearing, Life } from "./lives.ts";
import type { Machine } from "./machine.ts";
import type { MergeFigures } from "./merge.ts";
import type { BenchOptions, SideName } from "./options.ts";
import { sideNames } from "./options.ts";
import type { SingleFigures } from "./singles.ts";
import { pairRatios, quantile, spreadOf } from "./statistics.ts";
import { columns, fixed, spreadText } from "./text.ts";

export type Results = {
  machine: Machine;
  options: BenchOptions;
  singles: Map<SideName, SingleFigures>;
  bursts: Map<SideName, BurstFigures>;
  lives: Life[];
  strangers: Hearing;
  merge: MergeFigures;
  tookSeconds: number;
};

const titles: Record<SideName, string> = {
  ours: "ours",
  simplest: "simplest twin",
  "same-shape": "same-shape twin",
};

/** Issue 3, in its section on speed. */
const targets = {
  time: { simplest: 1.5, "same-shape": 1.2 },
  throughput: { simplest: 0.6, "same-shape": 0.9 },
} as const;

type Twin = keyof (typeof targets)["time"];
const twins = ["simplest", "same-shape"] as const satisfies Twin[];

const noisyAbove = 0.5;

const heading = ({ machine, options, bursts, tookSeconds }: Results): string[] => {
  const { cpu, cores, memoryGib, node, temporal, store, loadAtStart } = machine;
  const noise = loadAtStart > noisyAbove ? ": other work on the machine makes this noisy" : "";
  const [requests] = [...bursts.values()].map((figures) => figures.requests);
  return [
    `machine   ${cores} × ${cpu}, ${memoryGib} GiB, Node ${node}`,
    `server    ${temporal}`,
    `store     ${store}`,
    `load      ${fixed(loadAtStart, 2)} at start${noise}`,
    `Zoom      ${options.zoomLatencyMs} ms a call; of every side, for one incident: ${JSON.stringify(requests)}`,
    `took      ${fixed(tookSeconds, 0)} s`,
  ];
};

/** Between request and join link there is one call to Zoom. */
const lessZoom = (values: readonly number[], { zoomLatencyMs }: BenchOptions): number[] =>
  values.map((value) => value - zoomLatencyMs);

const verdict = (value: number, target: number, isMost: boolean): string =>
  `${isMost ? "≤" : "≥"} ${target} ${(isMost ? value <= target : value >= target) ? "met" : "MISSED"}`;

const timeRow = (name: string, values: readonly number[], bare: readonly number[]): string[] => [
  name,
  spreadText(spreadOf(values), 1),
  fixed(quantile(values, 0.99), 1),
  spreadText(spreadOf(bare), 1),
  fixed(quantile(bare, 0.99), 1),
  "",
];

const timeRatio = (twin: Twin, { singles, options }: Results): string[] => {
  const ours = singles.get("ours")?.linkMs ?? [];
  const theirs = singles.get(twin)?.linkMs ?? [];
  const bare = { ours: lessZoom(ours, options), theirs: lessZoom(theirs, options) };
  const ratios = spreadOf(pairRatios(ours, theirs));
  return [
    `ours / ${titles[twin]}`,
    spreadText(ratios, 2),
    fixed(quantile(ours, 0.99) / quantile(theirs, 0.99), 2),
    spreadText(spreadOf(pairRatios(bare.ours, bare.theirs)), 2),
    fixed(quantile(bare.ours, 0.99) / quantile(bare.theirs, 0.99), 2),
    verdict(ratios.median, targets.time[twin], true),
  ];
};

const measured = <T>(figures: ReadonlyMap<SideName, T>): [SideName, T][] =>
  sideNames.flatMap((name) => {
    const found = figures.get(name);
    return found === undefined ? [] : [[name, found] as [SideName, T]];
  });

const twinsIn = (figures: ReadonlyMap<SideName, unknown>): Twin[] =>
  figures.has("ours") ? twins.filter((twin) => figures.has(twin)) : [];

const timeTable = (results: Results): string[] => {
  const { singles, options } = results;
  const count = [...singles.values()][0]?.linkMs.length ?? 0;
  return [
    `Time to join link in ms, one incident at a time, ${count} of each side in turn`,
    ...columns([
      ["", "p50 (quartiles)", "p99", "less Zoom: p50 (quartiles)", "p99", "target"],
      ...measured(singles).map(([name, { linkMs }]) =>
        timeRow(titles[name], linkMs, lessZoom(linkMs, options)),
      ),
      ...twinsIn(singles).map((twin) => timeRatio(twin, results)),
    ]),
  ];
};

const workTable = ({ singles }: Results): string[] => [
  "The same incidents: until the last step is done, and what they cost this process (gateway, store, worker)",
  ...columns([
    ["", "done, ms p50 (quartiles)", "CPU ms", "database statements"],
    ...measured(singles).map(([name, { doneMs, cpuMs, statements }]) => [
      titles[name],
      spreadText(spreadOf(doneMs), 1),
      fixed(cpuMs, 1),
      fixed(statements, 0),
    ]),
  ]),
];

const rangeText = (values: readonly number[], digits: number): string =>
  `${fixed(quantile(values, 0.5), digits)} (${fixed(Math.min(...values), digits)}..${fixed(Math.max(...values), digits)})`;

const burstRatio = (twin: Twin, { bursts }: Results): string[] => {
  const ours = bursts.get("ours");
  const theirs = bursts.get(twin);
  const ratios = pairRatios(ours?.perSecond ?? [], theirs?.perSecond ?? []);
  return [
    `ours / ${titles[twin]}`,
    rangeText(ratios, 2),
    rangeText(pairRatios(ours?.cpuMsPerIncident ?? [], theirs?.cpuMsPerIncident ?? []), 2),
    "",
    "",
    verdict(quantile(ratios, 0.5), targets.throughput[twin], false),
  ];
};

const burstTable = (results: Results): string[] => {
  const { bursts, options } = results;
  const { burstSize, inFlight } = options.extent;
  const count = [...bursts.values()][0]?.perSecond.length ?? 0;
  return [
    `Throughput until the last step is done, ${count} bursts of ${burstSize} with ${inFlight} in flight`,
    ...columns([
      ["", "incidents a second (range)", "CPU ms each (range)", "join link ms p50", "p99", "target"],
      ...measured(bursts).map(([name, { perSecond, cpuMsPerIncident, linkMs }]) => [
        titles[name],
        rangeText(perSecond, 1),
        rangeText(cpuMsPerIncident, 0),
        fixed(quantile(linkMs, 0.5), 0),
        fixed(quantile(linkMs, 0.99), 0),
        "",
      ]),
      ...twinsIn(bursts).map((twin) => burstRatio(twin, results)),
    ]),
  ];
};

const costRows = (title: string, cost: CostByType): string[][] => {
  const all = { type: "all", cost: totalOf(cost.map((each) => each.cost)) };
  return (cost.length > 1 ? [...cost, all] : cost).map(({ type, cost: each }) => [
    `${title}: ${type}`,
    fixed(each.events, 0),
    fixed(each.bytes, 0),
    fixed(each.workflowTasks, 0),
    ...actionKinds.map((kind) => fixed(each[kind], 0)),
    fixed(each.billable, 0),
    fixed(each.localActivities, 0),
  ]);
};

const costTable = ({ singles, lives }: Results): string[] => [
  "Cost of one incident: history, and billable actions by kind. Of the sides up to the wait for the end of the call; of ours whole lives",
  ...columns([
    ["", "events", "bytes", "tasks", ...actionKinds, "BILLABLE", "local activities"],
    ...measured(singles).flatMap(([name, { cost }]) => costRows(titles[name], cost)),
    ...lives.flatMap(({ name, cost }) => costRows(name, cost)),
  ]),
];

const hearingCells = ({ webhooks, perSecond, cpuMs, statements }: Hearing): string[] => [
  fixed(webhooks, 0),
  fixed(perSecond, 0),
  fixed(cpuMs, 2),
  fixed(statements, 2),
];

const crowdTable = ({ lives, strangers }: Results): string[] => [
  "Whole lives: statements, and what this process (gateway, store, worker) does while people join",
  ...columns([
    ["", "database statements", "joins heard", "a second", "CPU ms each", "statements each"],
    ...lives.map(({ name, statements, joins }) => [
      name,
      fixed(statements, 0),
      ...(joins ? hearingCells(joins) : ["", "", "", ""]),
    ]),
    ["a meeting that is not ours", "", ...hearingCells(strangers)],
  ]),
];

const mergeTable = ({ merge }: Results): string[] => [
  `${merge.rows} joins and leaves of ${merge.people} people, ms`,
  ...columns([
    ["", "merged by person", "read and merged", "who is there now"],
    ["ours", ...[merge.mergeMs, merge.attendanceMs, merge.viewMs].map((ms) => fixed(ms, 0))],
  ]),
];

const milestoneTable = ({ singles }: Results): string[] => {
  const sides = measured(singles);
  const names = Object.keys(sides[0]?.[1].milestones ?? {});
  const cell = (ms: number | undefined): string => (ms === undefined ? "" : fixed(ms, 1));
  return [
    "Where the time goes: ms since the request, medians, from histories",
    ...columns([
      ["", ...sides.map(([name]) => titles[name])],
      ...names.map((name) => [name.trim(), ...sides.map(([, { milestones }]) => cell(milestones[name]))]),
    ]),
  ];
};

export const reportText = (results: Results): string =>
  [heading, timeTable, workTable, burstTable, costTable, crowdTable, mergeTable, milestoneTable]
    .map((part) => part(results).join("\n"))
    .join("\n\n");

export const reportJson = ({ singles, bursts, ...rest }: Results): string =>
  JSON.stringify(
    { ...rest, singles: Object.fromEntries(singles), bursts: Object.fromEntries(bursts) },
    null,
    2,
  );
