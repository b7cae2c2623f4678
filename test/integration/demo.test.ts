import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { until } from "../support/until.ts";

const main = fileURLToPath(new URL("../../dist/demo/main.js", import.meta.url));

/** The demo as a process of its own, with these options, with the machine's environment but for Zoom's variables. */
const startDemo = (...options: string[]) => {
  const isOurs = ([name]: [string, string | undefined]) => !name.startsWith("ZOOM_");
  const env = Object.fromEntries(Object.entries(process.env).filter(isOurs));
  const child = spawn(process.execPath, ["--enable-source-maps", main, ...options], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    signal: (name: NodeJS.Signals) => child.kill(name),
  };
};

/** Processes whose parents lead to this one. */
const descendantsOf = (pid: number): number[] => {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = all.map(Number).filter((each) => parentOf(each) === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
};

const parentOf = (pid: number): number | undefined => {
  try {
    // The program's name stands in brackets and may hold anything.
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return undefined;
  }
};

test("Ctrl-C ends the demo in the middle of its story, in an account that somebody signed in to, and leaves no process", async () => {
  const demo = startDemo("--connector", "sign-in");
  const isReady = async () => (demo.output().includes("Bridge is ready") ? true : undefined);
  await until("the bridge", isReady, { withinMs: 60_000, instead: async () => demo.output() });
  expect(demo.output()).toContain("host1@example.com signed in with Zoom");
  const started = descendantsOf(demo.pid);
  expect(started.length).toBeGreaterThan(0);
  const askedMs = performance.now();
  demo.signal("SIGINT");
  expect([await demo.ended, demo.output()]).toEqual([0, expect.stringContaining("ending")]);
  // The story would wait a minute for what comes next.
  expect(performance.now() - askedMs).toBeLessThan(40_000);
  expect(started.filter((pid) => parentOf(pid) !== undefined)).toEqual([]);
}, 120_000);
