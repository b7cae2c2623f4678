import type { Client, WorkflowHandle } from "@temporalio/client";

type History = Awaited<ReturnType<WorkflowHandle["fetchHistory"]>>;

export type HistoryEvent = NonNullable<History["events"]>[number];

/** What is on record of one workflow. */
export type Recorded = {
  workflowId: string;
  type: string;
  events: HistoryEvent[];
  /** As the server counts them. */
  bytes: number;
};

export const recordOf = async (client: Client, workflowId: string): Promise<Recorded> => {
  const handle = client.workflow.getHandle(workflowId);
  const [{ events }, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  return {
    workflowId,
    type: description.type,
    events: events ?? [],
    bytes: description.historySize ?? 0,
  };
};

export const atMs = ({ eventTime }: HistoryEvent): number =>
  Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
