import { WorkflowNotFoundError } from "@temporalio/client";
import type { Client } from "@temporalio/client";
import { inParallel } from "./inParallel.ts";
import type { Side } from "./side.ts";

const atOnce = 10;

const terminate = async (client: Client, workflowId: string): Promise<void> => {
  try {
    await client.workflow.getHandle(workflowId).terminate("the bench is done with it");
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
};

/**
 * Checks what incidents came to and ends their workflows: left alone, they would soon look after their meetings,
 * while others are measured.
 */
export const checkAndEnd = async (client: Client, side: Side, ids: readonly string[]): Promise<void> => {
  await inParallel(ids, atOnce, async (id) => {
    await side.check(id);
    for (const workflowId of await side.workflowsOf(id)) await terminate(client, workflowId);
  });
};
