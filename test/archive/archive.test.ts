import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openArchive } from "../../archive/open.ts";
import type { Archive } from "../../archive/types.ts";
import type { S3Server } from "../support/s3.ts";
import { startS3 } from "../support/s3.ts";

const secretAccessKey = "sim-secret-s3-key";
const key = "inc-1/85746065432/2026-11-24T101500Z/film (1).mp4";

const bytes = async function* (...chunks: string[]): AsyncGenerator<Uint8Array, void> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
};

const breaking = async function* (): AsyncGenerator<Uint8Array, void> {
  yield* bytes("half");
  throw new Error("the download broke off");
};

const megabytes = async function* (count: number): AsyncGenerator<Uint8Array, void> {
  const chunk = Buffer.alloc(1024 * 1024, "x");
  for (let n = 0; n < count; n += 1) yield await Promise.resolve(chunk);
};

const video = { contentType: "video/mp4" };

describe("an archive in a folder", () => {
  let folder: string;
  let archive: Archive;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "archive-"));
    archive = await openArchive({ url: pathToFileURL(folder).href });
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("has what was put into it, and nothing before", async () => {
    expect([await archive.find(key), await archive.read(key)]).toEqual([undefined, undefined]);
    await archive.put(key, bytes("hello ", "world"), video);
    expect(await archive.find(key)).toEqual({ bytes: 11 });
    expect(await archive.read(key)).toBe("hello world");
  });

  test("has nothing of what broke off, and keeps what was there", async () => {
    await archive.put(key, bytes("whole"), video);
    await expect(archive.put(key, breaking(), video)).rejects.toThrow("the download broke off");
    expect(await archive.read(key)).toBe("whole");
    expect(await readdir(dirname(join(folder, key)))).toEqual(["film (1).mp4"]);
  });

  test("stops when told to", async () => {
    const controller = new AbortController();
    const endless = async function* () {
      for (;;) {
        yield* bytes("x");
        controller.abort();
      }
    };
    await expect(archive.put(key, endless(), { ...video, signal: controller.signal })).rejects.toThrow(
      /abort/i,
    );
    expect(await archive.find(key)).toBeUndefined();
  });

  test("clears away what a crashed worker left, and not what another writes just now", async () => {
    const place = dirname(join(folder, key));
    await mkdir(place, { recursive: true });
    for (const name of [".old.part", ".new.part"]) await writeFile(join(place, name), "half");
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(place, ".old.part"), longAgo, longAgo);
    await archive.put(key, bytes("whole"), video);
    expect((await readdir(place)).toSorted()).toEqual([".new.part", "film (1).mp4"]);
  });

  test("says what is wrong with the folder, and whether waiting helps", async () => {
    await writeFile(join(folder, "inc-1"), "a file where a folder should be");
    await expect(archive.put(key, bytes("x"), video)).rejects.toMatchObject({
      name: "ArchiveError",
      code: "archive_refused",
    });
  });
});

describe("an archive in a bucket", () => {
  const ours = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_MAX_ATTEMPTS",
  ];
  const before = ours.map((name) => [name, process.env[name]] as const);
  let s3: S3Server;
  let archive: Archive;

  const open = (url = "s3://recordings/zoom/2026") =>
    openArchive({ url, endpoint: s3.url, region: "eu-central-1" });

  beforeEach(async () => {
    process.env.AWS_ACCESS_KEY_ID = "test-key";
    process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
    process.env.AWS_EC2_METADATA_DISABLED = "true";
    process.env.AWS_MAX_ATTEMPTS = "1";
    s3 = await startS3("recordings", { accessKeyId: "test-key", secretAccessKey });
    archive = await open();
  });
  afterEach(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await s3.close();
  });

  test("has what was put into it below its prefix, with its type, and nothing before", async () => {
    expect([await archive.find(key), await archive.read(key)]).toEqual([undefined, undefined]);
    await archive.put(key, bytes("hello ", "world"), video);
    expect(await archive.find(key)).toEqual({ bytes: 11 });
    expect(await archive.read(key)).toBe("hello world");
    expect(s3.objects.get(`zoom/2026/${key}`)).toMatchObject({
      contentType: "video/mp4",
      digest: createHash("sha256").update("hello world").digest("hex"),
    });
    expect(archive.place).toBe("s3://recordings/zoom/2026");
  });

  test("takes large objects in parts", async () => {
    await archive.put(key, megabytes(20), video);
    expect(s3.objects.get(`zoom/2026/${key}`)).toMatchObject({ bytes: 20 * 1024 * 1024, parts: 3 });
  });

  test("has nothing of what broke off, and leaves no parts behind", async () => {
    const half = async function* () {
      yield* megabytes(10);
      throw new Error("the download broke off");
    };
    await expect(archive.put(key, half(), video)).rejects.toThrow("the download broke off");
    expect(s3.objects.size).toBe(0);
    expect(s3.requests.some((line) => line.startsWith("DELETE") && line.includes("uploadId"))).toBe(true);
  });

  test.each([
    [403, "archive_refused"],
    [503, "archive_unavailable"],
  ])("an answer of %i is %s, without a word of the credentials", async (status, code) => {
    s3.refuse(/PUT/, status);
    const error = await archive.put(key, bytes("x"), video).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "ArchiveError", code });
    expect(String(error)).toContain(key);
    expect(String(error)).not.toContain(secretAccessKey);
  });

  test("wrong credentials and unknown buckets are refusals", async () => {
    process.env.AWS_SECRET_ACCESS_KEY = "another";
    const refused = { code: "archive_refused" };
    await expect((await open()).put(key, bytes("x"), video)).rejects.toMatchObject(refused);
    process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
    await expect((await open("s3://elsewhere")).put(key, bytes("x"), video)).rejects.toMatchObject(refused);
  });

  test("a store that cannot be reached may be later", async () => {
    await s3.close();
    await expect(archive.find(key)).rejects.toMatchObject({ code: "archive_unavailable" });
    s3 = await startS3("recordings", { accessKeyId: "test-key", secretAccessKey });
  });
});
