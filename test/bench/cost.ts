import type { HistoryEvent, Recorded } from "./histories.ts";
import { median } from "./statistics.ts";

/** What Temporal Cloud bills as actions. */
export const actionKinds = [
  "start",
  "activity",
  "retry",
  "timer",
  "signal",
  "update",
  "attributes",
  "child",
] as const;
type ActionKind = (typeof actionKinds)[number];

export type Cost = Record<ActionKind, number> & {
  events: number;
  bytes: number;
  billable: number;
  workflowTasks: number;
  localActivities: number;
};

type Counted = Partial<Record<ActionKind | "workflowTasks" | "localActivities", number>>;

/** A child is billed with its parent's request to start it: two for both. A signal counts where it arrives. */
const countedAs: { [attributes in keyof HistoryEvent]?: Counted } = {
  startChildWorkflowExecutionInitiatedEventAttributes: { child: 2 },
  activityTaskScheduledEventAttributes: { activity: 1 },
  timerStartedEventAttributes: { timer: 1 },
  workflowExecutionSignaledEventAttributes: { signal: 1 },
  workflowExecutionUpdateAcceptedEventAttributes: { update: 1 },
  upsertWorkflowSearchAttributesEventAttributes: { attributes: 1 },
  workflowTaskCompletedEventAttributes: { workflowTasks: 1 },
};

const countedEntries = Object.entries(countedAs) as [keyof HistoryEvent, Counted][];

const countedIn = (event: HistoryEvent): Counted => {
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) return started.parentWorkflowExecution ? {} : { start: 1 };
  const attempt = event.activityTaskStartedEventAttributes?.attempt;
  if (attempt) return { retry: attempt - 1 };
  const marker = event.markerRecordedEventAttributes?.markerName;
  if (marker === "core_local_activity") return { localActivities: 1 };
  return countedEntries.find(([attributes]) => event[attributes])?.[1] ?? {};
};

const nothing = (): Cost => ({
  start: 0,
  activity: 0,
  retry: 0,
  timer: 0,
  signal: 0,
  update: 0,
  attributes: 0,
  child: 0,
  events: 0,
  bytes: 0,
  billable: 0,
  workflowTasks: 0,
  localActivities: 0,
});

const figures = Object.keys(nothing()) as (keyof Cost)[];

const combined = (costs: readonly Cost[], combine: (values: number[]) => number): Cost =>
  Object.fromEntries(figures.map((name) => [name, combine(costs.map((cost) => cost[name]))])) as Cost;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const totalOf = (costs: readonly Cost[]): Cost => combined(costs, sum);

const medianOf = (costs: readonly Cost[]): Cost => combined(costs, median);

const costOf = ({ events, bytes }: Recorded): Cost => {
  const counts = events.map((event) => ({ ...nothing(), ...countedIn(event) }));
  const total = totalOf(counts);
  return { ...total, events: events.length, bytes, billable: sum(actionKinds.map((kind) => total[kind])) };
};

export type CostByType = { type: string; cost: Cost }[];

/** By type of workflow, in the order they come; several of one type are added up. */
export const costByType = (recorded: readonly Recorded[]): CostByType => {
  const types = [...new Set(recorded.map(({ type }) => type))];
  return types.map((type) => ({
    type,
    cost: totalOf(recorded.filter((each) => each.type === type).map(costOf)),
  }));
};

/** The usual cost by type: the median of each figure over several incidents. */
export const usualCost = (incidents: readonly CostByType[]): CostByType =>
  (incidents[0] ?? []).map(({ type }) => ({
    type,
    cost: medianOf(
      incidents.flatMap((each) => each.filter((entry) => entry.type === type).map(({ cost }) => cost)),
    ),
  }));
