import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../domain/plan.ts";
import { findMeetingByMarker } from "../../zoom/meetings.ts";
import { readOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

type World = Awaited<ReturnType<typeof startActions>>;

const update = (world: World, input: { [field: string]: Json }, more = {}) =>
  world.perform("zoom.update_meeting", input, { step: "change", ...more });

const patches = async (world: World) => (await world.requests()).filter(([method]) => method === "PATCH");

const daily = async (world: World) => {
  const { outputs } = await world.perform("zoom.schedule_recurring_meeting", {
    topic: "Daily",
    agenda: "Stand up",
    repeat: "daily",
    end_times: 3,
  });
  const [, second] = outputs["occurrences"] as { occurrence_id: string; start_time: string }[];
  return { meeting_id: outputs["meeting_id"] ?? "", second: second! };
};

describe("updating a meeting", () => {
  test("changes what is named, and says so", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    const start_time = new Date(Date.now() + 3_600_000).toISOString();
    const { outputs } = await update(world, {
      meeting_id,
      topic: "Another topic",
      start_time,
      duration_minutes: 90,
      settings: {
        join_before_host: false,
        waiting_room: true,
        mute_upon_entry: true,
        meeting_authentication: true,
        breakout_rooms: true,
        auto_recording: "none",
      },
    });
    expect(outputs).toMatchObject({
      topic: "Another topic",
      duration_minutes: 90,
      kept_otherwise: [],
      settings: {
        waiting_room: true,
        mute_upon_entry: true,
        meeting_authentication: true,
        breakout_rooms: true,
      },
    });
    expect(outputs["changed"]).toEqual([
      "topic",
      "duration_minutes",
      "start_time",
      "join_before_host",
      "waiting_room",
      "auto_recording",
      "mute_upon_entry",
      "meeting_authentication",
      "breakout_rooms",
    ]);
    const events = await world.timeline();
    expect(events.at(-1)).toMatchObject({
      kind: "meeting.updated",
      title: expect.stringMatching(/^Changed Another topic \(\d+\): topic, duration_minutes/),
    });
  });

  test("keeps the marker by which the meeting is found again", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge({ agenda: "Before" });
    await update(world, { meeting_id, agenda: "After" });
    const [meeting] = await world.meetings();
    expect(meeting?.agenda).toMatch(/^\[zr-[0-9a-f]{20}\]\nAfter$/);
    const row = await world.store.meetings.get(meeting_id);
    const found = await findMeetingByMarker(world.client, meeting!.host_email, row!.meeting.marker);
    expect(found?.id).toBe(meeting_id);
  });

  test("to another passcode changes the incident's bridge, its link and its record", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    const { outputs, effects } = await update(world, { meeting_id, passcode: "new-one" });
    expect(effects?.bridge).toMatchObject({
      meeting_id,
      passcode: "new-one",
      join_url: outputs["join_url"],
    });
    const row = await world.store.meetings.get(meeting_id);
    expect(row?.meeting).toMatchObject({ passcode: "new-one", join_url: outputs["join_url"] });
    const events = await world.timeline();
    expect(events.at(-1)).toMatchObject({
      detail: "The passcode is now new-one: earlier links ask for it.",
      links: [{ title: "Join", url: outputs["join_url"] }],
    });
    // A later try finds it changed already, and the incident hears of it all the same.
    const again = await update(world, { meeting_id, passcode: "new-one" }, { attempt: 2 });
    expect(again.effects?.bridge?.passcode).toBe("new-one");
    expect(await patches(world)).toHaveLength(1);
  });

  test("of another meeting leaves the bridge alone", async () => {
    await using world = await startActions();
    await world.bridge();
    const input = { topic: "Another", purpose: "other" };
    const other = await world.perform("zoom.create_meeting", input, { step: "other" });
    const meeting_id = other.outputs["meeting_id"] ?? "";
    const { outputs, effects } = await update(world, { meeting_id, passcode: "new-one" });
    expect([outputs["changed"], effects]).toEqual([["passcode"], undefined]);
  });

  test("with nothing named asks Zoom nothing", async () => {
    await using world = await startActions();
    const { outputs } = await update(world, { meeting_id: "85746065432" });
    expect(outputs["changed"]).toEqual([]);
    expect(await world.requests()).toEqual([]);
    expect((await world.timeline()).at(-1)?.title).toMatch(/Nothing to change .* the step names no field/);
  });

  test("that is as asked already changes nothing", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge({ agenda: "Same" });
    const same = { topic: "A call", agenda: "Same", settings: { auto_recording: "cloud" } };
    const { outputs } = await update(world, { meeting_id, ...same });
    expect(outputs["changed"]).toEqual([]);
    expect(await patches(world)).toEqual([]);
    expect((await world.timeline()).at(-1)?.title).toMatch(/it is as asked already/);
  });

  test("says what Zoom kept otherwise", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await world.control("/settings", { lockedSettings: { mute_upon_entry: false } });
    const { outputs } = await update(world, {
      meeting_id,
      topic: "New",
      settings: { mute_upon_entry: true },
    });
    expect(outputs).toMatchObject({ changed: ["topic"], kept_otherwise: ["mute_upon_entry"] });
    expect((await world.timeline()).at(-1)).toMatchObject({
      kind: "meeting.settings_differ",
      title: "Zoom kept other settings: mute_upon_entry is false, not true",
    });
  });

  test("switching breakout rooms off and on keeps who goes where", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    const rooms = [{ name: "Database", people: ["ana@example.com"] }];
    await world.perform("zoom.configure_breakout_rooms", { meeting_id, rooms }, { step: "rooms" });
    await update(world, { meeting_id, settings: { breakout_rooms: false } });
    await update(world, { meeting_id, settings: { breakout_rooms: true } });
    const [meeting] = await world.meetings();
    expect(meeting?.settings["breakout_room"]).toEqual({
      enable: true,
      rooms: [{ name: "Database", participants: ["ana@example.com"] }],
    });
  });

  test.each([
    ["start_time", { start_time: "2020-01-01T00:00:00Z" }],
    ["topic", { topic: "x".repeat(201) }],
    ["passcode", { passcode: "much too long" }],
    ["settings.waiting_rom", { settings: { waiting_rom: true } }],
  ])("to what cannot be names %s", async (field, input: { [field: string]: Json }) => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    expect(await readOf(update(world, { meeting_id, ...input }))).toMatchObject({
      code: "invalid_input",
      field,
    });
    expect(await patches(world)).toEqual([]);
  });

  test("to a passcode that the account's rules refuse names the passcode", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await world.control("/settings", { passcodeRule: "numeric" });
    expect(await readOf(update(world, { meeting_id, passcode: "abc" }))).toMatchObject({
      code: "invalid_input",
      field: "passcode",
    });
  });

  test.each([
    ["start_time", "2999-01-01T00:00:00Z"],
    ["duration_minutes", 15],
  ])("without fixed times has no %s to change", async (field, value) => {
    await using world = await startActions();
    const made = await world.perform("zoom.schedule_recurring_meeting", {
      topic: "Any time",
      repeat: "without_times",
    });
    const input = { meeting_id: made.outputs["meeting_id"] ?? "", [field]: value };
    expect(await readOf(update(world, input))).toMatchObject({ code: "invalid_input", field });
    expect(await patches(world)).toEqual([]);
  });

  test("that does not exist is not found", async () => {
    await using world = await startActions();
    expect(await readOf(update(world, { meeting_id: "80000000001", topic: "x" }))).toMatchObject({
      code: "not_found",
    });
  });

  test("whose answer was lost is as asked at the next try", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await world.control("/faults", {
      kind: "reset",
      commit: true,
      method: "PATCH",
      path: "/meetings",
      times: 1,
    });
    const failed = await readOf(update(world, { meeting_id, topic: "New" }));
    expect(failed.code).toBe("outcome_unknown");
    const { outputs } = await update(world, { meeting_id, topic: "New" }, { attempt: 2 });
    expect(outputs["topic"]).toBe("New");
  });
});

describe("updating one date of a recurring meeting", () => {
  test("moves that date and no other", async () => {
    await using world = await startActions();
    const { meeting_id, second } = await daily(world);
    const start_time = new Date(Date.parse(second.start_time) + 3_600_000).toISOString();
    const { outputs, effects } = await update(world, {
      meeting_id,
      occurrence_id: second.occurrence_id,
      start_time,
      duration_minutes: 15,
      settings: { mute_upon_entry: true },
    });
    expect(outputs["changed"]).toEqual(["duration_minutes", "start_time", "mute_upon_entry"]);
    expect(effects).toBeUndefined();
    const { outputs: whole } = await world.perform("zoom.get_meeting", { meeting_id }, { step: "look" });
    const durations = (whole["occurrences"] as { duration_minutes: number }[]).map(
      (each) => each.duration_minutes,
    );
    expect(durations).toEqual([60, 15, 60]);
    expect((whole["settings"] as { [name: string]: Json })["mute_upon_entry"]).toBe(false);
  });

  test("refuses what only the series has, before Zoom passes over it", async () => {
    await using world = await startActions();
    const { meeting_id, second } = await daily(world);
    const input = { meeting_id, occurrence_id: second.occurrence_id, topic: "Other" };
    expect(await readOf(update(world, input))).toMatchObject({
      code: "invalid_input",
      field: "topic",
      advice: expect.stringContaining("occurrence_id"),
    });
    expect(await patches(world)).toEqual([]);
  });

  test("that is not there names those that are", async () => {
    await using world = await startActions();
    const { meeting_id, second } = await daily(world);
    const input = { meeting_id, occurrence_id: "1", duration_minutes: 15 };
    expect(await readOf(update(world, input))).toMatchObject({
      code: "not_found",
      field: "occurrence_id",
      advice: expect.stringContaining(second.occurrence_id),
    });
  });
});
