import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Connection } from "@temporalio/client";
import { searchAttributes } from "../domain/messages.ts";
import { freePort } from "./ports.ts";

export type TemporalServer = { address: string; uiUrl: string; close(): Promise<void> };

/** Where package.json stands: this file is run from the sources and from dist/ alike. */
export const projectRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
};

export const temporalCli = (): string => {
  const programs = join(projectRoot(), ".cache", "programs.json");
  if (!existsSync(programs))
    throw new Error("The Temporal CLI is not set up: run `node setup/prepare.mjs temporal`");
  return (JSON.parse(readFileSync(programs, "utf8")) as { temporal: string }).temporal;
};

/**
 * As shipped, the server polls its own queues 20 times a second once a burst is over, which quantises each step of a
 * workflow to 50 ms; at 2000 a step takes about 15 ms.
 */
const fastQueues = ["--dynamic-config-value", "history.transferProcessorMaxPollRPS=2000"];

const startWithinMs = 30_000;

/** Temporal's dev server with its UI, in memory, as a child that ends with us. */
export const startTemporal = async (options: { uiPort?: number } = {}): Promise<TemporalServer> => {
  const port = await freePort();
  const uiPort = await freePort(options.uiPort ?? 8233);
  const attributes = searchAttributes.flatMap((name) => ["--search-attribute", `${name}=Keyword`]);
  const ports = ["--ip", "127.0.0.1", "--port", String(port), "--ui-port", String(uiPort)];
  const child = spawn(
    temporalCli(),
    ["server", "start-dev", "--log-level", "error", ...ports, ...fastQueues, ...attributes],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  const address = `127.0.0.1:${port}`;
  try {
    await answering(child, address);
  } catch (error) {
    end();
    throw error;
  }
  const close = async (): Promise<void> => {
    process.removeListener("exit", end);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(end, 5000);
    await ended;
    clearTimeout(timer);
  };
  return { address, uiUrl: `http://127.0.0.1:${uiPort}`, close };
};

const answering = async (child: ChildProcess, address: string): Promise<void> => {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
  const deadlineMs = Date.now() + startWithinMs;
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`Temporal's server ended at once: ${said || `exit code ${child.exitCode}`}`);
    try {
      const connection = await Connection.connect({ address, connectTimeout: 500 });
      return await connection.close();
    } catch {
      if (Date.now() > deadlineMs) throw new Error(`Temporal's server did not answer within 30 s. ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};
