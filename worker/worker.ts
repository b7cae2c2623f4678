import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { NativeConnection } from "@temporalio/worker";
import { Worker } from "@temporalio/worker";
import type { ActivityDeps } from "../activities/index.ts";
import { createActivities } from "../activities/index.ts";
import { taskQueue as defaultTaskQueue } from "../domain/messages.ts";

export type WorkerOptions = ActivityDeps & {
  connection: NativeConnection;
  namespace: string;
  taskQueue?: string;
  identity?: string;
  /** The bundle that the build made; the workflows are bundled anew when it is absent. */
  bundlePath?: string;
};

/** How long activities that run may go on after a shutdown was asked for. */
const shutdownGraceMs = 15_000;

const workflowsBeside = (): string => fileURLToPath(new URL("../workflows/index.ts", import.meta.url));
const bundleBeside = (): string => fileURLToPath(new URL("../workflow-bundle.js", import.meta.url));

/** As setup/bundle.mjs does. */
const bundledAnew = (workflowsPath: string) => ({
  workflowsPath,
  bundlerOptions: { preloadModules: ["@temporalio/workflow", workflowsPath] },
});

/** A worker with our workflows and activities, ready to `run()`. */
export const createWorker = async (options: WorkerOptions): Promise<Worker> => {
  const { connection, namespace, taskQueue = defaultTaskQueue, bundlePath = bundleBeside() } = options;
  const workflows = existsSync(bundlePath)
    ? { workflowBundle: { codePath: bundlePath } }
    : bundledAnew(workflowsBeside());
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    ...(options.identity !== undefined && { identity: options.identity }),
    ...workflows,
    activities: createActivities(options),
    shutdownGraceTime: shutdownGraceMs,
    // A small sticky cache costs half of the throughput: each miss replays a history.
    maxCachedWorkflows: 2000,
    maxConcurrentWorkflowTaskExecutions: 100,
    maxConcurrentActivityTaskExecutions: 100,
    maxConcurrentLocalActivityExecutions: 100,
    workflowTaskPollerBehavior: { type: "autoscaling", minimum: 2, maximum: 20, initial: 5 },
    activityTaskPollerBehavior: { type: "autoscaling", minimum: 2, maximum: 20, initial: 5 },
  });
};
