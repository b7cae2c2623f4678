import { expect, test } from "@jest/globals";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumProgram } from "../../setup/chromium.mjs";

const folder = mkdtempSync(join(tmpdir(), "chromium-"));
const programNamed = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  return path;
};

test("the browser is the one that CHROMIUM_PATH names, else the first on PATH, else there is none", () => {
  expect(chromiumProgram({ explicit: "", searchPath: folder })).toBeUndefined();
  const chrome = programNamed("google-chrome");
  expect(chromiumProgram({ explicit: "", searchPath: folder })).toBe(chrome);
  const chromium = programNamed("chromium");
  expect(chromiumProgram({ explicit: "", searchPath: folder })).toBe(chromium);
  expect(chromiumProgram({ explicit: chrome, searchPath: folder })).toBe(chrome);
  const wrong = join(folder, "nothing");
  expect(() => chromiumProgram({ explicit: wrong })).toThrow(
    `CHROMIUM_PATH is ${wrong}, which is no program`,
  );
  rmSync(folder, { recursive: true });
});
