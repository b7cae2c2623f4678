// node setup/prepare.mjs [npm] [temporal] [test-server] [postgres] [chromium] [prism] [build]
//
// Puts in place what the named parts need, and is quick when that is done already. It runs before node_modules
// exists, so it and the modules beside it use Node's own modules only. It may be interrupted at any time.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { chromium } from "./chromium.mjs";
import { withLock } from "./lock.mjs";
import { npmPackages } from "./npm.mjs";
import { postgres } from "./postgres.mjs";
import { prism } from "./prism.mjs";
import { say } from "./say.mjs";
import { rememberProgram, temporalCli, temporalTestServer } from "./temporalCli.mjs";

const OLDEST_NODE = [20, 3];

const root = fileURLToPath(new URL("..", import.meta.url));

/** @type {Record<string, () => Promise<unknown>>} */
const PARTS = {
  npm: () => npmPackages(root),
  temporal: async () => rememberProgram(root, "temporal", await temporalCli(root)),
  "test-server": async () => rememberProgram(root, "temporal-test-server", await temporalTestServer(root)),
  postgres,
  chromium,
  prism: () => prism(root),
  build: () => build(root),
};

/** @param {string[]} names */
async function prepare(names) {
  checkNode(process.versions.node);
  for (const name of names) {
    if (!Object.hasOwn(PARTS, name)) throw new Error(`"${name}" is none of ${Object.keys(PARTS).join(", ")}`);
  }
  const startedMs = performance.now();
  await withLock(join(root, ".cache", "setup.lock"), async () => {
    rmSync(join(root, ".cache", "tmp"), { recursive: true, force: true }); // What an interrupted set-up left.
    for (const name of names) await PARTS[name]?.();
  });
  say(`ready (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
}

/** @param {string} version */
function checkNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(`Node ${OLDEST_NODE.join(".")} or newer is needed; this is Node ${version}`);
}

try {
  await prepare(process.argv.slice(2));
} catch (error) {
  say(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
