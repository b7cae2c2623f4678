import { describe, expect, test } from "@jest/globals";
import { until } from "../support/until.ts";
import { declare } from "./story.ts";
import { startTopology, withoutPostgres } from "./support.ts";

(withoutPostgres === undefined ? describe : describe.skip)("A status call", () => {
  test("is there until its incident is resolved, and for as long after as people are in it", async () => {
    const world = await startTopology({ title: "status-call", runbooks: ["status-call"] });
    try {
      const incident = await declare(world);
      await world.api.executeRunbook(incident.id, "status-call", { every: "30m" });
      const scheduled = await incident.hear("meeting.scheduled");
      expect(scheduled.title).toMatch(/^Status call: .* every 30 min /);
      await incident.hear("runbook.completed");
      const meetingId = await incident.meetingId();
      await world.zoom.join(meetingId, { name: "Ana", email: "ana@example.com" });

      await world.api.changeIncident(incident.id, { status: "resolved" });
      await incident.hear("incident.resolved");
      const isDeleted = async () => (await incident.meetings()).every(({ deleted }) => deleted);
      expect(await isDeleted()).toBe(false);
      await world.zoom.end(meetingId);
      await until("the meeting's removal", async () => (await isDeleted()) || undefined, {
        withinMs: 60_000,
      });
      const cancelled = await incident.hear("meeting.cancelled");
      expect(cancelled.title).toBe("No more status calls: the incident is resolved");
    } finally {
      await world.close();
    }
  }, 180_000);
});
