import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withProgress } from "./say.mjs";

const HEARTBEAT_MS = 5_000;
const STALE_AFTER_MS = 30_000;

/**
 * One set-up at a time in this folder: a demo in one terminal and tests in another must not both run `npm ci`.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  if (!tryLock(path)) {
    await withProgress(`waiting for another set-up (process ${holder(path)})`, async () => {
      while (!tryLock(path)) await sleep(200);
    });
  }
  // The process's number alone would not do: in a new container another process may have it.
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), HEARTBEAT_MS);
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.removeListener("exit", release);
    release();
  }
}

/** @param {string} path */
function tryLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (isStale(path)) rmSync(path, { force: true });
    return false;
  }
}

/** @param {string} path */
function isStale(path) {
  const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (changedMs === undefined) return false;
  const pid = Number.parseInt(holder(path), 10);
  return Date.now() - changedMs > STALE_AFTER_MS || (!Number.isNaN(pid) && !isAlive(pid));
}

/** @param {string} path */
function holder(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "that just ended";
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
