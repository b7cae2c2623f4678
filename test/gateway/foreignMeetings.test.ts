import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Store } from "../../store/index.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import { aMeeting, anIncident, startGateway, webhook } from "./startGateway.ts";

const PER_SECOND = 100;
const SECONDS = 10;
const FOREIGN_MEETINGS = 20;
/** How long the gateway remembers that a meeting is not ours. */
const REMEMBERED_SECONDS = 2;

let store: Store;
beforeAll(async () => {
  store = await openMemoryStore();
  await store.incidents.declare(anIncident());
  await store.meetings.save(aMeeting({ meeting_id: "85746065432" }));
});
afterAll(() => store.close());

/** The same store, which counts what it is asked on the way. */
const counting = (counts: Record<string, number>): Store => {
  const count = <Part extends object>(name: string, part: Part): Part =>
    new Proxy(part, {
      get: (target, key, receiver) => {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          const call = `${name}.${String(key)}`;
          counts[call] = (counts[call] ?? 0) + 1;
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  const parts = Object.entries(store).map(([name, part]) =>
    typeof part === "object" && part !== null ? [name, count(name, part)] : [name, part],
  );
  return Object.fromEntries(parts) as Store;
};

const joined = (meetingId: string, n: number, atMs: number) => ({
  event: "meeting.participant_joined",
  event_ts: atMs,
  payload: {
    account_id: "acc",
    object: {
      id: meetingId,
      uuid: "4444AAAiAAAAAiAiAiiAii==",
      participant: {
        user_id: `${16_778_240 + n}`,
        user_name: `Person ${n}`,
        email: "",
        join_time: new Date(atMs).toISOString(),
      },
    },
  },
});

describe("A hundred webhooks a second of meetings that are not ours", () => {
  test("cost a look now and then and nothing else, and ours come through among them", async () => {
    const counts: Record<string, number> = {};
    let nowMs = Date.now();
    await using gateway = await startGateway({ store: counting(counts), now: () => nowMs });
    for (const call of Object.keys(counts)) delete counts[call];

    const startedMs = performance.now();
    const statuses = new Set<number>();
    const send = async (meetingId: string, n: number) => {
      const answer = await gateway.inject(webhook(joined(meetingId, n, nowMs), { at: nowMs }));
      statuses.add(answer.statusCode);
    };
    for (let second = 0; second < SECONDS; second += 1) {
      const burst = Array.from({ length: PER_SECOND }, (_, n) =>
        send(`9${1_000_000_000 + (n % FOREIGN_MEETINGS)}`, second * PER_SECOND + n),
      );
      await Promise.all([...burst, send("85746065432", 100_000 + second)]);
      nowMs += 1_000;
    }

    expect([...statuses]).toEqual([204]);
    // The first tells of a call that nobody knew of; those after it are written down, and wake nobody.
    expect(gateway.named("signalMeeting")).toHaveLength(1);
    const { body } = await gateway.inject({ url: "/metrics" });
    expect(body).toContain(`webhooks_total{result="not_ours"} ${PER_SECOND * SECONDS}`);
    expect(body).toContain(`webhooks_total{result="accepted"} ${SECONDS}`);

    const {
      "meetings.get": looks = 0,
      "connectors.list": secretsRead = 0,
      "connectors.heard": noted = 0,
      ...others
    } = counts;
    // Whose secret tokens sign webhooks is read anew every three seconds at most, by the clock of this machine.
    const passedSeconds = Math.max(SECONDS, (performance.now() - startedMs) / 1000);
    expect(secretsRead).toBeLessThanOrEqual(passedSeconds / 3 + 1);
    // That one was heard of a connector is noted once a minute.
    expect(noted).toBeLessThanOrEqual(passedSeconds / 60 + 1);
    const rounds = SECONDS / REMEMBERED_SECONDS;
    // Twice, since several may come while the first is being looked up.
    expect(looks).toBeLessThanOrEqual(2 * rounds * FOREIGN_MEETINGS + SECONDS);
    expect(others).toEqual({ "meetings.addMovements": SECONDS, "meetings.changeLife": 1 });
  });
});
