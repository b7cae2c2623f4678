import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Json, Received } from "./support.ts";
import { eventually, useReceiver, useSimulator } from "./support.ts";

const { sim, meeting, advance, join, end } = useSimulator();
const receiver = useReceiver();

const MINUTE_MS = 60_000;
const people = Array.from({ length: 25 }, (_, n) => `Person ${n}`);

type Delivery = { event: string; request_id: string; state: string; attempts: { status?: number }[] };
const deliveries = async (): Promise<Delivery[]> => (await sim("GET", "/webhooks")).body.deliveries;
const settled = () => eventually(async () => (await deliveries()).every(({ state }) => state !== "pending"));

/** Several meetings at once, full of people: some 240 events. */
const burst = async (): Promise<void> => {
  const ids = await Promise.all(Array.from({ length: 4 }, async () => (await meeting()).id as number));
  for (const id of ids) await Promise.all(people.map((name) => join(id, name)));
  for (const id of ids) await end(id);
};
const EVENTS = 4 * (1 + 1 + people.length * 2 + 1);

beforeEach(() => sim("POST", "/webhooks", { url: receiver.url() }));

describe("a burst of webhooks", () => {
  test("comes complete, and in order within each meeting", async () => {
    await burst();
    await receiver.arrived(EVENTS);
    const meetingOf = ({ body }: Received): string => String(body.payload.object.id);
    const ids = new Set(receiver.received.map(meetingOf));
    expect(ids.size).toBe(4);
    for (const id of ids) {
      const events = receiver.received.filter((each) => meetingOf(each) === id);
      const stamps = events.map(({ body }) => body.event_ts as number);
      expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
      expect(events.at(-1)?.body.event).toBe("meeting.ended");
    }
  });

  test("that meets a failing server is tried again by Zoom's timetable, all of it", async () => {
    receiver.answerWith(() => 503);
    await burst();
    await receiver.arrived(EVENTS);
    await eventually(async () => (await deliveries()).every(({ state }) => state === "retrying"));
    for (const [minutes, tries] of [
      [5, 2],
      [20, 3],
      [60, 4],
    ] as const) {
      await advance(minutes * MINUTE_MS);
      await receiver.arrived(EVENTS * tries);
      await eventually(async () => (await deliveries()).every(({ attempts }) => attempts.length === tries));
    }
    expect((await deliveries()).every(({ state }) => state === "failed")).toBe(true);
  });

  test("loses, doubles, delays and shuffles as many as its rules say", async () => {
    const rules = [
      { kind: "dropWebhook", event: "participant_left", probability: 0.3, seed: 7 },
      { kind: "doubleWebhook", event: "participant_joined", probability: 0.5, seed: 8 },
      { kind: "shuffleWebhook", delayMs: 30 * MINUTE_MS, seed: 9 },
    ];
    await sim("POST", "/faults", rules);
    await burst();
    const { faults } = (await sim("GET", "/faults")).body as Json;
    const [dropped, doubled, shuffled] = faults.map(({ fired }: Json) => fired as number);
    expect([dropped > 0, dropped < 100, doubled > 0, doubled < 100]).toEqual([true, true, true, true]);
    expect(dropped + doubled + shuffled).toBe(EVENTS);
    await advance(30 * MINUTE_MS);
    await receiver.arrived(EVENTS - dropped + doubled);
    await settled();
    expect(receiver.received).toHaveLength(EVENTS - dropped + doubled);
    expect((await deliveries()).filter(({ state }) => state === "dropped")).toHaveLength(dropped);
    const ids = new Set(receiver.received.map(({ headers }) => headers["x-zm-request-id"]));
    expect(ids.size).toBe(EVENTS - dropped);
  });

  test("each copy of a doubled event is tried again by itself", async () => {
    await sim("POST", "/faults", { kind: "doubleWebhook", times: 1 });
    receiver.answerWith(() => 500);
    await meeting();
    for (const [minutes, requests] of [
      [0, 2],
      [5, 4],
      [20, 6],
      [60, 8],
      [600, 8],
    ] as const) {
      await advance(minutes * MINUTE_MS);
      await receiver.arrived(requests);
      await eventually(async () => (await deliveries())[0]?.attempts.length === requests);
    }
    expect((await deliveries())[0]?.state).toBe("failed");
  });
});
