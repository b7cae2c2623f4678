import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { MeetingEvent } from "../../domain/meetingLife.ts";
import type { Store } from "../../store/index.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import type { TestGateway } from "./startGateway.ts";
import { aMeeting, anIncident, secret, startGateway, webhook } from "./startGateway.ts";

const webinarId = "95746065432";
const uuid = "m3WqMkvuRXyYqH+eKWhk9w==";
const ada = { name: "Ada", email: "ada@example.com" };

let gateway: TestGateway;
let store: Store;

beforeAll(async () => {
  store = await openMemoryStore();
  await store.incidents.declare(anIncident({ responders: [ada] }));
  await store.meetings.save(
    aMeeting({ meeting_id: webinarId, kind: "webinar", purpose: "other", topic: "Briefing" }),
  );
});
afterAll(() => store.close());
beforeEach(async () => {
  gateway = await startGateway({ store, webhookSecretTokens: [secret] });
});
afterEach(() => gateway.close());

const event = (name: string, time: string, more: object = {}) => ({
  event: `webinar.${name}`,
  event_ts: Date.parse(time),
  payload: {
    account_id: "acc",
    object: { id: webinarId, uuid, type: 5, topic: "Briefing", start_time: "2026-11-23T10:00:00Z", ...more },
  },
});

const person = (key: string, name: string, email: string, times: object) => ({
  participant: {
    user_id: key,
    participant_uuid: key,
    user_name: name,
    email,
    public_ip: "203.0.113.1",
    ...times,
  },
});

const life = [
  event("started", "2026-11-23T10:00:00Z"),
  event(
    "participant_joined",
    "2026-11-23T10:01:00Z",
    person("P1", ada.name, ada.email, { join_time: "2026-11-23T10:01:00Z" }),
  ),
  event(
    "participant_joined",
    "2026-11-23T10:02:00Z",
    person("P2", "A customer", "", { join_time: "2026-11-23T10:02:00Z" }),
  ),
  event(
    "participant_left",
    "2026-11-23T10:20:00Z",
    person("P2", "A customer", "", { leave_time: "2026-11-23T10:20:00Z" }),
  ),
  event("ended", "2026-11-23T10:30:00Z", { end_time: "2026-11-23T10:30:00Z" }),
];

const told = (): MeetingEvent[] => gateway.named("signalMeeting").map(([, , each]) => each as MeetingEvent);

describe("A webinar's webhooks", () => {
  test("are a meeting's, once however often they come", async () => {
    for (const each of [...life, ...life]) expect((await gateway.inject(webhook(each))).statusCode).toBe(204);
    expect(gateway.named("signalMeeting")[0]?.[1]).toMatchObject({ meetingId: webinarId, topic: "Briefing" });
    expect(told().map(({ type }) => type)).toEqual(["started", "ended"]);
    const movements = await store.meetings.movements(webinarId);
    expect(movements.map(({ type, person: { name } }) => `${name} ${type}`).toSorted()).toEqual([
      "A customer joined",
      "A customer left",
      "Ada joined",
    ]);
    expect((await store.meetings.get(webinarId))?.life).toMatchObject({
      state: "ended",
      sessions: [
        {
          uuid,
          startedAtMs: Date.parse("2026-11-23T10:00:00Z"),
          endedAtMs: Date.parse("2026-11-23T10:30:00Z"),
          seen: { [ada.email]: Date.parse("2026-11-23T10:01:00Z") },
        },
      ],
    });
    expect(JSON.stringify([gateway.calls, movements])).not.toContain("203.0.113.1");
  });

  test("of a deleted webinar end its life", async () => {
    await gateway.inject(webhook(event("deleted", "2026-11-23T11:00:00Z", { operation: "all" })));
    expect(told()).toEqual([{ type: "deleted", atMs: Date.parse("2026-11-23T11:00:00Z") }]);
  });

  test("of a webinar of somebody else's are dropped", async () => {
    await gateway.inject(webhook(event("started", "2026-11-23T12:00:00Z", { id: "95746065499" })));
    expect(told()).toEqual([]);
  });
});
