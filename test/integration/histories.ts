import type { Topology } from "./support.ts";

type Temporal = Topology["temporal"];

/** Of every workflow that was started on a task queue, by its id. */
export const historiesOf = async ({ temporal, taskQueue }: Pick<Topology, "temporal" | "taskQueue">) => {
  const { client } = temporal;
  const found = new Map<string, unknown>();
  for await (const { workflowId, runId } of client.workflow.list({ query: `TaskQueue = "${taskQueue}"` })) {
    found.set(workflowId, await client.workflow.getHandle(workflowId, runId).fetchHistory());
  }
  return found;
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
