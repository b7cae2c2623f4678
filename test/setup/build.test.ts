import { afterEach, beforeEach, expect, test } from "@jest/globals";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../setup/build.mjs";
import { quiet } from "./quiet.ts";

quiet();

const project = fileURLToPath(new URL("../..", import.meta.url));
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "build-"));
  symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
  write("package.json", `{"type": "module"}`);
  const compilerOptions = { target: "es2023", module: "nodenext", outDir: "dist", rootDir: ".", types: [] };
  const rest = { incremental: true, tsBuildInfoFile: "dist/.tsbuildinfo", strict: true };
  write(
    "tsconfig.build.json",
    JSON.stringify({ compilerOptions: { ...compilerOptions, ...rest }, include: ["domain"] }),
  );
  write("domain/one.ts", "export const one = 1;");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), content);
}

test("a build is repeated only when a source changed", async () => {
  expect(await build(root)).toBe("built");
  expect(await build(root)).toBe("up to date");
  write("domain/one.ts", "export const one = 11;");
  expect(await build(root)).toBe("built");
  expect(readFileSync(join(root, "dist/domain/one.js"), "utf8")).toContain("11");
});

test("the output of a deleted source goes too", async () => {
  write("domain/two.ts", "export const two = 2;");
  await build(root);
  rmSync(join(root, "domain/two.ts"));
  await build(root);
  expect(existsSync(join(root, "dist/domain/two.js"))).toBe(false);
  expect(existsSync(join(root, "dist/domain/one.js"))).toBe(true);
});

test("type errors are told and stop the build, unless they are allowed", async () => {
  write("domain/one.ts", `export const one: number = "1";`);
  await expect(build(root)).rejects.toThrow("error TS2322");
  expect(await build(root, { allowTypeErrors: true })).toBe("built");
  expect(existsSync(join(root, "dist/domain/one.js"))).toBe(true);
  await expect(build(root)).rejects.toThrow("error TS2322");
});
