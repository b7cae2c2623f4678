import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** A program that could not be started, took too long or ended with an error. `output` is what it printed. */
export class ProgramError extends Error {
  /**
   * @param {string} message
   * @param {string} output
   */
  constructor(message, output) {
    super(message);
    this.name = "ProgramError";
    this.output = output;
  }
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} name
 * @param {string} [searchPath]
 */
export function findOnPath(name, searchPath = process.env["PATH"] ?? "") {
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * Runs a program to its end; both of its outputs come back as one text.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onLine?: (line: string) => void,
 *   uid?: number, gid?: number}} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, { onLine, timeoutMs, ...options } = {}) {
  /** @type {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} */
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {string[]} */
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      onLine?.(line);
    });
  }
  const shown = [command, ...args].join(" ");
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const { problem } = await ended(child);
  clearTimeout(timer);
  const output = lines.join("\n");
  if (problem?.startsWith("did not start")) throw new ProgramError(`${command} ${problem}`, output);
  if (problem !== undefined) throw new ProgramError(`${shown} ${problem}`, output);
  return output;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<{problem?: string}>}
 */
function ended(child) {
  return new Promise((resolve) => {
    child.once("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve({ problem: `did not start (${error.code === "ENOENT" ? "it is not there" : error.message})` }),
    );
    child.once("close", (code, signal) => {
      if (signal !== null) resolve({ problem: `was ended by ${signal}` });
      else resolve(code === 0 ? {} : { problem: `ended with code ${code}` });
    });
  });
}

// The shell waits for the program; beside it, `cat` waits for the end of pipe 3, whose other end only this
// Node process holds. So the program is told to stop even when Node was killed with SIGKILL.
const TETHER = `
signal=$1; shift
"$@" 3<&- 4>&- & program=$!
{ cat; kill -s "$signal" $program; } <&3 >/dev/null 2>&1 4>&- &
echo $program >&4; exec 4>&-
wait $program`;

/**
 * Starts a server that ends when this process ends, however it ends. Linux and macOS.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{stopSignal?: "TERM" | "INT" | "QUIT", cwd?: string, uid?: number, gid?: number}} [options]
 */
export async function startTethered(command, args, { stopSignal = "TERM", ...options } = {}) {
  const child = spawn("sh", ["-c", TETHER, "tether", stopSignal, command, ...args], {
    ...options,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  /** @type {string[]} */
  const lastLines = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: /** @type {import("node:stream").Readable} */ (stream) }).on("line", (line) => {
      lastLines.push(line);
      if (lastLines.length > 50) lastLines.shift();
    });
  }
  const tether = /** @type {import("node:net").Socket} */ (child.stdio[3]);
  tether.on("error", () => {}); // The reader is gone once the program has ended by itself.
  const exited = new Promise((resolve) => child.once("exit", resolve)).then(() => void tether.destroy());
  const pid = await firstNumber(/** @type {import("node:net").Socket} */ (child.stdio[4]));
  if (pid === undefined) throw new ProgramError(`${command} did not start`, lastLines.join("\n"));
  return {
    pid,
    exited,
    output: () => lastLines.join("\n"),
    stop: async () => {
      tether.destroy();
      await exited;
    },
  };
}

/**
 * @param {NodeJS.ReadableStream} stream
 * @returns {Promise<number | undefined>}
 */
async function firstNumber(stream) {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  const number = Number.parseInt(text, 10);
  return Number.isNaN(number) ? undefined : number;
}
