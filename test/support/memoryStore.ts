import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { writeAtomically } from "../../setup/build.mjs";
import type { Backend } from "../../store/backend.ts";
import { embeddedOn } from "../../store/embedded.ts";
import { storeOn } from "../../store/storeOn.ts";
import type { Store } from "../../store/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const images = join(root, ".cache", "store-images");
const silent = { info: () => undefined, warn: () => undefined };

/**
 * A store in memory as `openStore({})` opens it, but from an image: to initialise PGlite and to make all tables takes
 * seconds of computing, which once is enough for all tests.
 */
export const openMemoryStore = async (): Promise<Store> => storeOn(await openMemoryBackend(), silent);

export const openMemoryBackend = async (): Promise<Backend> =>
  embeddedOn(await PGlite.create({ loadDataDir: new Blob([await readFile(await image())]) }));

/** The image's file, which the first test that asks makes. */
const image = async (): Promise<string> => {
  const name = `${fingerprint()}.tar`;
  const path = join(images, name);
  if (existsSync(path)) return path;
  const data = await initialised();
  mkdirSync(images, { recursive: true });
  writeAtomically(path, data);
  const others = readdirSync(images).filter((each) => each.endsWith(".tar") && each !== name);
  for (const other of others) rmSync(join(images, other), { force: true });
  return path;
};

const initialised = async (): Promise<Buffer> => {
  const database = await PGlite.create();
  const store = await storeOn(embeddedOn(database), silent);
  // Otherwise each that is opened recovers what it finds, as after a crash.
  await database.exec("checkpoint");
  const dump = await database.dumpDataDir("none");
  await store.close();
  return Buffer.from(await dump.arrayBuffer());
};

/** Of what is in the image; package-lock.json stands for PGlite's version. */
const fingerprint = (): string => {
  const folder = join(root, "store", "migrations");
  const files = readdirSync(folder).toSorted();
  const hash = createHash("sha256");
  for (const file of [join(root, "package-lock.json"), ...files.map((name) => join(folder, name))])
    hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
};
