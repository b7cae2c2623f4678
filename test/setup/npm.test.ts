import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isInstalled } from "../../setup/npm.mjs";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "npm-"));
  mkdirSync(join(root, "node_modules"));
});

afterEach(() => rmSync(root, { recursive: true }));

type Packages = Record<string, { version: string; optional?: boolean }>;
const lock = (packages: Packages) =>
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
const installed = (packages: Packages) =>
  writeFileSync(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));

test("node_modules that npm did not finish is not installed", () => {
  lock({ "": { version: "0.1.0" }, "node_modules/a": { version: "1.0.0" } });
  expect(isInstalled(root)).toBe(false);
});

test("node_modules is installed when it has the locked versions; optional packages may be missing", () => {
  const other = { "node_modules/other-platform": { version: "1.0.0", optional: true } };
  lock({ "": { version: "0.1.0" }, "node_modules/a": { version: "1.0.0" }, ...other });
  installed({ "node_modules/a": { version: "1.0.0" } });
  expect(isInstalled(root)).toBe(true);
  lock({ "": { version: "0.2.0" }, "node_modules/a": { version: "1.0.1" }, ...other });
  expect(isInstalled(root)).toBe(false);
});
