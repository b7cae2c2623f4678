import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { StatusCall } from "../../domain/statusCall.ts";
import { nextCallMs } from "../../domain/statusCall.ts";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

type World = Awaited<ReturnType<typeof startActions>>;

const minuteMs = 60_000;

const schedule = async (world: World): Promise<StatusCall> => {
  const input = { topic: "Status", every: "30m", for_at_most: "1h" };
  const { effects } = await world.perform("zoom.schedule_recurring_meeting", input);
  return effects!.statusCalls![0]!;
};

const remind = (world: World, call: StatusCall, atMs = call.firstAtMs) =>
  world.run("remindOfStatusCall", { incidentId: world.incidentId, call, atMs });

const remove = (world: World, call: StatusCall, end: string) =>
  world.run("removeStatusCall", { incidentId: world.incidentId, call, end });

const last = async (world: World) => (await world.timeline()).at(-1);

describe("a reminder of a status call", () => {
  test("is on the timeline once, with the link as it is now", async () => {
    await using world = await startActions();
    const call = await schedule(world);
    await world.perform(
      "zoom.update_meeting",
      { meeting_id: call.meetingId, passcode: "another" },
      { step: "change" },
    );
    await remind(world, call);
    expect(await remind(world, call)).toEqual({ isGone: false });
    const reminders = (await world.timeline()).filter(({ kind }) => kind === "meeting.reminder");
    expect(reminders).toMatchObject([
      {
        title: "Status call now: Status",
        detail: "The next one is in 30 min, until the incident is resolved.",
        links: [{ title: "Join", url: expect.stringContaining("pwd=") }],
      },
    ]);
    expect(reminders[0]?.links?.[0]?.url).not.toBe(call.joinUrl);
  });

  test("says that people are in it, and that it is the last", async () => {
    await using world = await startActions();
    const call = await schedule(world);
    await world.control(`/meetings/${call.meetingId}/join`, { name: "Ana" });
    await remind(world, call, call.lastAtMs);
    expect(await last(world)).toMatchObject({
      title: expect.stringContaining("people are in it"),
      detail: expect.stringContaining("the last one"),
    });
  });

  test("comes on time while Zoom is down", async () => {
    await using world = await startActions();
    const call = await schedule(world);
    await world.control("/faults", { kind: "status", status: 503, path: "/meetings" });
    expect(await remind(world, call)).toEqual({ isGone: false });
    expect((await last(world))?.links).toEqual([{ title: "Join", url: call.joinUrl }]);
  });

  test("of a meeting that somebody deleted says so instead", async () => {
    await using world = await startActions();
    const call = await schedule(world);
    await world.perform("zoom.delete_meeting", { meeting_id: call.meetingId }, { step: "delete" });
    expect(await remind(world, call)).toEqual({ isGone: true });
    expect(await last(world)).toMatchObject({
      kind: "meeting.cancelled",
      title: expect.stringContaining("somebody deleted the meeting"),
    });
  });
});

describe("the end of status calls", () => {
  test.each([
    ["resolved", /the incident is resolved$/],
    ["last", /the last one planned is over$/],
    ["cancelled", /they were cancelled$/],
  ])("because of %s removes the meeting and says why", async (end, title) => {
    await using world = await startActions();
    const call = await schedule(world);
    await remove(world, call, end);
    expect(await world.meetings()).toEqual([]);
    expect(await last(world)).toMatchObject({
      kind: "meeting.cancelled",
      title: expect.stringMatching(title),
    });
  });

  test("waits until nobody is in the call", async () => {
    await using world = await startActions();
    const call = await schedule(world);
    await world.control(`/meetings/${call.meetingId}/join`, { name: "Ana" });
    const failed = await failureOf(remove(world, call, "resolved"));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_ready", false]);
    // Zoom's documents no longer say that it refuses to delete a live meeting: so it is not asked to.
    expect((await world.requests()).map(([method]) => method)).not.toContain("DELETE");
    await world.control(`/meetings/${call.meetingId}/end`, {});
    await remove(world, call, "resolved");
    expect(await world.meetings()).toEqual([]);
  });

  test("waits too when somebody comes in at that moment", async () => {
    await using world = await startActions();
    const call = await schedule(world);
    await world.control("/faults", {
      kind: "status",
      method: "DELETE",
      path: "/meetings",
      status: 400,
      code: 3002,
      message: "Sorry, you cannot delete this meeting since it is in progress.",
    });
    const failed = await failureOf(remove(world, call, "resolved"));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_ready", false]);
  });

  test("of a meeting that is gone is an end all the same", async () => {
    await using world = await startActions();
    const call = await schedule(world);
    await world.perform("zoom.delete_meeting", { meeting_id: call.meetingId }, { step: "delete" });
    await remove(world, call, "resolved");
    expect((await last(world))?.title).toMatch(/the incident is resolved/);
  });

  test("that Zoom does not permit asks somebody to do it by hand", async () => {
    await using world = await startActions();
    const call = await schedule(world);
    await world.run("leaveStatusCall", { incidentId: world.incidentId, call });
    expect((await last(world))?.detail).toContain(`Delete Zoom meeting ${call.meetingId} by hand`);
  });
});

test("the next call is the first planned one after an instant, and none is made up for", () => {
  const call = { meetingId: "1", topic: "", joinUrl: "", everyMs: 30 * minuteMs, firstAtMs: 0, lastAtMs: 0 };
  const times = fc.record({
    everyMs: fc.integer({ min: 5 * minuteMs, max: 1440 * minuteMs }),
    firstAtMs: fc.integer({ min: 0, max: 10_000 * minuteMs }),
    forMs: fc.integer({ min: 0, max: 10_000 * minuteMs }),
    afterMs: fc.integer({ min: 0, max: 30_000 * minuteMs }),
  });
  fc.assert(
    fc.property(times, ({ everyMs, firstAtMs, forMs, afterMs }) => {
      const lastAtMs = firstAtMs + forMs;
      const next = nextCallMs({ ...call, everyMs, firstAtMs, lastAtMs }, afterMs);
      const planned: number[] = [];
      for (let atMs = firstAtMs; atMs <= lastAtMs; atMs += everyMs) planned.push(atMs);
      expect(next).toBe(planned.find((atMs) => atMs > afterMs));
    }),
  );
});
