import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../domain/plan.ts";
import { displayText } from "../../domain/template.ts";
import { listenToZoom } from "../support/zoomWebhooks.ts";
import { until } from "../support/until.ts";
import { readOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

type World = Awaited<ReturnType<typeof startActions>>;

const remove = (world: World, input: { [field: string]: Json }) =>
  world.perform("zoom.delete_meeting", input, { step: "delete" });

const deletes = async (world: World) => (await world.requests()).filter(([method]) => method === "DELETE");

describe("deleting a meeting", () => {
  test("tells nobody unless asked to", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    expect((await remove(world, { meeting_id })).outputs["was_there"]).toBe(true);
    expect(await deletes(world)).toEqual([
      [
        "DELETE",
        `/v2/meetings/${meeting_id}`,
        { schedule_for_reminder: "false", cancel_meeting_reminder: "false" },
      ],
    ]);
    expect((await world.timeline()).at(-1)?.title).toBe(`Deleted meeting ${meeting_id}`);
  });

  test("is told once: Zoom's own word of it is no news, whereas that of somebody else's deed is", async () => {
    await using world = await startActions();
    const ours = await world.bridge();
    const made = await world.perform("zoom.create_meeting", { topic: "Another" }, { step: "another" });
    const theirs = displayText(made.outputs["meeting_id"]);
    const listening = await listenToZoom(world.store);
    await world.control("/webhooks", listening.target);
    await remove(world, { meeting_id: ours });
    await world.zoom.delete(`/meetings/${theirs}`);
    for (const meetingId of [ours, theirs])
      await until("its deletion", async () => {
        const row = await world.store.meetings.get(meetingId);
        return row?.life?.state === "deleted" || undefined;
      });
    await listening.close();
    const told = (await world.timeline()).filter(({ kind }) => kind === "meeting.deleted");
    expect(told.map(({ source }) => source)).toEqual([{ type: "meeting", meeting_id: theirs }]);
  });

  test("that failed leaves the news to whoever deletes it then", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await world.control("/faults", { kind: "status", status: 400, method: "DELETE", times: 1 });
    await expect(remove(world, { meeting_id })).rejects.toThrow();
    const listening = await listenToZoom(world.store);
    await world.control("/webhooks", listening.target);
    await world.zoom.delete(`/meetings/${meeting_id}`);
    await until("its deletion", async () => {
      const told = await world.timeline();
      return told.some(({ kind }) => kind === "meeting.deleted") || undefined;
    });
    await listening.close();
  });

  test.each([
    [{ notify_hosts: true }, { schedule_for_reminder: "true", cancel_meeting_reminder: "false" }, "hosts"],
    [
      { notify_registrants: true },
      { schedule_for_reminder: "false", cancel_meeting_reminder: "true" },
      "registrants",
    ],
    [
      { notify_hosts: true, notify_registrants: true },
      { schedule_for_reminder: "true", cancel_meeting_reminder: "true" },
      "hosts and registrants",
    ],
  ])("has Zoom tell whom it is asked to: %j", async (asked, query, told) => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await remove(world, { meeting_id, ...asked });
    expect((await deletes(world))[0]?.[2]).toEqual(query);
    expect((await world.timeline()).at(-1)?.title).toContain(`Zoom tells its ${told} by mail`);
  });

  test("that is gone already is as good as deleted", async () => {
    await using world = await startActions();
    expect((await remove(world, { meeting_id: "80000000001" })).outputs["was_there"]).toBe(false);
    expect((await world.timeline()).at(-1)?.title).toMatch(/was gone already/);
  });

  test("that people are in says to end it first", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await world.control(`/meetings/${meeting_id}/join`, { name: "Ana" });
    expect(await readOf(remove(world, { meeting_id }))).toMatchObject({
      code: "invalid_input",
      field: "meeting_id",
      advice: expect.stringContaining("end it first"),
    });
  });

  test("can be for one date of a series", async () => {
    await using world = await startActions();
    const made = await world.perform("zoom.schedule_recurring_meeting", {
      topic: "Daily",
      repeat: "daily",
      end_times: 3,
    });
    const meeting_id = made.outputs["meeting_id"] ?? "";
    const [first] = made.outputs["occurrences"] as { occurrence_id: string }[];
    await remove(world, { meeting_id, occurrence_id: first!.occurrence_id });
    const { outputs } = await world.perform("zoom.get_meeting", { meeting_id }, { step: "look" });
    expect((outputs["occurrences"] as { cancelled: boolean }[]).map(({ cancelled }) => cancelled)).toEqual([
      true,
      false,
      false,
    ]);
    expect(await readOf(remove(world, { meeting_id, occurrence_id: "1" }))).toMatchObject({
      code: "invalid_input",
      field: "occurrence_id",
      advice: expect.stringContaining("zoom.get_meeting"),
    });
  });
});
