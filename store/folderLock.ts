import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { StoreError, codeOf } from "./storeError.ts";

/** Folders that this process has open: its own id in a lock file may also stem from an earlier life in a container. */
const open = new Set<string>();

/** PGlite does not notice a second process in its folder, and the two would destroy each other's data. */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  const path = join(resolve(folder), "lock");
  if (open.has(path)) throw inUse(folder, path, process.pid);
  open.add(path);
  try {
    await mkdir(folder, { recursive: true });
    await takeFile(folder, path);
  } catch (error) {
    open.delete(path);
    throw error;
  }
  return async () => {
    await rm(path, { force: true });
    open.delete(path);
  };
};

const takeFile = async (folder: string, path: string): Promise<void> => {
  for (let attempt = 1; attempt <= 3; attempt++) {
    if (await createdFile(path)) return;
    const owner = Number(await readFile(path, "utf8").catch(() => ""));
    if (owner !== process.pid && isRunning(owner)) throw inUse(folder, path, owner);
    await rm(path, { force: true });
  }
  throw inUse(folder, path, undefined);
};

const createdFile = async (path: string): Promise<boolean> => {
  try {
    await writeFile(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
};

const isRunning = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it is somebody else's, but it is there.
    return codeOf(error) === "EPERM";
  }
};

const inUse = (folder: string, path: string, owner: number | undefined): StoreError =>
  new StoreError(
    "folder_in_use",
    `The embedded database in ${folder} is in use by ${owner === undefined ? "another process" : `process ${owner}`}. ` +
      `End that one, give this one another folder, or use PostgreSQL. If no such process uses it, remove ${path}`,
  );
