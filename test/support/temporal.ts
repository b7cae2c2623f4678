import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { DefaultLogger, NativeConnection, Runtime, type LogEntry } from "@temporalio/worker";
import { searchAttributes } from "../../domain/messages.ts";
import { preparedPrograms, temporalTestServer } from "../../setup/temporalCli.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

// Why a workflow task failed must be seen: its test only times out. Failing activities are what tests are about.
Runtime.install({ logger: new DefaultLogger("WARN", logUnlessUsual) });

function logUnlessUsual({ level, message, meta }: LogEntry): void {
  if (message.startsWith("No activities registered") || message === "Activity failed") return;
  process.stderr.write(`[temporal ${level}] ${message} ${JSON.stringify(meta)}\n`);
}

/** The bundle that the set-up built; give it to `Worker.create` as `workflowBundle`. */
export const workflowBundle = { codePath: join(root, "dist", "workflow-bundle.js") };

/**
 * Connections to the dev server that all test files of this run share. Close it in `afterAll`, or hold it with
 * `await using`. Files stay apart by their task queues and workflow ids.
 */
export async function testEnvironment() {
  const address = process.env["TEST_TEMPORAL_ADDRESS"];
  if (address === undefined) {
    throw new Error(
      "No Temporal server: tests that need one belong in test/workflows, replay or integration",
    );
  }
  const namespace = "default";
  const [connection, nativeConnection] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const close = async () => {
    await connection.close();
    await nativeConnection.close();
  };
  return {
    address,
    namespace,
    connection,
    nativeConnection,
    client: new Client({ connection, namespace }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Without them the time-skipping server starts no child that has any, and says nothing. */
export async function registerSearchAttributes({
  connection,
  namespace,
}: Pick<Awaited<ReturnType<typeof timeSkippingEnvironment>>, "connection" | "namespace">): Promise<void> {
  const keyword = 2;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(searchAttributes.map((name) => [name, keyword])),
  });
}

/**
 * A server of its own whose clock jumps ahead while a workflow's result is awaited. It has no search attributes,
 * priorities or versioning, and does not skip while an Update is awaited.
 */
export async function timeSkippingEnvironment() {
  const path = preparedPrograms(root)["temporal-test-server"] ?? (await temporalTestServer(root)).path;
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: "existing-path", path } },
  });
  const close = () => environment.teardown();
  return {
    address: environment.address,
    namespace: environment.namespace ?? "default",
    connection: environment.connection,
    nativeConnection: environment.nativeConnection,
    client: environment.client,
    /** Moves the server's clock. */
    sleep: (durationMs: number) => environment.sleep(durationMs),
    /** The server's time, which is not this process's. */
    currentTimeMs: () => environment.currentTimeMs(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

let counter = 0;

/** A task queue no other test uses, readable in the UI: `retries-a-step-41213-1`. */
export function taskQueueFor(title: string): string {
  counter += 1;
  const slug = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `${slug.slice(0, 60)}-${process.pid}-${counter}`;
}
