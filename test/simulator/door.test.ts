import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Json } from "./support.ts";
import { useReceiver, useSimulator } from "./support.ts";

const START = Date.parse("2026-11-23T10:00:00Z");
const { call, sim, meeting, advance, join } = useSimulator({ clock: { startAtMs: START } });
const receiver = useReceiver();

const events = [
  "meeting.started",
  "meeting.participant_joined",
  "meeting.participant_jbh_joined",
  "meeting.participant_jbh_waiting",
  "meeting.participant_jbh_waiting_left",
];
const host = { email: "host1@example.com" };
const told = () =>
  receiver.received.map(({ body }) => [
    body.event.replace("meeting.", ""),
    body.payload.object.participant?.user_name,
  ]);
const status = async (id: number) => (await call("GET", `/meetings/${id}`)).body.status;

beforeEach(async () => {
  await sim("POST", "/webhooks", { url: receiver.url(), events });
  await sim("POST", "/settings", { enforceJoinBeforeHost: true });
});

describe("before the host is there", () => {
  test("people wait, Zoom tells of it after half a minute, and the host lets them in", async () => {
    const { id } = await meeting();
    const waiting = await join(id, "Ada", { waits: true });
    expect(waiting).toEqual({ meeting_id: id, name: "Ada", status: "waiting_for_host" });
    expect(await status(id)).toBe("waiting");
    await advance(29_000);
    await join(id, "Bo", { waits: true });
    await advance(1_000);
    await receiver.arrived(1);
    await join(id, "Host", host);
    await receiver.arrived(5);
    await advance(60_000);
    expect(told()).toEqual([
      ["participant_jbh_waiting", "Ada"],
      ["started", undefined],
      ["participant_joined", "Host"],
      ["participant_joined", "Ada"],
      ["participant_joined", "Bo"],
    ]);
  });

  test("who gives up waiting never was in the meeting", async () => {
    const { id } = await meeting();
    await join(id, "Ada", { waits: true });
    await advance(30_000);
    await receiver.arrived(1);
    expect((await sim("POST", `/meetings/${id}/leave`, { name: "Ada" })).body).toEqual({ ended: false });
    await receiver.arrived(2);
    const left = receiver.received[1]?.body;
    expect(left?.event).toBe("meeting.participant_jbh_waiting_left");
    // A number in this one of the three.
    expect(left?.payload.object.id).toBe(id);
    await join(id, "Host", host);
    const { meetings } = (await sim("GET", "/state")).body;
    expect(meetings[0].sessions[0].participants.map(({ name }: Json) => name)).toEqual(["Host"]);
  });

  test("whoever may join starts it, and Zoom says that it was before the host", async () => {
    const { id } = await meeting({ settings: { join_before_host: true } });
    await join(id, "Ada");
    await join(id, "Bo");
    await receiver.arrived(4);
    expect(told()).toEqual([
      ["started", undefined],
      ["participant_joined", "Ada"],
      ["participant_jbh_joined", "Ada"],
      ["participant_joined", "Bo"],
    ]);
  });

  test("joining early is early by as many minutes as the meeting allows", async () => {
    const { id } = await meeting({
      start_time: "2026-11-23T12:00:00Z",
      settings: { join_before_host: true, jbh_time: 10 },
    });
    const early = await sim("POST", `/meetings/${id}/join`, { name: "Ada" });
    expect(early).toMatchObject({ status: 409, body: { error: expect.stringContaining("host") } });
    await advance(110 * 60_000);
    expect((await join(id, "Ada")).status).toBe("in_meeting");
  });

  test("a free account is not told", async () => {
    await sim("POST", "/settings", { plan: "free" });
    const { id } = await meeting({ settings: { join_before_host: true } });
    await join(id, "Ada");
    await receiver.arrived(2);
    expect(told().map(([event]) => event)).toEqual(["started", "participant_joined"]);
  });
});
