import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import { compile } from "../../domain/compile.ts";
import { runbookSchema } from "../../domain/runbook.ts";
import { displayText } from "../../domain/template.ts";
import type { Json } from "../../domain/plan.ts";
import { until } from "../support/until.ts";
import type { World } from "./world.ts";
import { failureOf } from "./failureOf.ts";
import { startLive } from "./liveWorld.ts";
import { startActions } from "./world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const advance = (world: World, advanceMs: number) => world.control("/clock", { advanceMs });

const call = async (world: World, meetingId: string): Promise<void> => {
  for (const name of ["Ana", "Bo"]) await world.control(`/meetings/${meetingId}/join`, { name });
  await advance(world, 2 * minuteMs);
  await world.control(`/meetings/${meetingId}/end`, {});
};

/** A call that was recorded, everything there. */
const recordedCall = async (world: World, settings: { [name: string]: Json } = {}): Promise<string> => {
  const meetingId = await world.bridge({ settings: { auto_recording: "cloud", ...settings } });
  await call(world, meetingId);
  await advance(world, minuteMs);
  return meetingId;
};

const perform = (world: World, action: string, meeting_id: string, input: { [field: string]: Json } = {}) =>
  world.perform(`zoom.${action}`, { meeting_id, ...input }, { step: action });

const kinds = async (world: World) => (await world.timeline()).map(({ kind }) => kind);

const lastEvent = async (world: World) => (await world.timeline()).at(-1);

describe("getting recordings", () => {
  test("gives those of every session, and puts each on the timeline once, whoever asks again", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await call(world, meetingId);
    expect((await failureOf(perform(world, "get_recordings", meetingId))).type).toBe("not_ready");
    expect(await kinds(world)).toEqual(["bridge.ready", "recording.ready", "transcript.ready"]);

    await advance(world, minuteMs);
    const { outputs } = await perform(world, "get_recordings", meetingId);
    await perform(world, "get_recordings", meetingId);
    const sessions = outputs["sessions"] as { share_url: string; files: unknown[] }[];
    expect(sessions).toHaveLength(2);
    expect(outputs["files"]).toHaveLength(6);
    expect(outputs["share_url"]).toBe(sessions[1]?.share_url);
    expect(await kinds(world)).toEqual([
      "bridge.ready",
      "recording.ready",
      "transcript.ready",
      "recording.ready",
      "transcript.ready",
    ]);
  });

  test("waits for the last of several sets, and counts them as parts of one recording", async () => {
    await using world = await startActions();
    await world.control("/settings", { recordingSetDelayMs: 10 * minuteMs });
    const meetingId = await world.bridge({ settings: { auto_recording: "none" } });
    await world.control(`/meetings/${meetingId}/join`, { name: "Ana" });
    for (const method of ["start", "stop", "start"]) {
      await world.zoom.patch(`/live_meetings/${meetingId}/events`, { method: `recording.${method}` });
      await advance(world, minuteMs);
    }
    await world.control(`/meetings/${meetingId}/end`, {});
    await advance(world, minuteMs);
    expect((await failureOf(perform(world, "get_recordings", meetingId))).type).toBe("not_ready");
    expect(await kinds(world)).toEqual(["bridge.ready"]);
    await advance(world, 10 * minuteMs);
    const { outputs } = await perform(world, "get_recordings", meetingId);
    expect(outputs["sessions"]).toMatchObject([{ parts: 2 }]);
    const event = (await world.timeline()).find(({ kind }) => kind === "recording.ready");
    expect(event?.title).toBe("Recording is ready: 4 files in 2 parts");
  });

  test("waits though Zoom says that there is none while it works on it", async () => {
    await using world = await startActions();
    await world.control("/settings", { recordingDelayMs: hourMs, recordingNotReady: "none" });
    const meetingId = await recordedCall(world);
    expect((await failureOf(perform(world, "get_recordings", meetingId))).type).toBe("not_ready");
    expect(await kinds(world)).toEqual(["bridge.ready"]);
    await advance(world, hourMs);
    expect((await perform(world, "get_recordings", meetingId)).outputs["status"]).toBe("ready");
  });

  test("waits for the transcript when asked to, having told of the recording", async () => {
    await using world = await startActions();
    await world.control("/settings", { transcriptDelayMs: 30 * minuteMs });
    const meetingId = await recordedCall(world);
    const { outputs } = await perform(world, "get_recordings", meetingId);
    expect(outputs["transcript"]).toBe("awaited");
    const failed = await failureOf(perform(world, "get_recordings", meetingId, { transcript: true }));
    expect(failed.type).toBe("not_ready");
    await advance(world, 30 * minuteMs);
    const again = await perform(world, "get_recordings", meetingId, { transcript: true });
    expect(again.outputs["transcript"]).toBe("ready");
    expect(await kinds(world)).toEqual(["bridge.ready", "recording.ready", "transcript.ready"]);
  });

  test("gives up waiting for a transcript that Zoom does not make", async () => {
    await using world = await startActions();
    await world.control("/settings", { transcriptDelayMs: null });
    const meetingId = await recordedCall(world);
    const { outputs } = await perform(world, "get_recordings", meetingId, { transcript: true });
    expect(outputs).toMatchObject({ status: "ready", transcript: "none" });
  });

  test.each([
    ["the storage was full", { recordingStorageFull: true }, "Zoom's cloud storage is full"],
    ["Zoom never finished", { recordingDelayMs: 10 * dayMs }, "Zoom did not finish processing it"],
  ])("says so when %s", async (_what, settings, reason) => {
    await using world = await startActions();
    await world.control("/settings", settings);
    const meetingId = await recordedCall(world);
    expect((await failureOf(perform(world, "get_recordings", meetingId))).type).toBe("not_ready");
    await advance(world, dayMs);
    const { outputs } = await perform(world, "get_recordings", meetingId);
    expect(outputs).toMatchObject({ status: "none", reason });
    expect(await lastEvent(world)).toMatchObject({
      kind: "recording.none",
      title: `There is no recording: ${reason}`,
      detail: expect.stringMatching(/\.$/),
    });
  });

  test("of a meeting that Zoom does not know fails at once, and does not wait for what cannot come", async () => {
    await using world = await startActions();
    for (const action of ["get_recordings", "get_transcript", "share_recordings", "archive_recordings"]) {
      const failed = await failureOf(perform(world, action, "99999999999"));
      expect(failed).toMatchObject({ type: "not_found", nonRetryable: true });
      expect(failed.message).toContain("99999999999");
    }
  });

  test("of a meeting that was deleted before anybody came are not waited for", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    expect((await failureOf(perform(world, "get_recordings", meetingId))).type).toBe("not_ready");
    await world.store.meetings.changeLife(meetingId, (life) => ({
      life: { ...life, state: "deleted" },
      events: [],
    }));
    const { outputs } = await perform(world, "get_recordings", meetingId);
    expect(outputs).toMatchObject({ status: "none", reason: "the meeting was deleted before anybody came" });
  });

  test("says so when somebody moved it to the trash", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await perform(world, "delete_recordings", meetingId);
    await advance(world, dayMs);
    const { outputs } = await perform(world, "get_recordings", meetingId);
    expect(outputs["reason"]).toBe("somebody moved it to Zoom's trash");
  });

  test("says so when only one person was there", async () => {
    await using world = await startActions();
    await world.control("/settings", { recordingStorageFull: true });
    const meetingId = await world.bridge();
    await world.control(`/meetings/${meetingId}/join`, { name: "Ana" });
    await world.control(`/meetings/${meetingId}/end`, {});
    await advance(world, dayMs);
    const { outputs } = await perform(world, "get_recordings", meetingId);
    expect(outputs["reason"]).toBe("only one person was on the call");
  });

  test("fails with the scope's name when Zoom does not let us see", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await world.control("/settings", {
      scopes: ["meeting:read:list_past_instances:admin", "meeting:read:past_meeting:admin"],
    });
    await world.control("/faults", { kind: "expiredToken", times: 1 });
    const failed = await failureOf(perform(world, "get_recordings", meetingId));
    expect([failed.type, failed.nonRetryable]).toEqual(["missing_scope", true]);
    expect(failed.details?.[0]).toMatchObject({
      scopes: expect.arrayContaining(["cloud_recording:read:list_recording_files:admin"]),
    });
  });
});

describe("getting recordings under a policy", () => {
  test("tells until when they are kept", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const { outputs } = await perform(world, "get_recordings", meetingId, { keep_for: "90d" });
    const until = displayText(outputs["kept_until"]);
    // The call ended one minute ago.
    expect(Math.round((Date.parse(until) - Date.now()) / dayMs)).toBe(90);
    expect(await lastEvent(world)).toMatchObject({
      title: `The recording is kept in Zoom until ${until.slice(0, 10)}`,
      detail: "The runbook keeps recordings for 90d after their call.",
    });
  });
});

describe("sharing recordings", () => {
  test("sets who may watch, and gives link and passcode", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const { outputs } = await perform(world, "share_recordings", meetingId, {
      access: "anyone",
      passcode: "abcd-1234",
      download: true,
      registration: true,
    });
    expect(outputs).toMatchObject({
      status: "shared",
      share_url: expect.stringMatching(/^http/),
      passcode: "abcd-1234",
      sessions: [{ differs: [] }],
    });
    expect(await lastEvent(world)).toMatchObject({
      kind: "recording.shared",
      title: "The recording is shared with whoever has the link and the passcode",
      detail: "Passcode abcd-1234. Viewers register first. Viewers may download it.",
      links: [{ url: outputs["share_url"] }],
    });
    expect(await world.zoom.get(`/meetings/${meetingId}/recordings/settings`)).toMatchObject({
      share_recording: "publicly",
      recording_authentication: false,
      viewer_download: true,
      on_demand: true,
      approval_type: 0,
    });
  });

  test.each([
    ["signed_in", { share_recording: "publicly", recording_authentication: true }],
    ["account", { share_recording: "internally" }],
    ["nobody", { share_recording: "none" }],
  ])("%s is as Zoom calls it", async (access, settings) => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await perform(world, "share_recordings", meetingId, { access });
    expect(await world.zoom.get(`/meetings/${meetingId}/recordings/settings`)).toMatchObject(settings);
    const links = (await lastEvent(world))?.links ?? [];
    expect(links).toHaveLength(access === "nobody" ? 0 : 1);
  });

  test("a recording without a passcode is given one that Zoom takes", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await world.zoom.patch(`/meetings/${meetingId}/recordings/settings`, { password: "" });
    const { outputs } = await perform(world, "share_recordings", meetingId, { access: "anyone" });
    expect(outputs["passcode"]).toMatch(/^(?=.*\d)(?=.*[a-z])(?=.*-).{8,10}$/);
    const again = await perform(world, "share_recordings", meetingId, { access: "anyone" });
    expect(again.outputs["passcode"]).toBe(outputs["passcode"]);
  });

  test("what the account locks is said, not hoped for", async () => {
    await using world = await startActions();
    await world.control("/settings", { lockedRecordingSettings: { share_recording: "internally" } });
    const meetingId = await recordedCall(world);
    const { outputs } = await perform(world, "share_recordings", meetingId, { access: "anyone" });
    expect(outputs["sessions"]).toMatchObject([
      { differs: ["who may watch is internally instead of publicly"] },
    ]);
    expect((await lastEvent(world))?.detail).toContain("which the account locks");
  });

  test("a passcode that Zoom would not take is refused before Zoom is asked", async () => {
    await using world = await startActions();
    const failed = await failureOf(
      perform(world, "share_recordings", "85746065432", { passcode: "12345678" }),
    );
    expect(failed.type).toBe("invalid_input");
    expect(failed.details?.[0]).toMatchObject({ field: "passcode" });
  });
});

describe("deleting recordings", () => {
  const filesIn = async (world: World, meetingId: string): Promise<string[]> => {
    const answer = await world.zoom.get<{ recording_files?: { file_type: string }[] }>(
      `/meetings/${meetingId}/recordings`,
    );
    return (answer.recording_files ?? []).map(({ file_type }) => file_type);
  };

  test("moves all of them to the trash, and is done when nothing is there", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const { outputs } = await perform(world, "delete_recordings", meetingId);
    expect(outputs).toMatchObject({ deleted_files: 3, how: "trash" });
    expect(await lastEvent(world)).toMatchObject({
      kind: "recording.deleted",
      title: expect.stringMatching(/^Moved the recording to Zoom's trash: 3 files, \d+ B$/),
    });
    const again = await perform(world, "delete_recordings", meetingId);
    expect(again.outputs["deleted_files"]).toBe(0);
  });

  test("deletes single kinds of file and leaves the others", async () => {
    await using world = await startActions();
    await world.control("/settings", { recordingExtras: ["CHAT"] });
    const meetingId = await recordedCall(world);
    const wish = { file_types: ["CHAT", "TRANSCRIPT"], how: "forever" };
    const { outputs } = await perform(world, "delete_recordings", meetingId, wish);
    expect(outputs["deleted_files"]).toBe(2);
    expect(await filesIn(world, meetingId)).toEqual(["MP4", "M4A"]);
  });

  test("leaves calls that are not old enough", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await advance(world, 20 * dayMs);
    await call(world, meetingId);
    await advance(world, 15 * dayMs);
    const { outputs } = await perform(world, "delete_recordings", meetingId, { older_than: "30d" });
    expect(outputs).toMatchObject({ deleted_files: 3, kept_sessions: 1 });
    expect(await filesIn(world, meetingId)).toEqual(["MP4", "M4A", "TRANSCRIPT"]);
  });

  test("keeps each call's as long as it is told, and comes back for those that were too young", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await advance(world, 20 * dayMs);
    await call(world, meetingId);
    const attempt = () => perform(world, "delete_recordings", meetingId, { keep_for: "30d" });
    const waits = async (): Promise<string[]> => {
      const failed = await failureOf(attempt());
      const days = Math.ceil(Number(failed.nextRetryDelay) / dayMs);
      return [failed.type ?? "", `${days} days`, (await lastEvent(world))?.title ?? ""];
    };
    const until = /^Keeping the recordings of 2 calls: the next is deleted on \d{4}-\d\d-\d\d$/;
    expect(await waits()).toEqual(["not_ready", "10 days", expect.stringMatching(until)]);
    await advance(world, 11 * dayMs);
    expect((await waits()).slice(0, 2)).toEqual(["not_ready", "19 days"]);
    expect(await filesIn(world, meetingId)).toEqual(["MP4", "M4A", "TRANSCRIPT"]);
    await advance(world, 20 * dayMs);
    expect((await attempt()).outputs).toMatchObject({ deleted_files: 3, kept_sessions: 0 });
    const deleted = (await world.timeline()).filter(({ kind }) => kind === "recording.deleted");
    expect(deleted).toHaveLength(2);
  });

  test.each([
    ["30d", 37],
    ["{{runbook.inputs.keep}}", 3657],
  ])("may take as long as it keeps: %s", (keep_for, days) => {
    const input = { meeting_id: "85746065432", keep_for };
    const steps = [{ id: "retention", action: "zoom.delete_recordings", input }];
    const plan = compile(runbookSchema.parse({ key: "rb", title: "Retention", steps }), catalogue, {});
    expect(plan.steps[0]).toMatchObject({ policy: { scheduleToCloseMs: days * dayMs } });
  });

  test.each<[string, object, { [field: string]: Json }]>([
    ["keeps to its runbook's policy", {}, { keep_for: "90d" }],
    ["keeps for as long as it says itself", { keep_for: "7d" }, { keep_for: "7d" }],
    ["keeps what is as old as it says itself", { older_than: "7d" }, { older_than: "7d" }],
  ])("%s", (_what, input, heeded) => {
    const steps = [{ id: "retention", action: "zoom.delete_recordings", input }];
    const runbook = { key: "rb", title: "Retention", recordings: { keep_for: "90d" }, steps };
    const plan = compile(runbookSchema.parse(runbook), catalogue, {});
    const waitsDays = "keep_for" in heeded ? Number.parseInt(displayText(heeded["keep_for"])) : 0;
    expect(plan.steps[0]).toMatchObject({
      input: heeded,
      policy: { scheduleToCloseMs: (waitsDays + 7) * dayMs },
    });
  });

  test("keeps what is to come of a call that nobody has joined yet", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    const attempt = () => perform(world, "delete_recordings", meetingId, { keep_for: "30d" });
    expect((await failureOf(attempt())).type).toBe("not_ready");
    await advance(world, 31 * dayMs);
    expect((await attempt()).outputs).toMatchObject({ deleted_files: 0, kept_sessions: 0 });
  });

  test("waits while Zoom works on them, since what is deleted too early comes back", async () => {
    await using world = await startActions();
    await world.control("/settings", { recordingDelayMs: hourMs });
    const meetingId = await recordedCall(world);
    expect((await failureOf(perform(world, "delete_recordings", meetingId))).type).toBe("not_ready");
  });

  test("says who keeps it when Zoom refuses", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await world.control("/faults", {
      kind: "status",
      method: "DELETE",
      status: 400,
      code: 3310,
      message: "This recording was selected for a simulive webinar. You cannot delete or trash it.",
    });
    const failed = await failureOf(perform(world, "delete_recordings", meetingId));
    expect([failed.type, failed.nonRetryable]).toEqual(["permission", true]);
    expect(failed.message).toContain("simulive");
  });
});

describe("the transcript as text", () => {
  test("has one line for each turn", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const { outputs } = await perform(world, "get_transcript", meetingId);
    expect(outputs).toMatchObject({
      status: "ready",
      text: "Ana: The checkout is down since ten.\nBo: I roll the last release back.",
      is_complete: true,
    });
    expect(JSON.stringify(await world.timeline())).not.toContain("roll the last release back");
  });

  test("is not there where nothing was recorded, which is said", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world, { auto_recording: "none" });
    await advance(world, dayMs);
    const { outputs } = await perform(world, "get_transcript", meetingId);
    expect(outputs).toMatchObject({ status: "none", reason: expect.stringContaining("not recorded") });
  });
});

describe("attendance", () => {
  const ask = (world: World, meeting_id: string, input: { [field: string]: Json } = {}, step = "who") =>
    world.perform("zoom.get_attendance", { meeting_id, ...input }, { step });

  test("of a live call is who came so far, on the timeline too", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge("host2@example.com");
    const { outputs } = await ask(world, meetingId, { expected: ["host2@example.com", "cy@example.com"] });
    expect(outputs).toMatchObject({ live: true, count: 2, missing: ["cy@example.com"] });
    expect(await lastEvent(world)).toMatchObject({
      kind: "step.completed",
      title: "2 people have come to the call so far",
      detail: "Not there yet: cy@example.com.",
      source: { step: "who" },
    });
  });

  test("of a live call of which no webhook told is not known, so that nobody is missing from it", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    await world.control(`/meetings/${meetingId}/join`, { name: "Ana" });
    const { outputs } = await ask(world, meetingId, { expected: ["cy@example.com"] });
    expect(outputs).toMatchObject({ live: true, count: null, missing: [], missing_people: [] });
    expect(await lastEvent(world)).toMatchObject({
      title: "Zoom has not told who is on the call",
      detail: expect.stringContaining("webhooks are missing"),
    });
  });

  test("of a live call of which no webhook told is read from the account's dashboard", async () => {
    await using world = await startActions();
    await world.control("/settings", { plan: "business" });
    const meetingId = await world.bridge();
    for (const name of ["Ana", "Bo"]) await world.control(`/meetings/${meetingId}/join`, { name });
    const { outputs } = await ask(world, meetingId, { expected: [{ name: "Bo" }, "cy@example.com"] });
    expect(outputs).toMatchObject({ live: true, count: 2, missing: ["cy@example.com"] });
    expect(await lastEvent(world)).toMatchObject({
      title: "2 people have come to the call so far",
      detail: "Not there yet: cy@example.com.",
    });
    expect(JSON.stringify(await world.store.meetings.movements(meetingId))).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
  });

  test("gives the phones of who is missing, to call them", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    const cy = { name: "Cy", email: "cy@example.com", phone: "+18005550100" };
    const { outputs } = await ask(world, meetingId, { expected: [[cy], "bo@example.com"] });
    expect(outputs["missing_people"]).toEqual([cy, { email: "bo@example.com" }]);
  });

  test("of a full call says who did not get in, and that they did once the host has more seats", async () => {
    await using world = await startLive();
    const meetingId = await world.bridge();
    const join = (body: object) => world.control(`/meetings/${meetingId}/join`, body);
    await join(Array.from({ length: 100 }, (_each, n) => ({ name: `Guest ${n}` })));
    await expect(join({ name: "Ana" })).rejects.toThrow("This meeting is full: it has 100 seats.");
    const told = async (step: string, joins: number) => {
      await until("all joins", async () => {
        const movements = await world.store.meetings.movements(meetingId);
        return movements.length === joins || undefined;
      });
      await ask(world, meetingId, { expected: [{ name: "Ana" }] }, step);
      const { title, detail } = (await lastEvent(world)) ?? {};
      return [title, detail];
    };
    expect(await told("full", 100)).toEqual([
      "100 people have come to the call so far",
      "Not there yet: Ana.",
    ]);
    await world.control("/settings", {
      users: ["host1", "host2"].map((host) => ({ email: `${host}@example.com`, largeMeeting: 500 })),
    });
    await join({ name: "Ana" });
    expect(await told("larger", 101)).toEqual(["101 people have come to the call so far", undefined]);
  });

  test("of a call that Zoom lists nobody of is not known, so that nobody is said to have been missing", async () => {
    await using world = await startActions();
    await world.control("/settings", { listOnePersonMeetings: false });
    const meetingId = await world.bridge();
    await world.control(`/meetings/${meetingId}/join`, { name: "Ana" });
    await advance(world, 10 * 60_000);
    await world.control(`/meetings/${meetingId}/end`, {});
    const { outputs } = await ask(world, meetingId, { expected: ["cy@example.com"] });
    expect(outputs).toMatchObject({ live: false, count: null, missing: [], missing_people: [] });
    expect(await lastEvent(world)).toMatchObject({ data: { count: null, missing: [] } });
  });

  test("that a meeting tells by itself is not told again by a step, and all else that it finds is", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    await call(world, meetingId);
    await ask(world, meetingId);
    await ask(world, meetingId, {}, "again");
    await ask(world, meetingId, { expected: ["cy@example.com"] }, "others");
    await call(world, meetingId);
    await ask(world, meetingId, { sessions: "all" }, "all");
    const told = (await world.timeline()).filter(({ kind }) => kind === "attendance.ready");
    expect(told.map(({ source, title, detail }) => ({ source, title, detail }))).toMatchObject([
      { source: { step: "who" }, title: "2 people were on the call of 2 minutes" },
      { source: { step: "others" }, detail: "Never there: cy@example.com." },
      { source: { step: "all" }, title: "2 people were on the call of 4 minutes" },
    ]);
  });

  test("of a call of seconds says so, rather than that it took 0 minutes", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    for (const name of ["Ana", "Bo"]) await world.control(`/meetings/${meetingId}/join`, { name });
    await advance(world, 10_000);
    await world.control(`/meetings/${meetingId}/end`, {});
    await ask(world, meetingId);
    expect((await lastEvent(world))?.title).toBe("2 people were on the call of less than a minute");
  });
});

describe("Zoom's summary", () => {
  const wanted = { auto_start_meeting_summary: true };

  const summarized = async (world: World, settings: { [name: string]: Json } = {}) => {
    const meetingId = await recordedCall(world);
    await world.zoom.patch(`/meetings/${meetingId}`, { settings: { ...wanted, ...settings } });
    await call(world, meetingId);
    return meetingId;
  };

  test("is waited for and put on the timeline, once", async () => {
    await using world = await startActions();
    await world.control("/settings", { summaryDelayMs: 5 * minuteMs });
    const meetingId = await summarized(world);
    expect((await failureOf(perform(world, "get_meeting_summary", meetingId))).type).toBe("not_ready");
    // The first call had none: it is waited for as long.
    await advance(world, 3 * hourMs);
    const { outputs } = await perform(world, "get_meeting_summary", meetingId);
    await perform(world, "get_meeting_summary", meetingId);
    expect(outputs).toMatchObject({
      status: "ready",
      text: expect.stringContaining("## Next steps\n- Roll the release back"),
      doc_url: expect.stringMatching(/^http/),
    });
    const events = (await world.timeline()).filter(({ kind }) => kind === "summary.ready");
    expect(events).toHaveLength(1);
    expect(events[0]?.detail).toContain("The last release broke the checkout.");
  });

  test("that nobody started is not waited for longer than asked, and the reason is said", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await world.zoom.patch(`/meetings/${meetingId}`, { settings: { auto_start_meeting_summary: false } });
    await advance(world, 3 * hourMs);
    const { outputs } = await perform(world, "get_meeting_summary", meetingId);
    expect(outputs).toMatchObject({
      status: "none",
      reason: expect.stringContaining("not set to start one"),
    });
  });

  test.each([
    [{ plan: "free" }, "plan"],
    [{ summaries: "restricted" }, "permission"],
  ])("with %j is refused as %s", async (settings, code) => {
    await using world = await startActions();
    const meetingId = await summarized(world);
    await world.control("/settings", settings);
    const failed = await failureOf(perform(world, "get_meeting_summary", meetingId));
    expect([failed.type, failed.nonRetryable]).toEqual([code, true]);
  });
});
