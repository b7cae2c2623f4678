// Taking one program out of an archive with what every Node has, since no package is installed yet.
import { inflateRaw } from "node:zlib";
import { promisify } from "node:util";

const inflate = promisify(inflateRaw);

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * The content of the one file of a zip (a Python wheel is one) whose name `accept` takes.
 *
 * @param {Buffer} zip
 * @param {(name: string) => boolean} accept
 * @returns {Promise<Buffer>}
 */
export async function readZipEntry(zip, accept) {
  const entry = zipEntries(zip).find(({ name }) => accept(name));
  if (entry === undefined) throw new Error("the archive does not contain the program");
  const content = compressedContent(zip, entry);
  if (entry.method === STORED) return content;
  if (entry.method === DEFLATED) return /** @type {Promise<Buffer>} */ (inflate(content));
  throw new Error(`the archive uses compression method ${entry.method}, which is not supported`);
}

/**
 * @typedef {{name: string, method: number, compressedSize: number, offset: number}} ZipEntry
 *
 * @param {Buffer} zip
 * @returns {ZipEntry[]}
 */
function zipEntries(zip) {
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end < 0 || zip.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error("this is not a zip archive");
  const count = zip.readUInt16LE(end + 10);
  let position = zip.readUInt32LE(end + 16);
  /** @type {ZipEntry[]} */
  const entries = [];
  while (entries.length < count) {
    if (zip.readUInt32LE(position) !== DIRECTORY_ENTRY) throw new Error("the zip's directory is damaged");
    const nameLength = zip.readUInt16LE(position + 28);
    const restLength = zip.readUInt16LE(position + 30) + zip.readUInt16LE(position + 32);
    entries.push({
      name: zip.toString("utf8", position + 46, position + 46 + nameLength),
      method: zip.readUInt16LE(position + 10),
      compressedSize: zip.readUInt32LE(position + 20),
      offset: zip.readUInt32LE(position + 42),
    });
    position += 46 + nameLength + restLength;
  }
  return entries;
}

/**
 * @param {Buffer} zip
 * @param {ZipEntry} entry
 */
function compressedContent(zip, { offset, compressedSize }) {
  if (zip.readUInt32LE(offset) !== LOCAL_HEADER) throw new Error("the zip's content is damaged");
  // The local header repeats the name but may have other extra fields, so its own lengths count.
  const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
  return zip.subarray(start, start + compressedSize);
}

/**
 * The content of the one file of an (unpacked) tar whose name `accept` takes.
 *
 * @param {Buffer} tar
 * @param {(name: string) => boolean} accept
 */
export function readTarEntry(tar, accept) {
  const text = (/** @type {number} */ from, /** @type {number} */ length) =>
    tar.toString("utf8", from, from + length).replace(/\0.*$/s, "");
  for (let position = 0; position + 512 <= tar.length;) {
    const name = text(position, 100);
    if (name === "") break;
    const size = Number.parseInt(text(position + 124, 12).trim(), 8) || 0;
    const start = position + 512;
    if (accept(name)) return tar.subarray(start, start + size);
    position = start + Math.ceil(size / 512) * 512;
  }
  throw new Error("the archive does not contain the program");
}
