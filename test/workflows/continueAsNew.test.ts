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

/** A step of a run has scheduled a review for next year. */
const madeFollowUp: IncidentNews = {
  type: "execution",
  report: {
    executionId: "runbook-none-follow-up-1",
    state: "completed",
    waitingFor: [],
    factsVersion: 1,
    effects: [
      {
        followUps: [
          {
            meetingId: "85746065432",
            topic: "Review",
            startsAtMs: Date.now() + 365 * 86_400_000,
            resolvedAt: null,
            remindBeforeMs: [],
          },
        ],
      },
    ],
  },
};

describe("an incident with a long history", () => {
  test("continues as new without losing a signal, what it remembers, or a change", async () => {
    await using world = await startWorld("continued", {});
    const incident = await world.declare();
    const { handle } = incident;
    const first = (await handle.describe()).runId;
    await handle.signal("news", madeFollowUp);
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
    expect(memory.followUps).toEqual(["85746065432"]);
    // Every signal and the change raised the version by one.
    expect(memory.facts.version).toBe(1 + signals + 1);
    expect(world.kinds()).toEqual(["incident.declared", "incident.updated"]);
  }, 180_000);
});
