import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Backend } from "../../store/backend.ts";
import { openEmbedded } from "../../store/embedded.ts";
import type { Store } from "../../store/index.ts";
import { storeOn } from "../../store/storeOn.ts";
import type { Receiver } from "../support/webhookReceiver.ts";
import { startReceiver } from "../support/webhookReceiver.ts";
import { until } from "../support/until.ts";
import type { TestGateway } from "./startGateway.ts";
import { anEvent, anIncident, bearer, startGateway } from "./startGateway.ts";
import { administrator, aSecret, hours, passes, record, seconds } from "./subscribing.ts";

const silent = { info: () => undefined, warn: () => undefined };

let backend: Backend;
let store: Store;
let gateway: TestGateway;
let admin: ReturnType<typeof administrator>;
let skewMs = 0;
beforeAll(async () => {
  backend = await openEmbedded(undefined);
  store = await storeOn(backend, silent);
  const now = () => Date.now() + skewMs;
  gateway = await startGateway({ store, outgoingAllow: ["127.0.0.1"], now });
  admin = administrator(gateway);
});
afterAll(async () => {
  await gateway.close();
  await store.close();
});

let secret: string;
let receiver: Receiver;
beforeEach(async () => {
  skewMs = 0;
  secret = aSecret();
  receiver = await startReceiver(secret);
});
afterEach(async () => {
  for (const { id } of await store.subscribers.list()) await store.subscribers.remove(id);
  await receiver[Symbol.asyncDispose]();
});

let incidents = 0;
const declared = async (over: Parameters<typeof anIncident>[0] = {}): Promise<string> => {
  const id = `sub.${(incidents += 1)}`;
  await store.incidents.declare(anIncident({ id, ...over }));
  return id;
};

const subscribe = (over: object = {}) => admin.add({ name: "Platform", url: receiver.url, secret, ...over });

const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const accepts = (incident: string, events: number[], by: Receiver = receiver) =>
  until(
    `${incident}'s events ${events.join(", ")}`,
    () => (events.every((seq) => by.accepted(incident).includes(seq)) ? true : undefined),
    { everyMs: 10, instead: () => by.received.map(({ incident: of, seq, accepted }) => [of, seq, accepted]) },
  );

const tries = (count: number) =>
  until(`${count} tries`, () => (receiver.received.length >= count ? true : undefined), {
    everyMs: 10,
    instead: () => receiver.received.map(({ incident, seq, accepted }) => [incident, seq, accepted]),
  });

const stands = (id: string, wanted: object) =>
  until(
    `a subscriber of ${JSON.stringify(wanted)}`,
    async () => {
      const subscriber = await admin.show(id);
      return Object.entries(wanted).every(([field, value]) => subscriber[field] === value)
        ? subscriber
        : undefined;
    },
    { everyMs: 20, instead: () => admin.show(id) },
  );

describe("A subscriber", () => {
  test("is sent what is recorded from then on, signed, each incident's events in order", async () => {
    const [one, two] = [await declared({ short_id: "INC-1" }), await declared()];
    await record(gateway, one, 1, 3);
    await subscribe();
    await Promise.all([record(gateway, one, 4, 30), record(gateway, two, 1, 5)]);
    await accepts(one, numbers(4, 30));
    await accepts(two, numbers(1, 5));
    expect(receiver.accepted(one)).toEqual(numbers(4, 30));
    expect(receiver.accepted(two)).toEqual(numbers(1, 5));
    expect(receiver.received).toHaveLength(32);
    const [first] = receiver.received.filter(({ incident }) => incident === one);
    expect(first?.webhook).toEqual({
      type: "timeline.event",
      timestamp: "2026-11-23T10:00:01.000Z",
      data: {
        incident: {
          id: one,
          short_id: "INC-1",
          title: "Checkout is down",
          severity: "1",
          status: "detected",
        },
        event: { ...anEvent({ id: "test/4", title: "Event 4" }), seq: 4, incident_id: one },
      },
    });
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(32);
    expect(first?.id).toMatch(/^msg_[\w-]{27}$/);
  });

  test("is sent only the kinds and severities that it asked for", async () => {
    await subscribe({ kinds: ["bridge.ready"], severities: ["0", "1"] });
    const [worse, better] = [await declared({ severity: "1" }), await declared({ severity: "3" })];
    for (const incident of [better, worse]) {
      await record(gateway, incident, 1);
      await store.timeline.append(incident, [anEvent({ id: "bridge", kind: "bridge.ready" })]);
      await record(gateway, incident, 3);
    }
    await accepts(worse, [2]);
    await until("nothing left", async () =>
      (await store.subscribers.list())[0]?.incidents_waiting === 0 ? true : undefined,
    );
    expect(receiver.received.map(({ incident, seq }) => [incident, seq])).toEqual([[worse, 2]]);
  });

  test("that fails is sent the event again, under the same id, before any later one of its incident", async () => {
    const id = await subscribe();
    const [stuck, free] = [await declared(), await declared()];
    receiver.rules.answer = ({ incident, seq }) => ({ status: incident === stuck && seq === 2 ? 503 : 204 });
    await record(gateway, stuck, 1, 4);
    await record(gateway, free, 1, 4);
    await accepts(free, numbers(1, 4));
    await until("the failure", async () =>
      (await admin.deliveries(id, "pending"))[0]?.tries > 0 ? true : undefined,
    );
    expect(receiver.accepted(stuck)).toEqual([1]);
    const tried = { tries: expect.any(Number), problem: "It answered 503.", next_try_at: expect.any(String) };
    expect(await admin.deliveries(id, "pending")).toMatchObject([
      { incident_id: stuck, seq: 2, ...tried },
      { incident_id: stuck, seq: 3, tries: 0, problem: null, next_try_at: null },
      { incident_id: stuck, seq: 4, tries: 0, problem: null, next_try_at: null },
    ]);
    receiver.rules.answer = () => ({});
    await passes(backend.db, seconds(6));
    await accepts(stuck, numbers(1, 4));
    expect(receiver.accepted(stuck)).toEqual(numbers(1, 4));
    const ids = receiver.received.filter(({ incident, seq }) => incident === stuck && seq === 2);
    expect(ids.map(({ accepted }) => accepted).slice(-2)).toEqual([false, true]);
    expect(new Set(ids.map((each) => each.id)).size).toBe(1);
    await stands(id, { state: "working", problem: null, failing_since: null, incidents_waiting: 0 });
  });

  test("that is down for days is tried ever more seldom, then its events are dead, and can be sent again", async () => {
    const id = await subscribe();
    const incident = await declared();
    receiver.rules.answer = () => "hangUp";
    await record(gateway, incident, 1, 3);
    await tries(1);
    const waits = [
      seconds(5),
      seconds(300),
      seconds(1800),
      hours(2),
      hours(5),
      hours(10),
      hours(14),
      hours(20),
    ];
    for (const [failures, waitMs] of waits.entries()) {
      await stands(id, { incidents_waiting: 1, state: "failing" });
      const [next] = await until("the next try", async () => {
        const pending = await admin.deliveries(id, "pending");
        return pending[0].tries === failures + 1 ? pending : undefined;
      });
      const inMs = Date.parse(next.next_try_at) - Date.now();
      expect(inMs).toBeGreaterThan(waitMs * 0.9 - seconds(5));
      expect(inMs).toBeLessThan(waitMs * 1.1 + seconds(1));
      await passes(backend.db, waitMs * 1.1);
      await tries(failures + 2);
    }
    expect(await admin.deliveries(id, "dead")).toEqual([]);
    await passes(backend.db, hours(24) * 1.1);
    await stands(id, { dead: 3, incidents_waiting: 0, state: "failing" });
    const { failing_since } = await admin.show(id);
    expect(Date.parse(failing_since)).toBeLessThan(Date.now() - hours(72));
    expect(await admin.deliveries(id, "dead")).toMatchObject(
      [1, 2, 3].map((seq) => ({ incident_id: incident, seq, state: "dead", next_try_at: null })),
    );
    expect(receiver.received.map(({ seq }) => seq)).toEqual([...Array(10).fill(1), 2, 3]);

    const again = await admin.ask("POST", `/${id}/resend`, {});
    expect(again.json()).toMatchObject({ sent: 0, failed: 1, left: 3 });
    receiver.rules.answer = () => ({});
    const single = await admin.ask("POST", `/${id}/resend`, { incident_id: incident, seq: 2 });
    expect(single.json()).toEqual({ sent: 1, failed: 0, left: 2, problem: null });
    const all = await admin.ask("POST", `/${id}/resend`, {});
    expect(all.json()).toEqual({ sent: 2, failed: 0, left: 0, problem: null });
    expect(receiver.accepted(incident)).toEqual([2, 1, 3]);
    expect(new Set(receiver.received.filter(({ seq }) => seq === 1).map((each) => each.id)).size).toBe(1);
    await stands(id, { dead: 0, state: "working" });
    await record(gateway, incident, 4);
    await accepts(incident, [4]);
  });

  test("that comes back after an outage is sent at once all that waits for it", async () => {
    await subscribe();
    const [one, two] = [await declared(), await declared()];
    receiver.rules.answer = () => ({ status: 500 });
    await Promise.all([record(gateway, one, 1), record(gateway, two, 1)]);
    await tries(2);
    await passes(backend.db, seconds(6));
    await tries(4);
    await until("both wait", async () =>
      (await admin.deliveries((await store.subscribers.list())[0]!.id, "pending")).every(
        ({ tries: count }: { tries: number }) => count === 2,
      )
        ? true
        : undefined,
    );
    receiver.rules.answer = () => ({});
    await passes(backend.db, seconds(240));
    const three = await declared();
    await passes(backend.db, seconds(70));
    await record(gateway, three, 1);
    await accepts(three, [1]);
    await accepts(one, [1]);
    await accepts(two, [1]);
  });

  test("that asks for time with Retry-After is left alone for so long, by all incidents", async () => {
    const id = await subscribe();
    const [one, two] = [await declared(), await declared()];
    receiver.rules.answer = () => ({ status: 429, headers: { "retry-after": "120" } });
    await record(gateway, one, 1);
    await stands(id, { problem: "It answered 429." });
    await record(gateway, two, 1);
    receiver.rules.answer = () => ({});
    await passes(backend.db, seconds(110));
    const third = await declared();
    await record(gateway, third, 1);
    expect(receiver.received).toHaveLength(1);
    await passes(backend.db, seconds(11));
    await accepts(one, [1]);
    await accepts(two, [1]);
    await accepts(third, [1]);
  });

  test("that answers 410 is disabled, and goes on where it was once it is enabled again", async () => {
    const id = await subscribe();
    const incident = await declared();
    receiver.rules.answer = ({ seq }) => ({ status: seq === 2 ? 410 : 200 });
    await record(gateway, incident, 1, 3);
    const gone = await stands(id, { state: "disabled" });
    expect(gone.problem).toBe("It answered 410. That means it wants no more webhooks.");
    await record(gateway, incident, 4);
    await passes(backend.db, hours(1));
    expect(receiver.received.map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await admin.ask("POST", `/${id}/resend`, {})).statusCode).toBe(409);
    receiver.rules.answer = () => ({});
    expect((await admin.ask("PATCH", `/${id}`, { enabled: true })).json()).toMatchObject({
      state: "working",
      problem: null,
    });
    await accepts(incident, numbers(1, 4));
    expect(receiver.accepted(incident)).toEqual(numbers(1, 4));
  });

  test("is not followed elsewhere, and what it says beyond a bound is not read", async () => {
    const id = await subscribe();
    const incident = await declared();
    receiver.rules.answer = () => ({ status: 302, headers: { location: "http://127.0.0.1:1/" } });
    await record(gateway, incident, 1);
    const failing = await stands(id, { state: "failing" });
    expect(failing.problem).toBe("It answered 302. Redirects are not followed: change its URL.");
    receiver.rules.answer = () => ({ status: 200, body: "x".repeat(2_000_000) });
    await passes(backend.db, seconds(6));
    await stands(id, { state: "working" });
  });

  test("has its secret rotated: for a day both sign, then the new one alone", async () => {
    const id = await subscribe();
    const incident = await declared();
    const rotated = (await admin.ask("POST", `/${id}/rotate`, {})).json();
    expect(rotated.secret).toMatch(/^whsec_/);
    await record(gateway, incident, 1);
    await accepts(incident, [1]);
    receiver.rules.secret = rotated.secret;
    await record(gateway, incident, 2);
    await accepts(incident, [2]);
    expect(
      receiver.requests.map(({ headers }) => String(headers["webhook-signature"]).split(" ").length),
    ).toEqual([2, 2]);
    // Its own clock is as far ahead, which the verifying library allows five minutes of.
    skewMs = hours(24) + 1000;
    await record(gateway, incident, 3);
    await until("the third", () => (receiver.requests.length === 3 ? true : undefined));
    expect(String(receiver.requests[2]?.headers["webhook-signature"]).split(" ")).toHaveLength(1);
  });

  test("can be tried out, also while nothing happens", async () => {
    const id = await subscribe();
    expect((await admin.ask("POST", `/${id}/test`, {})).json()).toEqual({
      accepted: true,
      status: 200,
      problem: null,
    });
    expect(JSON.parse(receiver.requests[0]!.body).type).toBe("subscriber.test");
    receiver.rules.secret = aSecret();
    expect((await admin.ask("POST", `/${id}/test`, {})).json()).toEqual({
      accepted: false,
      status: null,
      problem: "It answered 401.",
    });
  });

  test("that hangs keeps no other from being served", async () => {
    await using silentOne = await startReceiver(secret, () => "silent");
    await admin.add({ name: "Hangs", url: silentOne.url, secret });
    await subscribe();
    const many = await Promise.all(numbers(1, 12).map(() => declared()));
    await Promise.all(many.map((incident) => record(gateway, incident, 1, 2)));
    for (const incident of many) await accepts(incident, [1, 2]);
    expect(silentOne.received.length).toBeLessThanOrEqual(4);
  });

  test("loses nothing when old events are purged, nor when whole incidents are", async () => {
    const id = await subscribe();
    const [one, two] = [await declared(), await declared()];
    receiver.rules.answer = () => ({ status: 500 });
    await record(gateway, one, 1, 5);
    await record(gateway, two, 1, 2);
    await tries(2);
    await stands(id, { incidents_waiting: 2 });
    await backend.db
      .deleteFrom("timeline_events")
      .where("incident_id", "=", one)
      .where("seq", "<", 4)
      .execute();
    await backend.db.deleteFrom("timeline_events").where("incident_id", "=", two).execute();
    await backend.db.deleteFrom("incidents").where("id", "=", two).execute();
    receiver.rules.answer = () => ({});
    await passes(backend.db, seconds(6));
    await record(gateway, one, 6);
    await accepts(one, [4, 5, 6]);
    expect(receiver.accepted(one)).toEqual([4, 5, 6]);
    await stands(id, { incidents_waiting: 0, dead: 0 });
  });
});

describe("Administrators", () => {
  test("see a secret once, when it is made, and nobody finds it in the store", async () => {
    const made = await admin.ask("POST", "", { name: "Made", url: "https://hooks.example.com/a" });
    expect(made.statusCode).toBe(201);
    const { secret: shown, subscriber } = made.json();
    expect(shown).toMatch(/^whsec_[A-Za-z\d+/]{43}=$/);
    const given = await admin.ask("POST", "", { name: "Given", url: "https://hooks.example.com/b", secret });
    expect(given.json().secret).toBeNull();
    const rows = JSON.stringify(await store.subscribers.list());
    const seen = (await admin.ask("GET")).body + (await admin.ask("GET", `/${subscriber.id}`)).body + rows;
    for (const each of [shown, secret]) expect(seen + given.body).not.toContain(each.slice(6, -1));
    expect((await admin.ask("GET")).json().subscribers).toMatchObject([
      { name: "Made", state: "working", created_by: "a admin", incidents_waiting: 0, dead: 0 },
      { name: "Given" },
    ]);
    expect((await admin.ask("DELETE", `/${subscriber.id}`)).statusCode).toBe(204);
    expect((await admin.ask("DELETE", `/${subscriber.id}`)).statusCode).toBe(404);
  });

  test.each([
    ["an address of the metadata service", { url: "http://169.254.169.254/" }, 422, "not allowed"],
    ["an address of the own network", { url: "http://10.0.0.8/" }, 422, "not allowed"],
    [
      "a URL with a password",
      { url: "https://me:canary@hooks.example.com/" },
      422,
      "without user and password",
    ],
    ["no web address", { url: "ftp://hooks.example.com/" }, 400, "https://host/path"],
    ["a secret that is too short", { secret: "whsec_Y2FuYXJ5" }, 400, "24 to 64"],
    ["a kind that there is not", { kinds: ["bridge.exploded"] }, 400, "kinds"],
  ])("cannot add one with %s", async (_what, over, status, words) => {
    const answer = await admin.ask("POST", "", { name: "No", url: "https://hooks.example.com/", ...over });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(words);
    expect(answer.body).not.toMatch(/canary|Y2FuYXJ5/);
    expect(await store.subscribers.list()).toEqual([]);
  });

  test("alone may do all this, and no name stands for two", async () => {
    const id = await subscribe();
    expect((await admin.ask("POST", "", { name: "PLATFORM", url: receiver.url })).statusCode).toBe(409);
    await admin.add({ name: "Other", url: receiver.url });
    expect((await admin.ask("PATCH", `/${id}`, { name: "other" })).statusCode).toBe(409);
    const answer = await gateway.inject({ url: "/api/subscribers", headers: bearer("responder") });
    expect(answer.statusCode).toBe(403);
  });

  test("are told when there is no key to seal secrets with", async () => {
    await using bare = await startGateway({ store, zoom: { vault: undefined } });
    const answer = await administrator(bare).ask("POST", "", {
      name: "a",
      url: "https://hooks.example.com/",
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().detail).toContain("ENCRYPTION_KEYS");
  });

  test("page through what waits", async () => {
    const id = await subscribe();
    const incident = await declared();
    receiver.rules.answer = () => ({ status: 500 });
    await record(gateway, incident, 1, 5);
    await tries(1);
    const first = (await admin.ask("GET", `/${id}/deliveries?limit=3`)).json();
    expect(first.deliveries.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3]);
    const second = (
      await admin.ask("GET", `/${id}/deliveries?limit=3&after=${encodeURIComponent(first.next)}`)
    ).json();
    expect(second.deliveries.map(({ seq }: { seq: number }) => seq)).toEqual([4, 5]);
    expect(second.next).toBeNull();
  });
});

test("a name that leads into the own network is refused when it is looked up, and said so", async () => {
  await using closed = await startGateway({ store });
  const answers = administrator(closed);
  const id = await answers.add({ name: "Rebound", url: "http://localhost:9/hook" });
  const tried = (await answers.ask("POST", `/${id}/test`, {})).json();
  expect(tried.accepted).toBe(false);
  expect(tried.problem).toContain("localhost leads to an address that is not allowed");
});

test("what subscribers are sent stands in /openapi.json, and each webhook is as it says", async () => {
  const { webhooks, components } = (await gateway.inject({ url: "/openapi.json" })).json();
  const { $ref } = webhooks["timeline.event"].post.requestBody.content["application/json"].schema;
  expect($ref).toBe("#/components/schemas/TimelineWebhook");
  const ajv = new Ajv2020({ strict: false });
  const isAsSaid = ajv.compile({ $ref, components });
  await subscribe();
  const incident = await declared();
  await record(gateway, incident, 1);
  await accepts(incident, [1]);
  isAsSaid(receiver.received[0]?.webhook);
  expect(isAsSaid.errors).toBeNull();
});

test("without subscribers, a timeline that grows costs no statement of theirs", async () => {
  const asked: string[] = [];
  const watched = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get: (target, name, self) => {
        asked.push(String(name));
        return Reflect.get(target, name, self);
      },
    });
  const seen = { ...store, subscribers: watched(store.subscribers), deliveries: watched(store.deliveries) };
  await using own = await startGateway({ store: seen });
  await until("the first look", () => (asked.includes("list") ? true : undefined));
  asked.length = 0;
  await record(own, await declared(), 1, 50);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toEqual([]);
});
