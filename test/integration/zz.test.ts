import { test } from "@jest/globals";
import { startTopology } from "./support.ts";
import { declare } from "./story.ts";
test("x", async () => {
  const world = await startTopology({ title: "zz" });
  try {
    await world.zoom.fault({ method: "PATCH", path: "/meetings/[0-9]+$", kind: "reset", commit: true, times: 1 });
    const i = await declare(world); await i.hear("runbook.waiting");
    process.stderr.write(JSON.stringify((await i.timeline()).filter((e) => e.kind === "participants.added")) + "\n");
  } finally { await world.close(); }
});
