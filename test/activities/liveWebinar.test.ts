import { describe, expect, test } from "@jest/globals";
import { newLife } from "../../domain/meetingLife.ts";
import type { MeetingLife } from "../../domain/meetingLife.ts";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

type World = Awaited<ReturnType<typeof startActions>>;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const later = (world: World, minutes: number) => world.control("/clock", { advanceMs: minutes * minuteMs });
const uuidOf = async (world: World): Promise<string> => (await world.meetings())[0]?.uuid ?? "";
const liveSince = (uuid: string): MeetingLife => ({
  ...newLife(),
  state: "live",
  sessions: [{ uuid, startedAtMs: 1, seen: {} }],
});

describe("changing a webinar", () => {
  test("changes what is asked, keeps the marker, and says what Zoom kept", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar({ agenda: "Old" });
    const change = {
      webinar_id,
      topic: "All clear",
      agenda: "New",
      duration_minutes: 30,
      passcode: "abc!123",
      start_time: "2030-01-01T10:00:00Z",
      settings: { practice_session: true },
    };
    const { outputs } = await world.perform("zoom.update_webinar", change, { step: "change" });
    expect(outputs).toMatchObject({
      changed: ["topic", "start_time", "duration_minutes", "agenda", "passcode", "settings"],
      topic: "All clear",
      passcode: "abc!123",
      start_time: "2030-01-01T10:00:00Z",
      duration_minutes: 30,
      settings: { practice_session: true, auto_recording: "cloud" },
    });
    expect((await world.meetings())[0]?.agenda).toMatch(/^\[zr-[0-9a-f]{20}\]\nNew$/);
    expect((await world.store.meetings.get(webinar_id))?.meeting).toMatchObject({
      topic: "All clear",
      passcode: "abc!123",
      kind: "webinar",
    });
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual(["meeting.scheduled", "meeting.updated"]);
    expect(events.at(-1)?.title).toBe(
      "Webinar changed: All clear: topic is All clear; starts at 2030-01-01T10:00:00Z; lasts 30 minutes; agenda is new; passcode is abc!123; practice_session is true",
    );
  });

  test("asks nothing of Zoom when everything is as asked: changes are counted", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    const change = { webinar_id, topic: "All clear" };
    await world.perform("zoom.update_webinar", change, { step: "change" });
    const { outputs } = await world.perform("zoom.update_webinar", change, { step: "again" });
    expect(outputs["changed"]).toEqual([]);
    const { requests } = await world.control<{ requests: { method: string }[] }>("/requests");
    expect(requests.filter(({ method }) => method === "PATCH")).toHaveLength(1);
    expect((await world.timeline()).at(-1)?.title).toBe("Webinar is as asked already: All clear");
  });

  test("says that Zoom ignored a start that has passed, and settings that are locked", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    await world.control("/settings", { lockedSettings: { practice_session: false } });
    const change = { webinar_id, start_time: "2020-01-01T00:00:00Z", settings: { practice_session: true } };
    await world.perform("zoom.update_webinar", change, { step: "change" });
    const titles = (await world.timeline()).map(({ title }) => title).slice(-2);
    expect(titles[0]).toMatch(/^Zoom kept another start: 20.*Z, not 2020-01-01T00:00:00Z$/);
    expect(titles[1]).toBe("Zoom kept other settings: practice_session is false, not true");
  });
});

describe("ending a webinar", () => {
  test("sees that it ended, though Zoom tells of no webinar that it is live", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    const finish = (step: string) => world.perform("zoom.end_webinar", { webinar_id }, { step });
    expect((await finish("early")).outputs["was_live"]).toBe(false);
    await world.control(`/meetings/${webinar_id}/join`, { name: "Ana" });
    expect((await finish("end")).outputs["was_live"]).toBe(true);
    expect((await finish("twice")).outputs["was_live"]).toBe(false);
    expect((await world.timeline()).map(({ title }) => title).slice(1)).toEqual([
      `Webinar ${webinar_id} was not live`,
      `Ended webinar ${webinar_id}`,
      `Webinar ${webinar_id} was not live`,
    ]);
  });

  test("sees it by the next session's UUID while Zoom's list of past ones lags", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    await world.control(`/meetings/${webinar_id}/join`, { name: "Ana" });
    const lagging = { kind: "status", status: 200, body: { webinars: [] }, path: "/instances$", times: 1 };
    await world.control("/faults", lagging);
    const { outputs } = await world.perform("zoom.end_webinar", { webinar_id }, { step: "end" });
    expect(outputs["was_live"]).toBe(true);
  });

  test("does not claim on a later try what it cannot know", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    const again = (step: string) =>
      world.perform("zoom.end_webinar", { webinar_id }, { step, attempt: 2, askedAtMs: 1000 });
    expect((await again("unheard")).outputs["was_live"]).toBe(false);
    expect((await world.timeline()).at(-1)?.title).toBe(
      `Webinar ${webinar_id} is not live: an earlier try may have ended it`,
    );
    const { sessions, ...life } = liveSince("an-uuid");
    const ended = sessions.map((session) => ({ ...session, endedAtMs: 2000 }));
    await world.store.meetings.changeLife(webinar_id, () => ({ life: { ...life, sessions: ended } }));
    expect((await again("heard")).outputs["was_live"]).toBe(true);
  });

  test("goes on trying while a session that is known to be live is not over", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    await world.control(`/meetings/${webinar_id}/join`, { name: "Ana" });
    const since = liveSince(await uuidOf(world));
    await world.store.meetings.changeLife(webinar_id, () => ({ life: since }));
    // Zoom takes the request and does nothing.
    await world.control("/faults", {
      kind: "status",
      status: 200,
      body: {},
      method: "PUT",
      path: "/status$",
      times: 1,
    });
    const failed = await failureOf(world.perform("zoom.end_webinar", { webinar_id }, { step: "end" }));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_ready", false]);
    expect(failed.message).toContain(`webinar ${webinar_id} is still live`);
    const { outputs } = await world.perform("zoom.end_webinar", { webinar_id }, { step: "end", attempt: 2 });
    expect(outputs["was_live"]).toBe(true);
    expect(await world.control(`/meetings/${webinar_id}/end`, {})).toEqual({ ended: false });
  });
});

describe("adding panelists", () => {
  test("reports person by person, adds nobody twice, and shows nobody's link", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    const people = [{ name: "Ana", email: "ANA@example.com" }, "bo@example.com", { name: "Cy" }, null];
    const add = (step: string) => world.perform("zoom.add_panelists", { webinar_id, people }, { step });
    const first = await add("panel");
    expect(first.outputs).toMatchObject({
      added: 2,
      people: [
        { name: "Ana", email: "ANA@example.com", outcome: "added" },
        { name: "bo@example.com", email: "bo@example.com", outcome: "added" },
        { name: "Cy", email: null, outcome: "no_email" },
      ],
    });
    const again = await add("again");
    expect(again.outputs["added"]).toBe(0);
    expect(again.outputs["people"]).toMatchObject([
      { outcome: "already_there" },
      { outcome: "already_there" },
      { outcome: "no_email" },
    ]);
    expect((await world.meetings())[0]?.panelists).toEqual([
      { name: "Ana", email: "ana@example.com" },
      { name: "bo", email: "bo@example.com" },
    ]);
    const events = await world.timeline();
    expect(events.slice(1).map(({ title, detail }) => [title, detail])).toEqual([
      ["Added 2 panelists to the webinar", "Without an email, so not added: Cy."],
      ["2 panelists on the webinar already", "Without an email, so not added: Cy."],
    ]);
    expect(JSON.stringify([first, again, events])).not.toMatch(/tk=|sim-secret/);
  });

  test("one whom Zoom refuses does not keep the others out, and is named", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    const people = ["ana@example.com", { name: "Bad", email: "no address" }, "bo@example.com"];
    const { outputs } = await world.perform("zoom.add_panelists", { webinar_id, people }, { step: "panel" });
    expect(outputs).toMatchObject({
      added: 2,
      people: [
        { outcome: "added" },
        { name: "Bad", outcome: "refused", reason: expect.stringContaining("panelists.0.email") },
        { outcome: "added" },
      ],
    });
    expect((await world.timeline()).at(-1)).toMatchObject({
      title: "Added 2 panelists to the webinar",
      detail: expect.stringContaining("Zoom refused Bad: "),
    });
  });

  test("fails when Zoom refuses everybody", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    const input = { webinar_id, people: [{ name: "Bad", email: "no address" }] };
    const failed = await failureOf(world.perform("zoom.add_panelists", input, { step: "panel" }));
    expect([failed.type, failed.nonRetryable]).toEqual(["invalid_input", true]);
  });

  test("adds more than Zoom takes in one request", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    const people = Array.from({ length: 65 }, (_, index) => `person${index}@example.com`);
    const { outputs } = await world.perform("zoom.add_panelists", { webinar_id, people }, { step: "panel" });
    expect(outputs["added"]).toBe(65);
    expect((await world.meetings())[0]?.panelists).toHaveLength(65);
  });
});

describe("a webinar that is over", () => {
  const held = async (world: World, settings: { [name: string]: string } = {}) => {
    const meeting_id = await world.webinar({ settings: { auto_recording: "cloud", ...settings } });
    await world.control(`/meetings/${meeting_id}/join`, { name: "Ana", email: "host1@example.com" });
    await world.control(`/meetings/${meeting_id}/join`, { name: "Customer" });
    await later(world, 10);
    await world.control(`/meetings/${meeting_id}/end`, {});
    await later(world, 1);
    return meeting_id;
  };

  test("has attendance as meetings have", async () => {
    await using world = await startActions();
    const meeting_id = await held(world);
    const expected = ["host1@example.com", { name: "Bo", email: "bo@example.com" }];
    const { outputs } = await world.perform("zoom.get_attendance", { meeting_id, expected }, { step: "who" });
    expect(outputs).toMatchObject({ count: 2, minutes: 10, missing: ["bo@example.com"], absentees: null });
    expect((await world.timeline()).at(-1)).toMatchObject({
      kind: "attendance.ready",
      title: "2 people were on the call of 10 minutes",
      detail: "Never there: Bo.",
    });
  });

  test("tells who registered and did not come", async () => {
    await using world = await startActions();
    const meeting_id = await world.webinar({ settings: { registration: "automatic" } });
    const register = (email: string) =>
      world.zoom.post(`/webinars/${meeting_id}/registrants`, { first_name: "A", last_name: "B", email });
    await register("absent@example.com");
    await world.control(`/meetings/${meeting_id}/join`, { name: "Ana" });
    await later(world, 10);
    await world.control(`/meetings/${meeting_id}/end`, {});
    const ask = async (step: string) =>
      (await world.perform("zoom.get_attendance", { meeting_id }, { step })).outputs["absentees"];
    expect(await ask("who")).toEqual([{ name: "A B", email: "absent@example.com" }]);
    expect((await world.timeline()).at(-1)?.detail).toBe("Registered but did not come: 1.");
    // Attendance is worth more than its absentees.
    await world.control("/faults", {
      kind: "status",
      status: 400,
      code: 200,
      message: "No permission.",
      path: "absentees$",
    });
    expect(await ask("again")).toBeNull();
  });

  test("that has not been live has no attendance, and says so", async () => {
    await using world = await startActions();
    const meeting_id = await world.webinar();
    const failed = await failureOf(world.perform("zoom.get_attendance", { meeting_id }, { step: "who" }));
    expect([failed.type, failed.message]).toEqual([
      "not_found",
      `Webinar ${meeting_id} was never live: nobody has joined it.`,
    ]);
  });

  test("is not ready for attendance while Zoom lists nobody", async () => {
    await using world = await startActions();
    const meeting_id = await held(world);
    const empty = {
      kind: "status",
      status: 200,
      body: { participants: [] },
      path: "/participants$",
      times: 1,
    };
    await world.control("/faults", empty);
    const failed = await failureOf(world.perform("zoom.get_attendance", { meeting_id }, { step: "who" }));
    expect([failed.type, failed.nonRetryable, failed.category]).toEqual(["not_ready", false, "BENIGN"]);
  });

  test("has recordings as meetings have", async () => {
    await using world = await startActions();
    const meeting_id = await held(world);
    const { outputs } = await world.perform("zoom.get_recordings", { meeting_id }, { step: "recordings" });
    expect(outputs).toMatchObject({ status: "ready", share_url: expect.stringMatching(/^http/) });
  });

  test("is found by looking when no webhook told of it: its session, its end and its recording", async () => {
    await using world = await startActions();
    const meetingId = await held(world);
    const uuid = (await world.meetings())[0]?.sessions[0]?.uuid;
    const events = await world.observe(meetingId, newLife());
    expect(events).toEqual([
      { type: "started", uuid, atMs: expect.any(Number) },
      { type: "ended", uuid, atMs: expect.any(Number) },
    ]);
    const [startedAtMs, endedAtMs] = events.map(({ atMs }) => atMs);
    expect(endedAtMs! - startedAtMs!).toBe(10 * minuteMs);
    const ended: MeetingLife = {
      ...newLife(),
      state: "ended",
      sessions: [{ uuid: uuid!, startedAtMs: startedAtMs!, endedAtMs: endedAtMs!, seen: {} }],
    };
    expect(await world.observe(meetingId, ended)).toEqual([]);
    await world.perform("zoom.delete_webinar", { webinar_id: meetingId }, { step: "delete" });
    expect(await world.observe(meetingId, ended)).toMatchObject([{ type: "deleted" }]);
  });

  const day = (days: number) => new Date(Date.now() + days * dayMs).toISOString().replace(/\.\d+/, "");

  test.each<[string, object]>([
    ["the day that it was moved to", { start_time: day(6) }],
    [
      "the next date of the series that it became",
      { start_time: day(-1), type: 9, recurrence: { type: 1, repeat_interval: 7, end_times: 2 } },
    ],
  ])("is followed until %s in Zoom, and no longer", async (_what, change) => {
    await using world = await startActions();
    const meetingId = await world.webinar();
    await world.zoom.patch(`/webinars/${meetingId}`, change);
    await later(world, 3 * 24 * 60);
    const request = { meetingId, unusedAtMs: Date.now() };
    const { message } = await failureOf(world.run("watchMeeting", request));
    expect(message).toMatch(/^It has a date ahead/);
    await later(world, 8 * 24 * 60);
    expect(await world.run("watchMeeting", request)).toEqual({ isOver: true });
  });

  test("whose people Zoom does not list ended at its planned end, or before now", async () => {
    await using world = await startActions();
    const meetingId = await world.webinar({ duration_minutes: 5 });
    await world.control("/settings", { listOnePersonMeetings: false });
    await world.control(`/meetings/${meetingId}/join`, { name: "Ana" });
    await world.control(`/meetings/${meetingId}/end`, {});
    const [started, ended] = await world.observe(meetingId, newLife());
    expect(ended!.atMs - started!.atMs).toBeGreaterThanOrEqual(0);
    expect(ended!.atMs - started!.atMs).toBeLessThan(5 * minuteMs);
  });
});
