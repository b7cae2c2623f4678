import { describe, expect, test } from "@jest/globals";
import { readOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

describe("reading a meeting", () => {
  test("tells how it stands, and nothing that would make somebody its host", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge({ agenda: "What to do", passcode: "abc123" });
    const waiting = await world.perform("zoom.get_meeting", { meeting_id }, { step: "look" });
    expect(waiting.outputs).toMatchObject({
      meeting_id,
      topic: "A call",
      agenda: "What to do",
      status: "waiting",
      kind: "scheduled",
      join_url: expect.stringContaining(`/j/${meeting_id}`),
      passcode: "abc123",
      host: expect.stringMatching(/^host[12]@example\.com$/),
      duration_minutes: 60,
      settings: { join_before_host: true, waiting_room: false, auto_recording: "cloud" },
      occurrences: [],
    });
    await world.control(`/meetings/${meeting_id}/join`, { name: "Ana" });
    const live = await world.perform("zoom.get_meeting", { meeting_id }, { step: "again" });
    expect(live.outputs["status"]).toBe("started");
    const events = await world.timeline();
    expect(events.map(({ title }) => title).slice(1)).toEqual([
      expect.stringMatching(/^Nobody is in A call \(\d+\), planned for /),
      expect.stringMatching(/^People are in A call/),
    ]);
    expect(JSON.stringify([waiting, live, events])).not.toMatch(/start_url|zak|sim-secret/);
  });

  test("lists the dates of one that recurs", async () => {
    await using world = await startActions();
    const made = await world.perform("zoom.schedule_recurring_meeting", {
      topic: "Daily",
      repeat: "daily",
      end_times: 3,
    });
    const meeting_id = made.outputs["meeting_id"] ?? "";
    const { outputs } = await world.perform("zoom.get_meeting", { meeting_id }, { step: "look" });
    expect(outputs["kind"]).toBe("recurring");
    expect(outputs["occurrences"]).toHaveLength(3);
  });

  test("of which Zoom knows nothing says what may have become of it", async () => {
    await using world = await startActions();
    expect(await readOf(world.perform("zoom.get_meeting", { meeting_id: "80000000001" }))).toMatchObject({
      code: "not_found",
      advice: expect.stringContaining("deleted"),
    });
  });
});
