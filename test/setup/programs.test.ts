import { expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { run, startTethered } from "../../setup/programs.mjs";

const programs = fileURLToPath(new URL("../../setup/programs.mjs", import.meta.url));

test("a program's output and exit code are told when it fails", async () => {
  const failing = run("sh", ["-c", "echo why; exit 3"]);
  await expect(failing).rejects.toMatchObject({
    message: "sh -c echo why; exit 3 ended with code 3",
    output: "why",
  });
});

test("a program that takes too long is ended", async () => {
  await expect(run("sleep", ["30"], { timeoutMs: 100 })).rejects.toThrow("ended by SIGKILL");
});

test("a tethered program is stopped", async () => {
  const sleeper = await startTethered("sleep", ["60"]);
  await sleeper.stop();
  expect(isAlive(sleeper.pid)).toBe(false);
});

test("a tethered program ends when its parent is killed", async () => {
  const script = `import { startTethered } from ${JSON.stringify(programs)};
    console.log((await startTethered("sleep", ["60"])).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), "line");
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  for (let waitedMs = 0; isAlive(pid) && waitedMs < 5_000; waitedMs += 50) await sleep(50);
  expect(isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
