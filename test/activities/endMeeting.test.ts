import { describe, expect, test } from "@jest/globals";
import { failureOf, readOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

type World = Awaited<ReturnType<typeof startActions>>;

const end = (world: World, meeting_id: string, more = {}) =>
  world.perform("zoom.end_meeting", { meeting_id }, { step: "end", ...more });

const liveCall = async (world: World): Promise<string> => {
  const meeting_id = await world.bridge();
  await world.control(`/meetings/${meeting_id}/join`, { name: "Ana" });
  return meeting_id;
};

describe("ending a meeting", () => {
  test("sees that it ended", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    expect((await end(world, meeting_id)).outputs["was_live"]).toBe(true);
    const look = await world.perform("zoom.get_meeting", { meeting_id }, { step: "look" });
    expect(look.outputs["status"]).toBe("waiting");
  });

  test.each(["accepted", "refused"])(
    "that is not live leaves it as it is, where Zoom has such a request %s",
    async (endIdle) => {
      await using world = await startActions();
      await world.control("/settings", { endIdle });
      const meeting_id = await world.bridge();
      expect((await end(world, meeting_id)).outputs).toEqual({ meeting_id, was_live: false });
      expect((await world.timeline()).at(-1)?.title).toBe(
        `Nothing to end: meeting ${meeting_id} is not live`,
      );
    },
  );

  test("that has ended already is no failure", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    await world.control(`/meetings/${meeting_id}/end`, {});
    expect((await end(world, meeting_id)).outputs["was_live"]).toBe(false);
  });

  test("that ends while it is asked to is no failure, whatever words Zoom has for it", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    // The meeting ends, and the request that comes right after it is refused.
    await world.control("/faults", {
      kind: "status",
      method: "PUT",
      path: "/status$",
      status: 400,
      code: 3000,
      message: "Meeting has not started.",
      commit: true,
      times: 1,
    });
    expect((await end(world, meeting_id)).outputs["was_live"]).toBe(false);
  });

  test("that Zoom took but did not do is tried again", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    await world.control("/faults", {
      kind: "status",
      method: "PUT",
      path: "/status$",
      status: 204,
      body: "",
    });
    const failed = await failureOf(end(world, meeting_id));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_ready", false]);
    expect(failed.message).toContain("still live");
  });

  test("that Zoom refuses for another reason says so", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    await world.control("/faults", {
      kind: "status",
      method: "PUT",
      path: "/status$",
      status: 400,
      code: 3063,
      message: "Can not end on-premise user's meeting.",
    });
    expect(await readOf(end(world, meeting_id))).toMatchObject({ code: "permission" });
  });

  test("that was deleted is not found, and says what to do", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await world.perform("zoom.delete_meeting", { meeting_id }, { step: "delete" });
    const failed = await failureOf(end(world, meeting_id));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_found", true]);
    expect(failed.details?.[0]).toMatchObject({
      field: "meeting_id",
      advice: expect.stringContaining("no call to end: skip the step"),
    });
  });

  test("whose answer was lost counts as ended by the try that ended it", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    const askedAtMs = Date.now() - 1000;
    await world.control("/faults", {
      kind: "reset",
      commit: true,
      method: "PUT",
      path: "/status$",
      times: 1,
    });
    expect((await failureOf(end(world, meeting_id, { askedAtMs }))).type).toBe("outcome_unknown");
    expect((await end(world, meeting_id, { askedAtMs, attempt: 2 })).outputs["was_live"]).toBe(true);
  });

  test("a later try does not claim a call that had ended before the step", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    await world.control(`/meetings/${meeting_id}/end`, {});
    const askedAtMs = Date.now() + 5000;
    expect((await end(world, meeting_id, { askedAtMs, attempt: 2 })).outputs["was_live"]).toBe(false);
  });
});

describe("the call of a resolved incident", () => {
  const why = "the incident is resolved and nobody is left to talk to";
  const endCall = (world: World, meetingId: string) => world.run<void>("endCall", { meetingId, why });
  const titles = async (world: World) => (await world.timeline()).map(({ title }) => title);

  test("is ended, and whoever was on it reads why", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    await endCall(world, meeting_id);
    await endCall(world, meeting_id);
    const look = await world.perform("zoom.get_meeting", { meeting_id }, { step: "look" });
    expect(look.outputs["status"]).toBe("waiting");
    expect((await titles(world)).filter((title) => title.includes("Ending"))).toEqual([
      `Ending the call: ${why}`,
    ]);
  });

  test("that Zoom does not let us end is said to go on, once, with what a person can do", async () => {
    await using world = await startActions();
    const meeting_id = await liveCall(world);
    await world.control("/faults", {
      kind: "status",
      method: "PUT",
      path: "/status$",
      status: 400,
      code: 4711,
      message: "Invalid access token, does not contain scopes:[meeting:update:status:admin].",
      times: 2,
    });
    for (const _again of [1, 2])
      expect((await failureOf(endCall(world, meeting_id))).type).toBe("missing_scope");
    expect((await titles(world)).filter((title) => title === "Could not end the call")).toHaveLength(1);
    const notEnded = (await world.timeline()).find(({ title }) => title === "Could not end the call");
    expect(notEnded?.detail).toContain("Ask its host to end it in Zoom.");
  });
});
