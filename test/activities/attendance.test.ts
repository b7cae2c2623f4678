import { describe, expect, test } from "@jest/globals";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

const minuteMs = 60_000;

describe("attendance of a meeting with registration", () => {
  const heldByLink = async (world: Awaited<ReturnType<typeof startActions>>): Promise<string> => {
    const meetingId = await world.bridge();
    await world.zoom.patch(`/meetings/${meetingId}`, { settings: { approval_type: 0 } });
    const people = [{ name: "Ana Lind", email: "ana@elsewhere.example" }];
    await world.perform(
      "zoom.add_participants",
      { meeting_id: meetingId, role: "registrant", people },
      { step: "register" },
    );
    const { registrants } = await world.zoom.get<{ registrants: { id: string }[] }>(
      `/meetings/${meetingId}/registrants`,
    );
    await world.control(`/meetings/${meetingId}/join`, {
      name: "iPhone",
      email: "ana@elsewhere.example",
      registrant_id: registrants[0]?.id,
    });
    await world.control(`/meetings/${meetingId}/join`, { name: "Somebody" });
    await world.control("/clock", { advanceMs: 10 * minuteMs });
    await world.control(`/meetings/${meetingId}/end`, {});
    return meetingId;
  };
  const expected = [{ name: "Ana Lind", email: "ana@elsewhere.example" }];

  test("knows a responder by their personal link, whatever they call themselves", async () => {
    await using world = await startActions();
    const meeting_id = await heldByLink(world);
    const { outputs } = await world.perform("zoom.get_attendance", { meeting_id, expected }, { step: "who" });
    expect(outputs).toMatchObject({
      missing: [],
      attendees: [
        { name: "Somebody", matched: null },
        { name: "iPhone", email: "ana@elsewhere.example", matched: "registrant" },
      ].toSorted((a, b) => a.name.localeCompare(b.name)),
    });
  });

  test("goes by names where Zoom does not tell who registered", async () => {
    await using world = await startActions();
    const meeting_id = await heldByLink(world);
    await world.control("/faults", {
      kind: "status",
      status: 400,
      code: 200,
      message: "No permission.",
      path: "registrants$",
    });
    const { outputs } = await world.perform("zoom.get_attendance", { meeting_id, expected }, { step: "who" });
    expect(outputs).toMatchObject({ count: 2, missing: ["ana@elsewhere.example"] });
  });
});

test("attendance is waited for while Zoom has not counted yet how long people were there", async () => {
  await using world = await startActions();
  await world.control("/settings", { attendanceDelayMs: 10 * minuteMs });
  const meeting_id = await world.bridge();
  for (const name of ["Ana", "Bo"]) await world.control(`/meetings/${meeting_id}/join`, { name });
  await world.control("/clock", { advanceMs: 5 * minuteMs });
  await world.control(`/meetings/${meeting_id}/end`, {});
  const ask = () => world.perform("zoom.get_attendance", { meeting_id }, { step: "who" });
  expect((await failureOf(ask())).type).toBe("not_ready");
  await world.control("/clock", { advanceMs: 10 * minuteMs });
  expect((await ask()).outputs).toMatchObject({ attendees: [{ minutes: 5 }, { minutes: 5 }] });
});
