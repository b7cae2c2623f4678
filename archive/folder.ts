import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import { ArchiveError } from "./archiveError.ts";
import type { Archive } from "./types.ts";

/** A partial file that nobody has written to for so long is a crashed worker's. */
const abandonedAfterMs = 3_600_000;

/** Files in a folder of this machine, or on a volume that is mounted there. */
export const folderArchive = (folder: string): Archive => {
  const fileOf = (key: string) => join(folder, ...key.split("/"));
  return {
    place: pathToFileURL(folder).href,
    find: (key) => ifThere(key, async () => ({ bytes: (await stat(fileOf(key))).size })),
    read: (key) => ifThere(key, () => readFile(fileOf(key), "utf8")),
    put: async (key, body, { signal }) => {
      const file = fileOf(key);
      const partial = join(dirname(file), `.${basename(file)}.${randomUUID()}.part`);
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o750 });
        await removeAbandoned(dirname(file));
        await pipeline(body, createWriteStream(partial, { flags: "wx", mode: 0o640, flush: true }), {
          ...(signal && { signal }),
        });
        await rename(partial, file);
      } catch (error) {
        await rm(partial, { force: true }).catch(() => undefined);
        throw explained(error, key);
      }
    },
  };
};

const ifThere = async <T>(key: string, look: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await look();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw explained(error, key);
  }
};

const removeAbandoned = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".part")) continue;
    const file = join(folder, name);
    const written = await stat(file).catch(() => undefined);
    if (written && Date.now() - written.mtimeMs > abandonedAfterMs) await rm(file, { force: true });
  }
};

const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;

const reasons: Readonly<Record<string, string>> = {
  EACCES: "may not be written to",
  EPERM: "may not be written to",
  EROFS: "is mounted read-only",
  ENOTDIR: "has a file where a folder should be",
  ENAMETOOLONG: "has too long a path",
};

/** Errors of the file system become the archive's; those of the body stay as they are. */
const explained = (error: unknown, key: string): unknown => {
  const { code, syscall } = error as { code?: string; syscall?: string };
  if (syscall === undefined || code === undefined) return error;
  const reason = reasons[code];
  if (reason) return new ArchiveError("archive_refused", `The archive's folder ${reason}: ${key} (${code}).`);
  const what = code === "ENOSPC" ? "The archive's disk is full" : "The archive's folder cannot be used";
  return new ArchiveError("archive_unavailable", `${what}: ${key} (${code}).`);
};
