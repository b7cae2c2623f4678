import { fileURLToPath } from "node:url";
import type { Client } from "@temporalio/client";
import type { InjectedSinks, NativeConnection, WorkflowBundle } from "@temporalio/worker";
import { bundleWorkflowCode, Worker } from "@temporalio/worker";
import type { ZoomAccount } from "../../../connectors/zoomAccount.ts";
import type { Later } from "../../../demo/embedded.ts";
import type { Marks } from "../marks.ts";
import type { Side } from "../side.ts";
import { benchIncident } from "../side.ts";
import { createTwinActivities } from "./activities.ts";
import type { BenchSinks } from "./workflows.ts";

type Twin = "simplest" | "same-shape";

export type TwinDeps = {
  client: Client;
  connection: NativeConnection;
  /** Our own worker: the twins' are tuned as it is. */
  ours: Worker;
  zoom: () => ZoomAccount;
  marks: Marks;
};

const shapes = {
  simplest: {
    title: "simplest twin",
    workflow: "simplest",
    workflowIds: (id: string) => [`twin-${id}`],
  },
  "same-shape": {
    title: "same-shape twin",
    workflow: "entity",
    workflowIds: (id: string) => [`twin-incident-${id}`, `twin-runbook-${id}`],
  },
} as const;

export const bundleTwins = (): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL("./workflows.js", import.meta.url)),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  });

const tuningOf = ({ options }: Worker) => ({
  maxCachedWorkflows: options.maxCachedWorkflows,
  maxConcurrentWorkflowTaskExecutions: options.maxConcurrentWorkflowTaskExecutions ?? 100,
  maxConcurrentActivityTaskExecutions: options.maxConcurrentActivityTaskExecutions ?? 100,
  maxConcurrentLocalActivityExecutions: options.maxConcurrentLocalActivityExecutions ?? 100,
  workflowTaskPollerBehavior: options.workflowTaskPollerBehavior,
  activityTaskPollerBehavior: options.activityTaskPollerBehavior,
});

const startTwinWorker = async (
  { connection, ours, zoom, marks }: TwinDeps,
  taskQueue: string,
  workflowBundle: WorkflowBundle,
  later: Later,
): Promise<void> => {
  const sinks: InjectedSinks<BenchSinks> = {
    bench: { done: { fn: (_info, id) => marks.mark(id, "done"), callDuringReplay: false } },
  };
  const worker = await Worker.create({
    ...tuningOf(ours),
    connection,
    namespace: "default",
    taskQueue,
    workflowBundle,
    sinks,
    activities: createTwinActivities(zoom(), marks),
  });
  const running = worker.run();
  later(async () => {
    worker.shutdown();
    await running;
  });
};

export const startTwin = async (
  name: Twin,
  deps: TwinDeps,
  workflowBundle: WorkflowBundle,
  later: Later,
): Promise<Side> => {
  const { title, workflow, workflowIds } = shapes[name];
  const taskQueue = `bench-${name}`;
  await startTwinWorker(deps, taskQueue, workflowBundle, later);
  const { client, marks } = deps;
  return {
    name,
    title,
    lap: (id) =>
      marks.time(id, () =>
        client.workflow.start(workflow, {
          taskQueue,
          workflowId: workflowIds(id)[0] ?? id,
          args: [benchIncident(id)],
        }),
      ),
    check: async () => undefined,
    workflowsOf: async (id) => [...workflowIds(id)],
  };
};
