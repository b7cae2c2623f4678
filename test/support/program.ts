import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTethered } from "../../setup/programs.mjs";
import { until } from "./until.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A program of ours as a process of its own. */
export type Program = {
  pid: number;
  /** All that it wrote, to both of its outputs. */
  output: () => string;
  isRunning: () => boolean;
  /** Ends it as a power cut would. */
  kill: () => Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop: () => Promise<void>;
};

export type ProgramOptions = {
  /** Below dist/, which the set-up of the tests builds: `worker/main.js`. */
  file: string;
  /** All of its environment, but for the PATH. */
  environment: Record<string, string>;
  /** Answers 200 once the program is ready. */
  readyUrl: string;
};

/** Outputs go to a file, and `exec` keeps the process id, so that a signal reaches the program and nothing else. */
const withOutputTo = (file: string): string[] => ["-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "sh", file];

/** Starts one of our programs and waits until it is ready. It ends when this process ends. */
export const startProgram = async ({ file, environment, readyUrl }: ProgramOptions): Promise<Program> => {
  const folder = mkdtempSync(join(tmpdir(), "runbooks-program-"));
  const log = join(folder, "output");
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const path = `PATH=${process.env["PATH"] ?? ""}`;
  const program = ["env", "-i", path, ...variables, process.execPath, "--enable-source-maps"];
  const child = await startTethered("sh", [...withOutputTo(log), ...program, join(root, "dist", file)]);

  let over = false;
  let kept: string | undefined;
  const output = () => kept ?? readFileSync(log, "utf8");
  const ended = child.exited.then(() => {
    over = true;
    kept = output();
    rmSync(folder, { recursive: true, force: true });
  });
  const started: Program = {
    pid: child.pid,
    output,
    isRunning: () => !over,
    kill: async () => {
      if (!over) process.kill(child.pid, "SIGKILL");
      await ended;
    },
    stop: async () => {
      await child.stop();
      await ended;
    },
  };
  try {
    await until(`${file} as a process that is ready`, () => readiness(started, readyUrl));
  } catch (error) {
    await started.kill();
    throw new Error(`${(error as Error).message}\nIt wrote:\n${output().slice(-4000)}`, { cause: error });
  }
  return started;
};

const readiness = async (program: Program, url: string): Promise<true | undefined> => {
  if (!program.isRunning()) throw new Error("it ended at once");
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await answer.body?.cancel();
  return answer.status === 200 ? true : undefined;
};
