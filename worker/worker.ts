import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PayloadCodec } from "@temporalio/common";
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
  /** Of histories. */
  codec?: PayloadCodec | undefined;
  /** The codec encrypts, so what failures say is to go through it too. */
  encryptsHistories?: boolean | undefined;
};

/** How long activities that run may go on after a shutdown was asked for. */
const shutdownGraceMs = 15_000;

const beside = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** As setup/bundle.mjs does. */
const bundledAnew = (workflowsPath: string) => ({
  workflowsPath,
  bundlerOptions: { preloadModules: ["@temporalio/workflow", workflowsPath] },
});

/** A worker with our workflows and activities, ready to `run()`. */
export const createWorker = async (options: WorkerOptions): Promise<Worker> => {
  const { connection, namespace, taskQueue = defaultTaskQueue, codec, encryptsHistories = false } = options;
  const bundle = encryptsHistories ? "workflow-bundle-encrypted.js" : "workflow-bundle.js";
  const { bundlePath = beside(bundle) } = options;
  const workflows = existsSync(bundlePath)
    ? { workflowBundle: { codePath: bundlePath } }
    : bundledAnew(beside("workflows/index.ts"));
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    ...(options.identity !== undefined && { identity: options.identity }),
    ...workflows,
    dataConverter: {
      ...(codec && { payloadCodecs: [codec] }),
      ...(encryptsHistories && { failureConverterPath: beside("workflows/encodedFailures.cjs") }),
    },
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
