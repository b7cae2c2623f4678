import { describe, expect, test } from "@jest/globals";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

const bridge = { topic: "INC-1 - Incident Bridge", settings: { auto_recording: "cloud" } };

describe("creating a meeting", () => {
  test("gives its link, and puts it on the timeline without the host's", async () => {
    await using world = await startActions();
    const { outputs, effects } = await world.perform("zoom.create_meeting", bridge);
    expect(outputs).toMatchObject({
      join_url: expect.stringMatching(/^https:/),
      passcode: expect.stringMatching(/./),
    });
    expect(effects?.bridge?.join_url).toBe(outputs["join_url"]);
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual(["bridge.ready"]);
    expect(JSON.stringify([outputs, events])).not.toMatch(/start_url|zak|sim-secret/);
  });

  test("a second try finds what the first made and makes none", async () => {
    await using world = await startActions();
    const first = await world.perform("zoom.create_meeting", bridge);
    const again = await world.perform("zoom.create_meeting", bridge, { attempt: 2 });
    expect(again.outputs["meeting_id"]).toBe(first.outputs["meeting_id"]);
    expect(await world.meetings()).toHaveLength(1);
    expect(await world.timeline()).toHaveLength(1);
  });

  test("when Zoom committed and its answer was lost, the next try adopts the meeting by its marker", async () => {
    await using world = await startActions();
    await world.control("/faults", {
      kind: "reset",
      commit: true,
      method: "POST",
      path: "/meetings$",
      times: 1,
    });
    const lost = await failureOf(world.perform("zoom.create_meeting", bridge));
    expect([lost.type, lost.nonRetryable]).toEqual(["outcome_unknown", false]);
    expect(await world.meetings()).toHaveLength(1);

    const { outputs } = await world.perform("zoom.create_meeting", bridge, { attempt: 2 });
    const meetings = await world.meetings();
    expect(meetings.map(({ id }) => String(id))).toEqual([outputs["meeting_id"]]);
  });

  test("when the answer was lost and nothing is found, it only looks for as long as the request may be under way", async () => {
    await using world = await startActions();
    await world.control("/faults", {
      kind: "reset",
      commit: false,
      method: "POST",
      path: "/meetings$",
      times: 1,
    });
    await failureOf(world.perform("zoom.create_meeting", bridge));
    const waiting = await failureOf(world.perform("zoom.create_meeting", bridge, { attempt: 2 }));
    expect(waiting.type).toBe("outcome_unknown");
    expect(waiting.nextRetryDelay).toBe(2000);
    expect(await world.meetings()).toHaveLength(0);
  });

  test("goes to the next host when one cannot host, and says which one hosts", async () => {
    await using world = await startActions();
    await world.control("/settings", {
      users: [
        { email: "host1@example.com", type: 99 },
        { email: "host2@example.com", type: 2 },
      ],
    });
    const { outputs } = await world.perform("zoom.create_meeting", bridge);
    expect(outputs["host"]).toBe("host2@example.com");
  });

  test("names the scope that is missing, and is not tried again", async () => {
    await using world = await startActions();
    await world.control("/settings", { scopes: ["user:read:user:admin"] });
    const failed = await failureOf(world.perform("zoom.create_meeting", bridge));
    expect([failed.type, failed.nonRetryable]).toEqual(["missing_scope", true]);
    expect(failed.details?.[0]).toMatchObject({
      scopes: expect.arrayContaining(["meeting:write:meeting:admin"]),
      advice: expect.stringContaining("Marketplace"),
    });
  });

  test("says which settings Zoom kept its own of", async () => {
    await using world = await startActions();
    await world.control("/settings", { lockedSettings: { waiting_room: true } });
    await world.perform("zoom.create_meeting", bridge);
    const events = await world.timeline();
    expect(events.at(-1)).toMatchObject({
      kind: "meeting.settings_differ",
      title: expect.stringContaining("waiting_room is true, not false"),
    });
  });

  test("names the field of an input that does not fit", async () => {
    await using world = await startActions();
    const failed = await failureOf(world.perform("zoom.create_meeting", { topic: "x".repeat(201) }));
    expect(failed.details?.[0]).toMatchObject({ code: "invalid_input", field: "topic" });
    expect(failed.message).toContain("topic is too long or too large: at most 200");
  });

  test("points at the fallback bridge after the first failed try, once", async () => {
    await using world = await startActions();
    await world.control("/faults", {
      kind: "status",
      status: 503,
      method: "POST",
      path: "/meetings$",
      times: 2,
    });
    const fallback = { join_url: "https://meet.example/static" };
    await failureOf(world.perform("zoom.create_meeting", bridge, { fallback }));
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual(["step.retrying", "bridge.fallback"]);
    expect(events[1]?.links).toEqual([
      { title: "Join the fallback bridge", url: "https://meet.example/static" },
    ]);
  });
});

describe("adding participants", () => {
  test("reports person by person, and adds nobody twice", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge({ invitees: ["ana@example.com"] });
    const people = [
      { name: "Ana", email: "ANA@example.com" },
      [{ email: "bo@example.com" }],
      { name: "Cy" },
      null,
    ];
    const input = { meeting_id, people };
    const { outputs } = await world.perform("zoom.add_participants", input, { step: "people" });
    expect(outputs["people"]).toEqual([
      { name: "Ana", email: "ANA@example.com", outcome: "already_there" },
      { name: "bo@example.com", email: "bo@example.com", outcome: "added" },
      { name: "Cy", email: null, outcome: "no_email" },
    ]);
    const again = await world.perform("zoom.add_participants", input, { step: "again" });
    expect(again.outputs["added"]).toBe(0);
    const [meeting] = await world.meetings();
    expect(meeting?.settings["meeting_invitees"]).toEqual([
      { email: "ana@example.com" },
      { email: "bo@example.com" },
    ]);
  });
});

describe("ending a meeting", () => {
  test("sees that it ended, and leaves one that is not live as it is", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    expect((await world.perform("zoom.end_meeting", { meeting_id })).outputs["was_live"]).toBe(false);
    await world.control(`/meetings/${meeting_id}/join`, { name: "Ana" });
    expect((await world.perform("zoom.end_meeting", { meeting_id })).outputs["was_live"]).toBe(true);
  });
});

describe("fetching recordings", () => {
  test("is not ready while Zoom processes them, which is no trouble worth a line", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    const failed = await failureOf(
      world.perform("zoom.get_recordings", { meeting_id }, { step: "recordings" }),
    );
    expect([failed.type, failed.nonRetryable, failed.category]).toEqual(["not_ready", false, "BENIGN"]);
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual(["bridge.ready"]);
  });

  test("says that there is none once it has waited long enough", async () => {
    await using world = await startActions();
    const input = { meeting_id: await world.bridge(), wait_at_most: "1ms" };
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { outputs } = await world.perform("zoom.get_recordings", input, { step: "recordings" });
    expect(outputs["status"]).toBe("none");
  });
});
