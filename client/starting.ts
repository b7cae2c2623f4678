import type { Client } from "@temporalio/client";
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import { TypedSearchAttributes, defineSearchAttributeKey } from "@temporalio/common";
import type { Start } from "../domain/starts.ts";

/** What Temporal's client asks for to start a workflow. */
export const startOptions = <Input>({ attributes, ...start }: Start<Input>, taskQueue: string) => ({
  ...start,
  taskQueue,
  typedSearchAttributes: new TypedSearchAttributes(
    Object.entries(attributes).map(([name, value]) => ({
      key: defineSearchAttributeKey(name, "KEYWORD"),
      value,
    })),
  ),
});

/** Starts a workflow; it is no error that it was started before. */
export const startOnce = async <Input>(
  client: Client,
  type: "incident" | "runbook",
  start: Start<Input>,
  taskQueue: string,
): Promise<void> => {
  try {
    await client.workflow.start<(input: Input) => Promise<unknown>>(type, {
      ...startOptions(start, taskQueue),
      workflowIdConflictPolicy: "USE_EXISTING",
      workflowIdReusePolicy: "REJECT_DUPLICATE",
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
};
