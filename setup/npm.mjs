import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProgramError, run } from "./programs.mjs";
import { withProgress } from "./say.mjs";

/** @typedef {{version?: string, resolved?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean}} LockedPackage */

/**
 * Runs `npm ci` unless node_modules already is what package-lock.json says.
 *
 * @param {string} root
 * @returns {Promise<"up to date" | "installed">}
 */
export async function npmPackages(root) {
  if (isInstalled(root)) return "up to date";
  const total = Object.keys(lockedPackages(join(root, "package-lock.json")) ?? {}).length;
  await withProgress("installing npm packages", async (detail) => {
    let fetched = 0;
    const onLine = (/** @type {string} */ line) => {
      if (!line.includes("http fetch")) return;
      fetched += 1;
      detail(`${Math.min(fetched, total)} of ${total} packages`);
    };
    // Loglevel "http" is for counting.
    await npm(root, ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=http"], { onLine });
  });
  return "installed";
}

/**
 * npm ends every installation with a list of what it put into node_modules; an interrupted one leaves no such list.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const present = lockedPackages(join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === "") return true;
    const here = present[path];
    // Optional packages are mostly those of other platforms.
    return here === undefined ? optional === true || devOptional === true : here.version === version;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage> | undefined}
 */
function lockedPackages(path) {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, "utf8")).packages;
}

/**
 * @param {string} folder
 * @param {string[]} args
 * @param {{onLine?: (line: string) => void, timeoutMs?: number}} [options]
 */
export async function npm(folder, args, options) {
  // The npm that runs us, if any, rather than another one on PATH.
  const running = process.env["npm_execpath"];
  const [command, ...first] = running?.endsWith("npm-cli.js") ? [process.execPath, running] : ["npm"];
  try {
    await run(command ?? "npm", [...first, ...args], { cwd: folder, ...options });
  } catch (error) {
    const output = error instanceof ProgramError ? error.output : "";
    const useful = output.split("\n").filter((line) => !line.includes("http fetch"));
    throw new Error(`npm ${args[0]} failed:\n${useful.join("\n")}`, { cause: error });
  }
}
