import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { Topology } from "./support.ts";

type Temporal = Topology["temporal"];

/** The history of every workflow that was started on a task queue as text, by its id; payloads readable. */
export const historiesOf = async ({ temporal, taskQueue }: Pick<Topology, "temporal" | "taskQueue">) => {
  const { workflow } = temporal.client;
  const found = new Map<string, string>();
  for await (const { workflowId, runId } of workflow.list({ query: `TaskQueue = "${taskQueue}"` })) {
    const history = await workflow.getHandle(workflowId, runId).fetchHistory();
    found.set(`${workflowId}/${runId}`, readable(JSON.parse(historyToJSON(history))));
  }
  return found;
};

/** Payloads are bytes, which JSON shows in base64. */
const readable = (history: unknown): string =>
  JSON.stringify(history, (name, value: unknown) =>
    (name === "data" || name === "encoding") && typeof value === "string"
      ? Buffer.from(value, "base64").toString()
      : value,
  );

/** How often an activity of a workflow was tried until it ended, and why not at first; undefined while it has not. */
export const triesOf = async ({ client }: Temporal, workflowId: string, activity: string) => {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = events?.find(
    ({ activityTaskScheduledEventAttributes: task }) => task?.activityType?.name === activity,
  );
  const started = events?.find(({ activityTaskStartedEventAttributes: task }) =>
    task?.scheduledEventId?.eq(scheduled?.eventId ?? -1),
  )?.activityTaskStartedEventAttributes;
  if (!started) return undefined;
  return { attempt: started.attempt ?? 0, failedFirst: started.lastFailure?.message ?? "" };
};

/** Which try of a step's activity it was that came to an end. */
export const attemptOf = async ({ client }: Temporal, executionId: string, step: string): Promise<number> => {
  const { events } = await client.workflow.getHandle(executionId).fetchHistory();
  const scheduled = events?.find(
    ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityId === step,
  );
  const started = events?.find(({ activityTaskStartedEventAttributes: task }) =>
    task?.scheduledEventId?.eq(scheduled?.eventId ?? -1),
  );
  return started?.activityTaskStartedEventAttributes?.attempt ?? 0;
};
