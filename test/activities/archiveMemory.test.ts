import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { startActions } from "./world.ts";

const megabyte = 1024 * 1024;
const filmBytes = 300 * megabyte;

/** What the process holds beyond what it held before, at most, while `work` runs. */
const growthDuring = async <T>(work: () => Promise<T>): Promise<{ result: T; growthBytes: number }> => {
  const held = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, held());
  }, 5);
  try {
    const result = await work();
    return { result, growthBytes: most - before };
  } finally {
    clearInterval(timer);
  }
};

test("a film of 300 MB goes through a fraction of its size of memory", async () => {
  await using world = await startActions();
  await world.control("/settings", { recordingMediaBytes: filmBytes });
  const meeting_id = await world.bridge();
  await world.control(`/meetings/${meeting_id}/join`, { name: "Ana" });
  await world.control("/clock", { advanceMs: 60_000 });
  await world.control(`/meetings/${meeting_id}/end`, {});
  await world.control("/clock", { advanceMs: 60_000 });

  const { result, growthBytes } = await growthDuring(() =>
    world.perform("zoom.archive_recordings", { meeting_id }, { step: "archive" }),
  );
  const files = result.outputs["files"] as { key: string; type: string; bytes: number }[];
  const film = files.find(({ type }) => type === "MP4");
  expect(statSync(join(world.folder, film!.key)).size).toBe(filmBytes);
  // Simulator, client and archive together; garbage that is not collected yet counts too, and may be most of it.
  expect(growthBytes / megabyte).toBeLessThan(150);
});
