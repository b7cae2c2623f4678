import { describe, expect, test } from "@jest/globals";
import type { IncidentMemory, IncidentNews } from "../../domain/messages.ts";
import { startWorld, until } from "./world.ts";

const heard = (n: number): IncidentNews => ({
  type: "meeting",
  meetingId: `meeting${n % 10}`,
  facts: { state: "live", endedSessions: n, recordingReady: false },
  headCount: n,
  over: false,
});

describe("an incident with a long history", () => {
  test("continues as new without losing a signal, what it remembers, or a change", async () => {
    await using world = await startWorld("continued", {});
    const incident = await world.declare();
    const { handle } = incident;
    const first = (await handle.describe()).runId;
    const signals = 4300;
    const senders = Array.from({ length: 4 }, async (_, sender) => {
      for (let n = sender; n < signals; n += 4) await handle.signal("news", heard(n));
    });
    await handle.executeUpdate("change", { args: [{ patch: { title: "changed" }, by: { name: "Dee" } }] });
    await Promise.all(senders);

    await until("continue-as-new", async () => (await handle.describe()).runId !== first, 60_000);
    const memory = await handle.query<IncidentMemory>("memory");
    expect(memory.facts.incident.title).toBe("changed");
    expect(memory.followed).toHaveLength(10);
    // Every signal and the change raised the version by one.
    expect(memory.facts.version).toBe(1 + signals + 1);
    expect(world.kinds()).toEqual(["incident.declared", "incident.updated"]);
  }, 180_000);
});
