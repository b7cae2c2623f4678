// PostgreSQL for the tests. The product itself needs none on the machine: it embeds PGlite or is given DATABASE_URL.
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { canInstall, install } from "./apt.mjs";
import { findOnPath, isExecutable } from "./programs.mjs";
import { say } from "./say.mjs";

const DEBIAN_FOLDER = "/usr/lib/postgresql";

export const WITHOUT_POSTGRES = `No PostgreSQL on this machine: the tests that need one are reported as skipped.
To run them, install PostgreSQL 14 or newer so that "initdb" and "postgres" are on PATH
(Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql).`;

/**
 * The folder with "initdb" and "postgres", if there is one.
 *
 * @param {{searchPath?: string, debianFolder?: string}} [where]
 */
export function postgresPrograms({ searchPath, debianFolder = DEBIAN_FOLDER } = {}) {
  const onPath = findOnPath("initdb", searchPath);
  // PATH may hold only a link; the programs look for each other where they really are.
  const folders = onPath === undefined ? [] : [dirname(realpathSync(onPath))];
  if (existsSync(debianFolder)) {
    const versions = readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a));
    folders.push(...versions.map((version) => join(debianFolder, version, "bin")));
  }
  return folders.find((folder) => ["initdb", "postgres"].every((name) => isExecutable(join(folder, name))));
}

/** @returns {Promise<string | undefined>} the folder with its programs */
export async function postgres() {
  if (postgresPrograms() === undefined && canInstall()) await install("PostgreSQL", "postgresql");
  const folder = postgresPrograms();
  say(folder === undefined ? WITHOUT_POSTGRES : `PostgreSQL for the tests (from ${folder})`);
  return folder;
}
