import { describe, expect, test } from "@jest/globals";
import { failureOf } from "./failureOf.ts";
import { startLive } from "./liveWorld.ts";

type World = Awaited<ReturnType<typeof startLive>>;

const control = (world: World, meeting_id: string, action: string, more: object = {}) => {
  const { attempt = 1, ...input } = more as { attempt?: number };
  return world.perform(
    "zoom.control_recording",
    { meeting_id, action, wait_seconds: 3, ...input },
    { step: `record-${action}`, attempt },
  );
};

const kinds = async (world: World): Promise<string[]> =>
  (await world.timeline()).map(({ kind }) => kind).filter((kind) => kind.startsWith("recording"));

const controls = /PATCH \/v2\/live_meetings/;

describe("controlling the recording", () => {
  test("starts it, confirmed by Zoom's webhook and on the timeline once", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    const { outputs } = await control(world, meetingId, "start");
    expect(outputs).toMatchObject({ outcome: "confirmed", recording: "on", since: expect.any(String) });
    expect(await kinds(world)).toEqual(["recording.started"]);
  });

  test("pauses, resumes and stops it, each confirmed, and makes one set of files for each start", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    for (const [action, recording] of [
      ["start", "on"],
      ["pause", "paused"],
      ["resume", "on"],
      ["stop", "off"],
      ["start", "on"],
    ] as const) {
      const { outputs } = await control(world, meetingId, action);
      expect(outputs).toMatchObject({ outcome: "confirmed", recording });
    }
    expect(await kinds(world)).toEqual([
      "recording.started",
      "recording.paused",
      "recording.resumed",
      "recording.stopped",
      "recording.started",
    ]);
    await world.control(`/meetings/${meetingId}/end`, {});
    await world.control("/clock", { advanceMs: 3000 });
    const { outputs } = await world.perform(
      "zoom.get_recordings",
      { meeting_id: meetingId },
      { step: "get" },
    );
    const videos = (outputs["files"] as { type: string }[]).filter(({ type }) => type === "MP4");
    expect(videos).toHaveLength(2);
  });

  test("says so when it is as wanted already, and does not ask Zoom", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await control(world, meetingId, "start");
    const asked = await world.requestsLike(controls);
    const { outputs } = await control(world, meetingId, "start");
    expect(outputs).toMatchObject({ outcome: "already", recording: "on" });
    expect(await world.requestsLike(controls)).toBe(asked);
  });

  test("that is paused goes on when it is to start, since Zoom starts nothing then", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await control(world, meetingId, "start");
    await control(world, meetingId, "pause");
    const { outputs } = await control(world, meetingId, "start");
    expect(outputs).toMatchObject({ outcome: "confirmed", recording: "on" });
    expect(await kinds(world)).toContain("recording.resumed");
  });

  test("that was stopped is not paused", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await control(world, meetingId, "start");
    await control(world, meetingId, "stop");
    const { outputs } = await control(world, meetingId, "pause");
    expect(outputs).toMatchObject({ outcome: "not_recording", recording: "off" });
  });

  test("does nothing to a meeting that is not live, and says what to do", async () => {
    await using world = await startLive();
    const meetingId = await world.bridge();
    const { outputs } = await control(world, meetingId, "start");
    expect(outputs).toMatchObject({ outcome: "not_live", recording: "unknown", since: null });
    const last = (await world.timeline()).at(-1);
    expect(last?.title).toBe("Recording not started: nobody is on the call");
    expect(last?.detail).toContain("meeting.started");
  });

  test("fails for a meeting that is gone", async () => {
    await using world = await startLive();
    const failed = await failureOf(control(world, "85746065432", "start"));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_found", true]);
  });

  test("claims nothing when the webhook is lost", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { kind: "dropWebhook", event: "^recording" });
    const { outputs } = await control(world, meetingId, "start", { wait_seconds: 1 });
    expect(outputs).toMatchObject({ outcome: "not_confirmed", recording: "unknown", since: null });
    expect(await kinds(world)).toEqual([]);
    expect((await world.timeline()).at(-1)?.title).toContain("has not confirmed it");
  });

  test("is confirmed by the webhook though Zoom's answer was lost", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { kind: "reset", commit: true, path: "live_meetings", times: 1 });
    expect((await control(world, meetingId, "start")).outputs).toMatchObject({ outcome: "confirmed" });
  });

  test("is asked for again when the answer was lost and nothing came of it", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { kind: "reset", commit: false, path: "live_meetings", times: 1 });
    const failed = await failureOf(control(world, meetingId, "start", { wait_seconds: 0 }));
    expect([failed.type, failed.nonRetryable]).toEqual(["outcome_unknown", false]);
    const { outputs } = await control(world, meetingId, "start", { attempt: 2 });
    expect(outputs).toMatchObject({ outcome: "confirmed" });
    expect(await kinds(world)).toEqual(["recording.started"]);
  });

  test("a webhook of an earlier start that comes late confirms nothing", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", {
      kind: "delayWebhook",
      event: "recording.started",
      delayMs: 600,
      times: 1,
    });
    await world.control("/faults", { kind: "dropWebhook", event: "recording.started", skip: 0 });
    await control(world, meetingId, "start", { wait_seconds: 0 });
    expect((await control(world, meetingId, "stop")).outputs).toMatchObject({ outcome: "confirmed" });
    const { outputs } = await control(world, meetingId, "start", { wait_seconds: 2 });
    expect(outputs).toMatchObject({ outcome: "not_confirmed" });
  });

  test("says that the cloud storage is full", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/settings", { recordingStorageFull: true });
    const failed = await failureOf(control(world, meetingId, "start"));
    expect([failed.type, failed.nonRetryable]).toEqual(["plan", true]);
    expect(failed.message).toContain("Not enough cloud storage available");
  });

  test.each([
    [{ status: 400, code: 200, message: "No permission." }, "permission"],
    [{ status: 400, code: 300, message: "This API is not available for this account." }, "plan"],
  ])("names what Zoom refuses: %j is %s", async (answer, type) => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { kind: "status", path: "live_meetings", ...answer });
    const failed = await failureOf(control(world, meetingId, "start"));
    expect([failed.type, failed.nonRetryable]).toEqual([type, true]);
    if (type === "permission") expect(JSON.stringify(failed.details)).toContain("alternative host");
  });

  test("waits as Zoom asks when there were too many requests for the meeting", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/settings", { live: { perMeeting: 0 } });
    const failed = await failureOf(control(world, meetingId, "start"));
    expect([failed.type, failed.nextRetryDelay]).toEqual(["rate_limited", 5000]);
  });
});
