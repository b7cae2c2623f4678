import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";

/** A zip with one compressed file, as pip's wheels are. */
export function zipOf(name: string, content: string): Buffer {
  const compressed = deflateRawSync(content);
  const sizes = (header: Buffer, at: number) => {
    header.writeUInt16LE(8, at);
    header.writeUInt32LE(compressed.length, at + 10);
    header.writeUInt32LE(content.length, at + 14);
    header.writeUInt16LE(name.length, at + 18);
    return header;
  };
  const extra = Buffer.from("extra");
  const local = sizes(Buffer.alloc(30), 8);
  local.write("PK\x03\x04", "latin1");
  // Only the local header has an extra field, as zips made by streaming writers do.
  local.writeUInt16LE(extra.length, 28);
  const entry = sizes(Buffer.alloc(46), 10);
  entry.write("PK\x01\x02", "latin1");
  const start = local.length + name.length + extra.length + compressed.length;
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(start, 16);
  return Buffer.concat([local, Buffer.from(name), extra, compressed, entry, Buffer.from(name), end]);
}

/** A tar with the given files, as release archives are once gunzipped. */
export function tarOf(files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write(content.length.toString(8).padStart(11, "0"), 124);
    const padded = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    padded.write(content);
    return [header, padded];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
