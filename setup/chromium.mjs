// A browser for the tests that go through our pages as people do. The product itself needs none.
import { canInstall, install } from "./apt.mjs";
import { findOnPath, isExecutable } from "./programs.mjs";
import { say } from "./say.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

export const WITHOUT_CHROMIUM = `No Chromium on this machine: the tests that need a browser are reported as skipped.
To run them, install Chromium or Chrome so that "chromium" or "google-chrome" is on PATH
(Debian: apt-get install chromium), or set CHROMIUM_PATH to where it is.`;

/**
 * The browser, if there is one.
 *
 * @param {{explicit?: string | undefined, searchPath?: string}} [where]
 */
export function chromiumProgram({ explicit = process.env["CHROMIUM_PATH"], searchPath } = {}) {
  if (explicit && !isExecutable(explicit)) {
    throw new Error(`CHROMIUM_PATH is ${explicit}, which is no program: correct it, or leave it out.`);
  }
  return explicit || NAMES.map((name) => findOnPath(name, searchPath)).find((path) => path !== undefined);
}

/** @returns {Promise<string | undefined>} */
export async function chromium() {
  if (chromiumProgram() === undefined && canInstall()) await install("Chromium", "chromium");
  const program = chromiumProgram();
  say(program === undefined ? WITHOUT_CHROMIUM : `Chromium for the tests (${program})`);
  return program;
}
