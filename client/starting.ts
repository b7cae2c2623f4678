import type { Client } from "@temporalio/client";
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import { TypedSearchAttributes, defineSearchAttributeKey } from "@temporalio/common";
import type { Start } from "../domain/starts.ts";

/** What Temporal's client asks for to start a workflow. */
export const startOptions = <Input, More extends object>(
  { attributes, ...start }: Start<Input> & More,
  taskQueue: string,
) => ({
  ...start,
  taskQueue,
  typedSearchAttributes: new TypedSearchAttributes(
    Object.entries(attributes).map(([name, value]) => ({
      key: defineSearchAttributeKey(name, "KEYWORD"),
      value,
    })),
  ),
});

type Workflow<Input> = (input: Input) => Promise<unknown>;

/** Starts a workflow, maybe later; it is no error that it was started before. */
export const startOnce = async <Input>(
  client: Client,
  type: "incident" | "meeting" | "runbook",
  start: Start<Input> & { startDelay?: number },
  taskQueue: string,
): Promise<void> =>
  unlessClosed(() =>
    client.workflow.start<Workflow<Input>>(type, {
      ...startOptions(start, taskQueue),
      workflowIdConflictPolicy: "USE_EXISTING",
      workflowIdReusePolicy: "REJECT_DUPLICATE",
    }),
  );

/** Signals a workflow, and starts it if it never was. One that is closed is left alone. */
export const signalOrStart = async <Input, News>(
  client: Client,
  type: "incident",
  start: Start<Input>,
  taskQueue: string,
  signal: string,
  news: News,
): Promise<void> =>
  unlessClosed(() =>
    client.workflow.signalWithStart<Workflow<Input>, [News]>(type, {
      ...startOptions(start, taskQueue),
      signal,
      signalArgs: [news],
      workflowIdReusePolicy: "REJECT_DUPLICATE",
    }),
  );

const unlessClosed = async (begin: () => Promise<unknown>): Promise<void> => {
  try {
    await begin();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
};
