import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../setup/lock.mjs";
import { quiet } from "./quiet.ts";

quiet();

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "lock-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("two set-ups take turns", async () => {
  const path = join(folder, "lock");
  const steps: string[] = [];
  const work = async (name: string) => {
    steps.push(`${name} starts`);
    await sleep(50);
    steps.push(`${name} ends`);
  };
  await Promise.all([withLock(path, () => work("first")), withLock(path, () => work("second"))]);
  expect(steps).toEqual(["first starts", "first ends", "second starts", "second ends"]);
});

test("the lock of a set-up that was killed does not hold up the next one", async () => {
  const path = join(folder, "lock");
  writeFileSync(path, "999999999");
  expect(await withLock(path, async () => "went on")).toBe("went on");
});
