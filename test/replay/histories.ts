import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@temporalio/client";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";

const folder = fileURLToPath(new URL("histories", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Committed histories, by file name: they stand for runs that are in flight somewhere. */
export const histories = (): [string, unknown][] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => [file, JSON.parse(readFileSync(join(folder, file), "utf8"))]);

/**
 * With RECORD_HISTORIES set, keeps the histories of every workflow of a test: `incident-side-by-side.json`.
 * Visibility lags behind, so it is asked for until the workflows of the queue are there.
 */
export const recordHistories = async (client: Client, taskQueue: string, title: string): Promise<void> => {
  if (process.env["RECORD_HISTORIES"] === undefined) return;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  for await (const workflow of client.workflow.list({ query: `TaskQueue = "${taskQueue}"` })) {
    await recordHistory(client, workflow, title);
  }
};

/** Keeps the history of one workflow, for servers that list none. */
export const recordHistory = async (
  client: Client,
  { workflowId, type }: { workflowId: string; type: string },
  title: string,
): Promise<void> => {
  if (process.env["RECORD_HISTORIES"] === undefined) return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  mkdirSync(folder, { recursive: true });
  const file = `${type}-${title.replaceAll(/[^a-z0-9]+/gi, "-")}.json`;
  // Stack traces say where the project lay.
  writeFileSync(join(folder, file), historyToJSON(history).replaceAll(root, ""));
};
