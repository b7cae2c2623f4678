import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { ProgramError, run } from "./programs.mjs";
import { say, withProgress } from "./say.mjs";

// What a change of, builds everything anew; package-lock.json stands for the versions of all dependencies.
const CONFIGURATION = [
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "setup/bundle.mjs",
  "workflows/encodedFailures.cjs",
];
const STAMP = "dist/.build.json";

/**
 * Compiles the sources into dist/ and bundles the workflows; does nothing when nothing changed.
 *
 * `allowTypeErrors` is for test runs in the middle of a change: code with type errors is still emitted, and
 * the next build tries again.
 *
 * @param {string} root
 * @param {{allowTypeErrors?: boolean}} [options]
 * @returns {Promise<"up to date" | "built">}
 */
export async function build(root, { allowTypeErrors = false } = {}) {
  const sources = sourceFiles(root);
  const configuration = hashOf(root, CONFIGURATION);
  const all = hashOf(root, sources) + configuration;
  const workflows = hashOf(root, sources.filter(isBundled)) + configuration;
  const before = readStamp(root);
  const bundle = join(root, "dist", "workflow-bundle.js");
  const wantsBundle = existsSync(join(root, "workflows", "index.ts"));
  const hasBundle = existsSync(bundle) && before.workflows === workflows;
  if (before.all === all && hasBundle === wantsBundle) return "up to date";

  const clean = await compile(root, allowTypeErrors);
  removeOrphans(root, sources);
  if (wantsBundle && !hasBundle) await bundleWorkflows(root);
  writeStamp(root, clean ? { all, workflows } : { workflows });
  return "built";
}

/** @param {string} file */
const isBundled = (file) => /^(workflows|domain)[\\/]/.test(file);

/**
 * @param {string} root
 * @param {boolean} allowTypeErrors
 * @returns {Promise<boolean>} whether there were no type errors
 */
async function compile(root, allowTypeErrors) {
  const typeErrors = await withProgress("compiling TypeScript", () => tsc(root));
  if (typeErrors === undefined) return true;
  if (!allowTypeErrors) throw new Error(`TypeScript found errors:\n${typeErrors}`);
  say("there are type errors (npm run typecheck lists them); going on with what was emitted");
  return false;
}

/**
 * @param {string} root
 * @returns {Promise<string | undefined>} the type errors
 */
async function tsc(root) {
  const program = join(root, "node_modules", "typescript", "bin", "tsc");
  try {
    await run(process.execPath, [program, "-p", "tsconfig.build.json", "--pretty", "false"], { cwd: root });
    return undefined;
  } catch (error) {
    if (error instanceof ProgramError && error.output.includes("error TS")) return error.output;
    throw error;
  }
}

/** @param {string} root */
async function bundleWorkflows(root) {
  // In its own process: the bundler would block the progress display, and the SDK's native core is slow to load.
  await withProgress("bundling the workflows", () =>
    run(process.execPath, [join(root, "setup", "bundle.mjs"), root], { cwd: root }),
  ).catch((error) => {
    const output = error instanceof ProgramError ? `\n${error.output}` : "";
    throw new Error(`The workflow bundle could not be built: ${error.message}${output}`, { cause: error });
  });
}

/**
 * The files tsconfig.build.json names, relative to the root, sorted.
 *
 * @param {string} root
 */
function sourceFiles(root) {
  const files = readdirSync(root).filter(isSource);
  for (const folder of buildFolders(root)) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    files.push(...listFiles(path, isSource).map((file) => relative(root, file)));
  }
  return files.sort();
}

/** @param {string} root */
function buildFolders(root) {
  /** @type {{include: string[]}} */
  const { include } = JSON.parse(readFileSync(join(root, "tsconfig.build.json"), "utf8"));
  return include.filter((entry) => !entry.includes("*"));
}

/** @param {string} name */
const isSource = (name) => name.endsWith(".ts") && !name.endsWith(".d.ts");

/**
 * @param {string} folder
 * @param {(name: string) => boolean} accept
 * @returns {string[]}
 */
function listFiles(folder, accept) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : listFiles(path, accept);
    return accept(entry.name) ? [path] : [];
  });
}

/**
 * tsc leaves the output of a deleted source behind, where a folder scan or an import by path would still find it.
 *
 * @param {string} root
 * @param {string[]} sources
 */
function removeOrphans(root, sources) {
  const expected = new Set(sources.map((file) => file.replace(/\.ts$/, "")));
  for (const folder of buildFolders(root)) {
    const output = join(root, "dist", folder);
    if (!existsSync(output)) continue;
    for (const file of listFiles(output, (name) => /\.js(\.map)?$/.test(name))) {
      const source = relative(join(root, "dist"), file).replace(/\.js(\.map)?$/, "");
      if (!expected.has(source)) rmSync(file, { force: true });
    }
  }
}

/**
 * @param {string} root
 * @param {string[]} files
 */
function hashOf(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const path = join(root, file);
    if (!existsSync(path)) continue;
    hash.update(file.split(sep).join("/")).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @returns {{all?: string, workflows?: string}}
 */
function readStamp(root) {
  try {
    return JSON.parse(readFileSync(join(root, STAMP), "utf8"));
  } catch {
    return {};
  }
}

/**
 * @param {string} root
 * @param {{all?: string, workflows?: string}} stamp
 */
function writeStamp(root, stamp) {
  mkdirSync(join(root, "dist"), { recursive: true });
  writeAtomically(join(root, STAMP), JSON.stringify(stamp));
}

/**
 * @param {string} path
 * @param {string} content
 */
export function writeAtomically(path, content) {
  const temporary = join(path, "..", `.${basename(path)}.${process.pid}`);
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
