import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../domain/plan.ts";
import { until } from "../support/until.ts";
import { failureOf } from "./failureOf.ts";
import { startLive } from "./liveWorld.ts";

type World = Awaited<ReturnType<typeof startLive>>;
type Given = { [field: string]: Json };

const invite = (
  world: World,
  meeting_id: string,
  input: Given,
  more: { attempt?: number; round?: number } = {},
) =>
  world.perform(
    "zoom.invite_to_live_meeting",
    { meeting_id, wait_seconds: 3, ...input },
    { step: "invite", ...more },
  );

const outcomes = ({ outputs }: { outputs: Given }) =>
  (outputs["people"] as Given[]).map(({ name, outcome }) => [name, outcome]);

const calls = async (world: World, meetingId: string) =>
  (await world.control<{ calls: { callee: Given; state: string }[] }>(`/meetings/${meetingId}/calls`)).calls;

const ana = { name: "Ana", phone: "+1 (800) 555-0100" };

describe("calling people into a live meeting", () => {
  test("says of each what they answered, and who could not be called", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge("host3@example.com");
    const result = await invite(world, meetingId, {
      people: ["host2@example.com", "host3@example.com", "stranger@else.example", { name: "Cy" }],
      phones: [ana, { name: "Di", email: "di@example.com" }, { name: "Ed", phone: "555 0100" }],
      rooms: [{ name: "War room", call_type: "sip", address: "sip:war@rooms.example" }],
    });
    expect(outcomes(result)).toEqual([
      ["host2@example.com", "accepted"],
      ["Ana", "accepted"],
      ["War room", "accepted"],
      ["host3@example.com", "already_there"],
      ["stranger@else.example", "unknown_to_zoom"],
      ["Cy", "no_email"],
      ["Di", "no_phone"],
      ["Ed", "invalid_number"],
    ]);
    expect(result.outputs).toMatchObject({ called: 3, accepted: 3 });
    const last = (await world.timeline()).at(-1);
    expect(last?.kind).toBe("participants.invited");
    expect(last?.title).toBe("Called 3 into the meeting: 3 accepted");
    expect(last?.detail).toContain("Without a phone number, so not called: Di.");
  });

  test("tells who declined, who did not answer and who is still being called", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/settings", { live: { answer: "none" } });
    const answering = invite(world, meetingId, {
      people: ["host2@example.com", "host3@example.com"],
      phones: [ana],
    });
    await until("three calls", async () => ((await calls(world, meetingId)).length === 3 ? true : undefined));
    const answer = (who: Given) => world.control(`/meetings/${meetingId}/answer`, who);
    await answer({ email: "host2@example.com", answer: "decline" });
    await answer({ phone_number: "+18005550100", answer: "none" });
    expect(outcomes(await answering)).toEqual([
      ["host2@example.com", "rejected"],
      ["host3@example.com", "ringing"],
      ["Ana", "missed"],
    ]);
  });

  test("believes an answer only if it is newer than the call", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    const first = await invite(world, meetingId, { phones: [ana] });
    expect(outcomes(first)).toEqual([["Ana", "accepted"]]);
    await world.control("/clock", { advanceMs: 6000 });
    await world.control("/faults", { kind: "dropWebhook", event: "callout" });
    const second = await invite(world, meetingId, { phones: [ana], wait_seconds: 1 }, { round: 2 });
    expect(outcomes(second)).toEqual([["Ana", "not_confirmed"]]);
  });

  test("takes whoever is on the call for accepted, though the invitation's event is lost", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { kind: "dropWebhook", event: "invitation" });
    const result = await invite(world, meetingId, { people: ["host2@example.com"] });
    expect(outcomes(result)).toEqual([["host2@example.com", "accepted"]]);
  });

  test("claims nothing when Zoom tells nothing", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { kind: "dropWebhook" });
    const result = await invite(world, meetingId, { people: ["host2@example.com"], wait_seconds: 1 });
    expect(outcomes(result)).toEqual([["host2@example.com", "not_confirmed"]]);
    expect(result.outputs).toMatchObject({ called: 1, accepted: 0 });
  });

  test("is refused for Zoom users while nobody is on the call, but phones ring", async () => {
    await using world = await startLive();
    const meetingId = await world.bridge();
    const alone = await invite(world, meetingId, { people: ["host2@example.com"] });
    expect(outcomes(alone)).toEqual([["host2@example.com", "not_live"]]);
    expect((await world.timeline()).at(-1)?.title).toBe("Nobody was called: the meeting is not live");
    const both = { people: ["host2@example.com"], phones: [ana] };
    expect(outcomes(await invite(world, meetingId, both, { round: 2 }))).toEqual([
      ["host2@example.com", "not_live"],
      ["Ana", "accepted"],
    ]);
  });

  test("fails for a meeting that is gone", async () => {
    await using world = await startLive();
    const failed = await failureOf(invite(world, "85746065432", { people: ["host2@example.com"] }));
    expect(failed.type).toBe("not_found");
  });

  test("lets no number and no address into outputs, timeline and life", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    const { outputs } = await invite(world, meetingId, {
      phones: [ana],
      rooms: [{ call_type: "h323", address: "192.0.2.17" }],
    });
    expect(outputs["accepted"]).toBe(2);
    const shown = JSON.stringify([outputs, await world.timeline(), await world.life(meetingId)]);
    expect(shown).not.toMatch(/5550100|192\.0\.2\.17/);
  });
});

describe("nobody is called twice by one step", () => {
  test("when Zoom's answer was lost: the webhook says how it went", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { kind: "reset", commit: true, path: "live_meetings", times: 1 });
    expect(outcomes(await invite(world, meetingId, { phones: [ana] }))).toEqual([["Ana", "accepted"]]);
    const again = await invite(world, meetingId, { phones: [ana] }, { attempt: 2 });
    expect(outcomes(again)).toEqual([["Ana", "accepted"]]);
    expect(await calls(world, meetingId)).toHaveLength(1);
  });

  test("when nobody knows whether Zoom heard: it is said, and left to a person", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { kind: "timeoutBefore", holdMs: 100, path: "live_meetings", times: 1 });
    for (const attempt of [1, 2]) {
      const result = await invite(world, meetingId, { phones: [ana], wait_seconds: 1 }, { attempt });
      expect(outcomes(result)).toEqual([["Ana", "not_confirmed"]]);
    }
    expect(await calls(world, meetingId)).toHaveLength(0);
  });

  test("but once when Zoom surely refused the first try, and the others stay called", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/settings", { live: { perMeeting: 1 } });
    const phones = [ana, { name: "Bo", phone: "+491701234567" }];
    const failed = await failureOf(invite(world, meetingId, { phones }));
    expect([failed.type, failed.nextRetryDelay]).toEqual(["rate_limited", 5000]);
    await world.control("/clock", { advanceMs: 6000 });
    const again = await invite(world, meetingId, { phones }, { attempt: 2 });
    expect(outcomes(again)).toEqual([
      ["Ana", "accepted"],
      ["Bo", "accepted"],
    ]);
    expect((await calls(world, meetingId)).map(({ callee }) => callee["name"])).toEqual(["Ana", "Bo"]);
  });

  test("but again when a person asks for the step again", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await invite(world, meetingId, { phones: [ana] });
    await world.control("/clock", { advanceMs: 6000 });
    await invite(world, meetingId, { phones: [ana] }, { round: 2 });
    expect(await calls(world, meetingId)).toHaveLength(2);
  });

  test("however often their number stands in the list", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await invite(world, meetingId, {
      phones: [ana, "+1-800-555-0100", { name: "A", phone: "0018005550100" }],
    });
    expect(await calls(world, meetingId)).toHaveLength(1);
  });
});

describe("what Zoom refuses", () => {
  const noCallOut = {
    kind: "status",
    status: 400,
    code: 300,
    message: "This API is not available for this account.",
  };

  test("of one way of calling is told, and the others are called", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { ...noCallOut, path: "live_meetings", skip: 1 });
    const { outputs } = await invite(world, meetingId, { people: ["host2@example.com"], phones: [ana] });
    expect(outputs["people"]).toMatchObject([
      { outcome: "accepted" },
      { outcome: "refused", reason: expect.stringContaining("not available") },
    ]);
  });

  test("for everybody fails the step by its name", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge();
    await world.control("/faults", { ...noCallOut, path: "live_meetings" });
    const failed = await failureOf(invite(world, meetingId, { phones: [ana] }));
    expect([failed.type, failed.nonRetryable]).toEqual(["plan", true]);
  });
});
