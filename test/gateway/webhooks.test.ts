import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { IncidentDetail } from "../../client/api.ts";
import { RunbooksError } from "../../client/errors.ts";
import type { Store } from "../../store/index.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import type { TestGateway } from "./startGateway.ts";
import { aMeeting, anIncident, bearer, secret, startGateway, webhook } from "./startGateway.ts";

let gateway: TestGateway;
let store: Store;
let nowMs: number;
/** Another one for each test, since the store outlives them. */
let meetingId: string;
let requestId: string;
let tests = 0;

beforeAll(async () => {
  store = await openMemoryStore();
  await store.incidents.declare(
    anIncident({ responders: [{ email: "Ada@Example.com" }, { phone: "+123" }] }),
  );
});
afterAll(() => store.close());

beforeEach(async () => {
  tests += 1;
  meetingId = `8574606${tests + 1000}`;
  requestId = `request-of-test-${tests}`;
  nowMs = Date.now();
  gateway = await startGateway({
    store,
    now: () => nowMs,
    webhookSecretTokens: ["retired-secret", secret],
  });
  await store.meetings.save(aMeeting({ meeting_id: meetingId }));
});
afterEach(() => gateway.close());

const started = (id = meetingId, uuid = "4444AAAiAAAAAiAiAiiAii==") => ({
  event: "meeting.started",
  event_ts: nowMs,
  payload: {
    account_id: "acc",
    object: { id, uuid, topic: "t", start_time: "2026-11-23T10:05:00Z", type: 2 },
  },
});

const joined = (event = "meeting.participant_joined", person: object = {}) => ({
  event,
  event_ts: nowMs,
  payload: {
    account_id: "acc",
    object: {
      id: meetingId,
      uuid: "4444AAAiAAAAAiAiAiiAii==",
      participant: {
        user_id: "16778240",
        participant_uuid: "PU-1",
        user_name: "Ada",
        email: "Ada@Example.com",
        public_ip: "203.0.113.1",
        ...(event.endsWith("joined")
          ? { join_time: "2026-11-23T10:06:00Z" }
          : { leave_time: "2026-11-23T10:30:00Z" }),
        ...person,
      },
    },
  },
});

const guest = { participant_uuid: "PU-2", user_id: "16778241", user_name: "Guest", email: "" };

/** What the timeline says of this test's meeting. */
const titles = async () =>
  (await store.timeline.list("inc-1", { limit: 500 }))
    .filter(({ source }) => source.type === "meeting" && source.meeting_id === meetingId)
    .map(({ title }) => title);

const signals = () => gateway.named("signalMeeting");

const countOf = async (result: string): Promise<number> => {
  const { body } = await gateway.inject({ url: "/metrics" });
  return Number(new RegExp(`webhooks_total\\{result="${result}"\\} (\\d+)`).exec(body)?.[1] ?? 0);
};

describe("An event of one of our meetings", () => {
  test("is written down, told to the meeting's workflow, and answered 204", async () => {
    const answer = await gateway.inject(webhook(started()));
    expect(answer.statusCode).toBe(204);
    const atMs = Date.parse("2026-11-23T10:05:00Z");
    expect(signals()).toEqual([
      [
        "signalMeeting",
        { meetingId, incidentId: "inc-1", topic: "SEV1: Checkout is down" },
        { type: "started", uuid: "4444AAAiAAAAAiAiAiiAii==", atMs },
      ],
    ]);
    expect((await store.meetings.get(meetingId))?.life).toMatchObject({
      state: "live",
      sessions: [{ startedAtMs: atMs }],
    });
    expect(await titles()).toEqual(["SEV1: Checkout is down is live"]);
    expect(await countOf("accepted")).toBe(1);
  });

  test("says who came and who left, without their addresses, and bothers no workflow with it", async () => {
    await gateway.inject(webhook(started()));
    await gateway.inject(webhook(joined()));
    await gateway.inject(webhook(joined()));
    await gateway.inject(webhook(joined("meeting.participant_joined", guest)));
    await gateway.inject(webhook(joined("meeting.participant_left", { email: "" })));
    expect(signals()).toHaveLength(1);
    const movements = await store.meetings.movements(meetingId);
    expect(movements.map(({ type, person }) => `${person.name} ${type}`).toSorted()).toEqual([
      "Ada joined",
      "Ada left",
      "Guest joined",
    ]);
    expect(JSON.stringify([gateway.calls, movements])).not.toContain("203.0.113.1");
    expect(await countOf("duplicate")).toBe(1);
  });

  test("tells the first join of a responder on the timeline, and no other join", async () => {
    await gateway.inject(webhook(started()));
    await gateway.inject(webhook(joined("meeting.participant_joined", guest)));
    expect(await titles()).toEqual(["SEV1: Checkout is down is live"]);
    await gateway.inject(webhook(joined()));
    await gateway.inject(webhook(joined("meeting.participant_joined", { participant_uuid: "PU-3" })));
    expect(await titles()).toEqual([
      "SEV1: Checkout is down is live",
      "First responder on the call after 5 min 58 s: ada@example.com",
    ]);
  });

  test("begins a session whose start was lost with the first join of it", async () => {
    await gateway.inject(webhook(joined("meeting.participant_joined", guest)));
    expect(signals()).toHaveLength(1);
    expect((await store.meetings.get(meetingId))?.life?.state).toBe("live");
    expect(await titles()).toEqual(["SEV1: Checkout is down is live"]);
  });

  test("begins a session when Zoom says that it began, though what is heard first happened later", async () => {
    const late = joined("meeting.participant_joined", guest);
    Object.assign(late.payload.object, { start_time: "2026-11-23T10:05:00Z" });
    await gateway.inject(webhook(late));
    const [session] = (await store.meetings.get(meetingId))?.life?.sessions ?? [];
    expect(session?.startedAtMs).toBe(Date.parse("2026-11-23T10:05:00Z"));
  });

  test("shows who waits to be let in before anybody is on the call", async () => {
    await gateway.inject(webhook(joined("meeting.participant_joined_waiting_room", guest)));
    const { body } = await gateway.inject({ url: "/api/incidents/inc-1", headers: bearer("viewer") });
    const { meetings } = JSON.parse(body) as IncidentDetail;
    expect(meetings.find(({ meeting_id }) => meeting_id === meetingId)).toMatchObject({
      state: "waiting",
      head_count: 0,
      present: [],
      missing: [],
      waiting_room: ["Guest"],
    });
  });

  test("shows the people of the session that goes on alone, of whom nothing is told yet, though the end of the last was lost", async () => {
    await gateway.inject(webhook(started()));
    await gateway.inject(webhook(joined()));
    const again = started();
    Object.assign(again.payload.object, { uuid: "the-next", start_time: "2026-11-23T11:05:00Z" });
    await gateway.inject(webhook(again));
    const { body } = await gateway.inject({ url: "/api/incidents/inc-1", headers: bearer("viewer") });
    const { meetings, bridge } = JSON.parse(body) as IncidentDetail;
    expect(meetings.find(({ meeting_id }) => meeting_id === meetingId)).toMatchObject({
      state: "live",
      head_count: null,
      present: [],
      missing: [],
    });
    expect(bridge).toMatchObject({ state: "live", head_count: null });
  });

  test("shows on the incident who is on the call, who is missing and who waits to be let in", async () => {
    await gateway.inject(webhook(started()));
    await gateway.inject(webhook(joined()));
    await gateway.inject(webhook(joined("meeting.participant_joined_waiting_room", guest)));
    const { body } = await gateway.inject({ url: "/api/incidents/inc-1", headers: bearer("viewer") });
    const { meetings, bridge } = JSON.parse(body) as IncidentDetail;
    expect(meetings.find(({ meeting_id }) => meeting_id === meetingId)).toMatchObject({
      state: "live",
      head_count: 1,
      present: ["ada@example.com"],
      missing: ["+123"],
      waiting_room: ["Guest"],
      first_responder: { person: "ada@example.com", seconds_to_join: 358 },
    });
    expect(bridge).toMatchObject({ state: "live", head_count: 1 });
  });

  test("shows by their email whom we registered, of whom Zoom tells no more than their personal link", async () => {
    await store.meetings.addRegistrants(meetingId, { "reg-1": "ada@example.com" });
    await gateway.inject(webhook(started()));
    const byLink = { ...guest, user_name: "Somebody's laptop", registrant_id: "reg-1" };
    await gateway.inject(webhook(joined("meeting.participant_joined", byLink)));
    const { body } = await gateway.inject({ url: "/api/incidents/inc-1", headers: bearer("viewer") });
    const { meetings } = JSON.parse(body) as IncidentDetail;
    expect(meetings.find(({ meeting_id }) => meeting_id === meetingId)).toMatchObject({
      present: ["ada@example.com"],
      missing: ["+123"],
    });
    expect(await titles()).toContainEqual(expect.stringMatching(/^First responder .*: ada@example\.com$/));
  });

  test("signed with the retired secret is taken while secrets are exchanged", async () => {
    expect((await gateway.inject(webhook(started(), { secretToken: "retired-secret" }))).statusCode).toBe(
      204,
    );
    expect(signals()).toHaveLength(1);
  });
});

describe("What changes nothing", () => {
  const refused = async (request: ReturnType<typeof webhook>) => {
    const answer = await gateway.inject(request);
    expect(answer.statusCode).toBe(401);
    expect(gateway.calls).toEqual([]);
    // Nothing is remembered of it either: Zoom's own delivery under the same id is taken.
    expect((await gateway.inject(webhook(started(), { requestId }))).statusCode).toBe(204);
    expect(signals()).toHaveLength(1);
  };

  test("a webhook signed with another secret", () =>
    refused(webhook(started(), { secretToken: "guess", requestId })));

  test("a body that was changed after it was signed", () => {
    const request = webhook(started(), { requestId });
    return refused({ ...request, payload: request.payload.replace('"t"', '"u"') });
  });

  test("a webhook without a signature", () => {
    const request = webhook(started(), { requestId });
    const { "x-zm-signature": _, ...headers } = request.headers;
    return refused({ ...request, headers: headers as typeof request.headers });
  });

  test("a webhook captured and sent again later", () =>
    refused(webhook(started(), { at: nowMs - 301_000, requestId })));

  test("a webhook from the future", () => refused(webhook(started(), { at: nowMs + 301_000, requestId })));

  test("a webhook sent again at once, as it was or under another request id", async () => {
    const request = webhook(started());
    await gateway.inject(request);
    expect((await gateway.inject(request)).statusCode).toBe(204);
    const { headers } = request;
    const renamed = { ...request, headers: { ...headers, "x-zm-request-id": "something-else" } };
    expect((await gateway.inject(renamed)).statusCode).toBe(204);
    const { "x-zm-request-id": _, ...nameless } = headers;
    expect((await gateway.inject({ ...request, headers: nameless as typeof headers })).statusCode).toBe(204);
    expect(signals()).toHaveLength(1);
    expect(await countOf("duplicate")).toBe(3);
  });

  test("the same webhook many times at once", async () => {
    const request = webhook(started());
    const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.inject(request)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(204));
    expect(signals()).toHaveLength(1);
  });

  test("events of meetings that are not ours", async () => {
    expect((await gateway.inject(webhook(started("99999999999")))).statusCode).toBe(204);
    expect(gateway.calls).toEqual([]);
    expect(await countOf("not_ours")).toBe(1);
  });

  test("events that say nothing of a meeting's life", async () => {
    expect(
      (await gateway.inject(webhook({ event: "meeting.sharing_started", event_ts: nowMs, payload: {} })))
        .statusCode,
    ).toBe(204);
    expect(
      (await gateway.inject(webhook({ event: "meeting.started", event_ts: nowMs, payload: 7 }))).statusCode,
    ).toBe(204);
    expect((await gateway.inject(webhook("no json"))).statusCode).toBe(204);
    expect(gateway.calls).toEqual([]);
    expect(await countOf("unreadable")).toBe(2);
  });

  test("a body that is too large", async () => {
    expect((await gateway.inject(webhook("x".repeat(1_100_000)))).statusCode).toBe(413);
  });
});

describe("A meeting made a moment ago", () => {
  test("is known as soon as it is saved, though an event of it was dropped just before", async () => {
    expect((await gateway.inject(webhook(started("777")))).statusCode).toBe(204);
    expect(signals()).toHaveLength(0);
    await store.meetings.save(aMeeting({ meeting_id: "777" }));
    nowMs += 2_001;
    await gateway.inject(webhook(started("777", "other==")));
    expect(signals()).toHaveLength(1);
  });
});

describe("What cannot be handed over", () => {
  test("is answered 503, and taken when Zoom sends it again", async () => {
    gateway.answers.signalMeeting = new RunbooksError("temporal_unreachable", "away", { advice: "" });
    const refused = await gateway.inject(webhook(started(), { requestId }));
    expect(refused.statusCode).toBe(503);
    expect(await countOf("failed")).toBe(1);
    delete gateway.answers.signalMeeting;
    const again = await gateway.inject(webhook(started(), { requestId }));
    expect(again.statusCode).toBe(204);
    expect(signals()).toHaveLength(2);
    expect(await countOf("accepted")).toBe(1);
  });
});

describe("URL validation", () => {
  const question = {
    event: "endpoint.url_validation",
    event_ts: 1_654_503_849_680,
    payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" },
  };

  test.each(["retired-secret", secret])(
    "is answered with the secret that signed it: %s",
    async (secretToken) => {
      const answer = await gateway.inject(webhook(question, { secretToken }));
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual({
        plainToken: "qgg8vlvZRS6UYooatFL8Aw",
        encryptedToken: createHmac("sha256", secretToken).update("qgg8vlvZRS6UYooatFL8Aw").digest("hex"),
      });
    },
  );

  test("signs nothing for strangers", async () => {
    const answer = await gateway.inject(webhook(question, { secretToken: "guess" }));
    expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain("encryptedToken");
  });

  test("nothing is taken while no secret is known", async () => {
    await using bare = await startGateway({ store, webhookSecretTokens: [] });
    expect((await bare.inject(webhook(question, { secretToken: "" }))).statusCode).toBe(401);
  });
});
