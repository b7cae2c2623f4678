// Prism stands between the product and its stand-in for Zoom in tests, and refuses what Zoom's documents do not allow. It is
// 90 MB, so it is no package of this project's; and it is of no use where the documents are not.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { npm } from "./npm.mjs";
import { isExecutable } from "./programs.mjs";
import { say, withProgress } from "./say.mjs";
import { rememberProgram } from "./temporalCli.mjs";

const VERSION = "5.14.2";

/**
 * Zoom's own documents, in the folder that `ZOOM_SPECS` names, or in `../shared/zoom` beside the checkout.
 *
 * @param {string} root
 */
export function zoomDocuments(root) {
  const folder = process.env["ZOOM_SPECS"] ?? join(root, "..", "shared", "zoom");
  const [openapi, webhooks] = ["openapi.json", "webhooks.json"].map((name) => join(folder, name));
  if (openapi && webhooks && existsSync(openapi) && existsSync(webhooks)) return { openapi, webhooks };
  if (process.env["ZOOM_SPECS"])
    throw new Error(`ZOOM_SPECS: no openapi.json and webhooks.json in ${folder}`);
  return undefined;
}

/** @param {string} root */
export async function prism(root) {
  if (zoomDocuments(root) === undefined) return say("Prism: not needed without Zoom's documents");
  const folder = join(root, ".cache", "prism", VERSION);
  const path = join(folder, "node_modules", ".bin", "prism");
  try {
    if (!isExecutable(path)) await install(folder, join(root, ".cache", "tmp"));
    rememberProgram(root, "prism", { path, place: "the project's cache", version: VERSION });
  } catch (error) {
    const reason = /** @type {Error} */ (error).message.split("\n").at(-1);
    say(`no Prism: the tests that need it are reported as skipped (${reason})`);
  }
}

/**
 * @param {string} folder
 * @param {string} workFolder
 */
async function install(folder, workFolder) {
  mkdirSync(workFolder, { recursive: true });
  const unfinished = mkdtempSync(join(workFolder, "prism-"));
  const args = ["install", `--prefix=${unfinished}`, "--ignore-scripts", "--no-audit", "--no-fund"];
  const patience = ["--fetch-retries=1", "--fetch-timeout=60000"];
  await withProgress(`installing Prism ${VERSION}`, () =>
    npm(unfinished, [...args, ...patience, `@stoplight/prism-cli@${VERSION}`], { timeoutMs: 180_000 }),
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(unfinished, folder);
}
