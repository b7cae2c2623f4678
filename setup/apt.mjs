import { existsSync } from "node:fs";
import { findOnPath, ProgramError, run } from "./programs.mjs";
import { say, withProgress } from "./say.mjs";

/** Whether this machine lets us install Debian's packages. */
export const canInstall = () =>
  process.getuid?.() === 0 && existsSync("/etc/debian_version") && findOnPath("apt-get") !== undefined;

/**
 * Installs a package of Debian's. What stops it is said, and no more: whoever asked looks whether it is there now.
 *
 * @param {string} title
 * @param {string} name
 */
export async function install(title, name) {
  try {
    await withProgress(`installing ${title} with apt-get`, async (detail) => {
      const onLine = (/** @type {string} */ line) => detail(line.slice(0, 60));
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      await run("apt-get", ["update"], { env, onLine });
      await run("apt-get", ["install", "-y", "--no-install-recommends", name], { env, onLine });
    });
  } catch (error) {
    const output = error instanceof ProgramError ? error.output.split("\n").slice(-5).join("\n") : "";
    say(`${/** @type {Error} */ (error).message}\n${output}`);
  }
}
