import type { HistoryEvent, Recorded } from "./histories.ts";
import { atMs } from "./histories.ts";
import type { Lap } from "./marks.ts";
import { median } from "./statistics.ts";

/** What an incident came through, each with the milliseconds since its request; absent where a side has no such thing. */
export type Milestones = { [milestone: string]: number | undefined };

const nth = (events: HistoryEvent[], is: (event: HistoryEvent) => unknown, n: number): number | undefined => {
  const found = events.filter(is)[n - 1];
  return found && atMs(found);
};

const taskStarted = (event: HistoryEvent) => event.workflowTaskStartedEventAttributes;
const taskCompleted = (event: HistoryEvent) => event.workflowTaskCompletedEventAttributes;
const activityScheduled = (event: HistoryEvent) => event.activityTaskScheduledEventAttributes;
const activityStarted = (event: HistoryEvent) => event.activityTaskStartedEventAttributes;
const activityCompleted = (event: HistoryEvent) => event.activityTaskCompletedEventAttributes;
const started = (event: HistoryEvent) => event.workflowExecutionStartedEventAttributes;

/** Read from the histories and from our own stop-watch; all clocks are this machine's. */
export const milestonesOf = (lap: Lap, recorded: readonly Recorded[]): Milestones => {
  const zeroMs = performance.timeOrigin + lap.startedMs;
  const first = recorded[0]?.events ?? [];
  const child = recorded[1]?.events ?? [];
  const steps = recorded.length > 1 ? child : first;
  const absolute: Milestones = {
    "workflow started": nth(first, started, 1),
    "· its first task begins": nth(first, taskStarted, 1),
    "· its first task ends": nth(first, taskCompleted, 1),
    "runbook started": nth(child, started, 1),
    "· its first task begins ": nth(child, taskStarted, 1),
    "create meeting: scheduled": nth(steps, activityScheduled, 1),
    "create meeting: begins": nth(steps, activityStarted, 1),
    "JOIN LINK": zeroMs + lap.linkMs - lap.startedMs,
    "create meeting: recorded": nth(steps, activityCompleted, 1),
    "second step: scheduled": nth(steps, activityScheduled, 2),
    "second step: recorded": nth(steps, activityCompleted, 2),
    "third step: scheduled": nth(steps, activityScheduled, 3),
    "third step: recorded": nth(steps, activityCompleted, 3),
    DONE: zeroMs + lap.doneMs - lap.startedMs,
  };
  return Object.fromEntries(
    Object.entries(absolute).map(([name, ms]) => [name, ms === undefined ? undefined : ms - zeroMs]),
  );
};

export const usualMilestones = (samples: readonly Milestones[]): Milestones =>
  Object.fromEntries(
    Object.keys(samples[0] ?? {}).map((name) => {
      const values = samples.flatMap((each) => each[name] ?? []);
      return [name, values.length > 0 ? median(values) : undefined];
    }),
  );
