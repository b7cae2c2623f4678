// JavaScript, since Jest's global set-up runs before Jest can read TypeScript.
import { setTimeout as sleep } from "node:timers/promises";
import { createServer } from "node:net";
import { startTethered } from "../../setup/programs.mjs";
import { Connection } from "@temporalio/client";

const READY_WITHIN_MS = 30_000;

const SEARCH_ATTRIBUTES = ["IncidentId", "Severity", "RunbookKey", "MeetingId", "Outcome"];

/**
 * Starts an in-memory Temporal dev server on free ports. It ends when this process ends.
 *
 * @param {string} executable
 * @param {string[]} [extraArgs]
 */
export async function startDevServer(executable, extraArgs = []) {
  const port = await freePort();
  const server = await startTethered(executable, [
    "server",
    "start-dev",
    "--headless",
    "--log-level=error",
    "--ip=127.0.0.1",
    `--port=${port}`,
    // As shipped, 20 a second: once that is used up, every step waits for the next 50 ms.
    "--dynamic-config-value=history.transferProcessorMaxPollRPS=2000",
    ...SEARCH_ATTRIBUTES.map((name) => `--search-attribute=${name}=Keyword`),
    ...extraArgs,
  ]);
  const address = `127.0.0.1:${port}`;
  try {
    await Promise.race([
      untilReady(address),
      server.exited.then(() => {
        throw new Error(`the Temporal dev server ended at once:\n${server.output()}`);
      }),
    ]);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { address, stop: server.stop };
}

/** @param {string} address */
async function untilReady(address) {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: "1 second" });
      await connection.workflowService.describeNamespace({ namespace: "default" });
      return await connection.close();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
