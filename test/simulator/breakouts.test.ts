import { expect, test } from "@jest/globals";
import type { Json } from "./support.ts";
import { useReceiver, useSimulator } from "./support.ts";

const { call, sim, meeting, advance, join, end } = useSimulator();
const receiver = useReceiver();

const go = (id: number, name: string, room: string | null) =>
  sim("POST", `/meetings/${id}/breakout`, { name, room });
const told = () =>
  receiver.received.map(({ body }) => [
    body.event.replace("meeting.participant_", ""),
    body.payload.object.breakout_room_uuid,
  ]);

test("who is in a breakout room is still in the meeting", async () => {
  const { id } = await meeting();
  await join(id, "Ada");
  await join(id, "Bo");
  const events = ["joined", "left", "joined_breakout_room", "left_breakout_room"];
  await sim("POST", "/webhooks", {
    url: receiver.url(),
    events: events.map((event) => `meeting.participant_${event}`),
  });
  const database: string = (await go(id, "Ada", "Database")).body.breakout_room_uuid;
  await advance(60_000);
  const network: string = (await go(id, "Ada", "Network")).body.breakout_room_uuid;
  expect((await go(id, "Bo", "Database")).body.breakout_room_uuid).toBe(database);
  await advance(60_000);
  expect((await go(id, "Ada", null)).body).toMatchObject({ breakout_room_uuid: null, status: "in_meeting" });
  await end(id);
  await receiver.arrived(8);
  expect(told()).toEqual([
    ["joined_breakout_room", database],
    ["left_breakout_room", database],
    ["joined_breakout_room", network],
    ["joined_breakout_room", database],
    ["left_breakout_room", network],
    ["left", undefined],
    ["left_breakout_room", database],
    ["left", undefined],
  ]);
  const { participants } = (await call("GET", `/past_meetings/${id}/participants`)).body;
  expect(participants.map(({ duration }: Json) => duration)).toEqual([120, 120]);
});

test("nobody goes there from the waiting room", async () => {
  const { id } = await meeting();
  await join(id, "Ada", { waiting_room: true });
  expect((await go(id, "Ada", "Database")).status).toBe(409);
});
