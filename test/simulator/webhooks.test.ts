import { beforeEach, describe, expect, test } from "@jest/globals";
import { createHmac } from "node:crypto";
import type { Json, Received } from "./support.ts";
import { eventually, pause, useReceiver, useSimulator } from "./support.ts";

const { call, sim, meeting, advance, join, end } = useSimulator();
const receiver = useReceiver();

const MINUTE_MS = 60_000;
const subscribe = (more: Json = {}) => sim("POST", "/webhooks", { url: receiver.url(), ...more });
const objectOf = (event: string): Json =>
  receiver.received.find(({ body }) => body.event === event)?.body.payload.object;
const signatureOf = ({ headers, raw }: Received, secret: string) =>
  `v0=${createHmac("sha256", secret)
    .update(`v0:${String(headers["x-zm-request-timestamp"])}:${raw}`)
    .digest("hex")}`;
const delivery = async (index = 0): Promise<Json> => (await sim("GET", "/webhooks")).body.deliveries[index];
const attempts = async (count: number) =>
  eventually(async () => (await delivery()).attempts.length === count);

describe("subscribing", () => {
  test("needs the address to answer the handshake", async () => {
    expect((await subscribe()).body).toEqual({ active: true, validated: true });
    expect((await subscribe({ secretToken: "another" })).body).toEqual({
      active: false,
      validated: false,
      reason: "answered with wrong tokens",
    });
    const nobody = await sim("POST", "/webhooks", { url: "http://127.0.0.1:65533/" });
    expect(nobody.body).toMatchObject({
      active: false,
      validated: false,
      reason: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("can go without the handshake, choose events, and stop", async () => {
    await subscribe({ validate: false, events: ["meeting.deleted"] });
    const { id } = await meeting();
    await call("DELETE", `/meetings/${id}`);
    await receiver.arrived(1);
    expect(receiver.events()).toEqual(["meeting.deleted"]);
    expect((await sim("POST", "/webhooks", { url: null })).body).toEqual({ active: false });
    await meeting();
    expect((await sim("GET", "/webhooks")).body).toMatchObject({ active: false, pending: 0 });
  });
});

describe("a delivery", () => {
  beforeEach(() => subscribe());

  test("is signed over the raw body, with the time in seconds outside and milliseconds inside", async () => {
    await meeting();
    await receiver.arrived(1);
    const [first] = receiver.received as [Received];
    expect(first.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Zoom Marketplace/1.0a",
      clientid: "sim-client",
      "x-zm-signature": signatureOf(first, "sim-webhook-secret"),
      "x-zm-request-id": expect.stringMatching(/^\w{8}_\w{4}_\w{4}_\w{4}_\w{12}$/),
      "x-zm-trackingid": expect.any(String),
    });
    expect(String(first.headers["x-zm-request-timestamp"])).toHaveLength(10);
    expect(String(first.body.event_ts)).toHaveLength(13);
    expect(first.body.payload.account_id).toBe("sim-account");
  });

  test("of one meeting come in the order things happened", async () => {
    const { id } = await meeting({ settings: { auto_recording: "cloud" } });
    await call("PATCH", `/meetings/${id}`, { topic: "changed" });
    await join(id, "Host One", { email: "host1@example.com" });
    await join(id, "Ada", { waiting_room: true });
    await sim("POST", `/meetings/${id}/admit`, { all: true });
    await sim("POST", `/meetings/${id}/leave`, { name: "Ada" });
    await end(id);
    await advance(10_000);
    await call("DELETE", `/meetings/${id}`);
    await receiver.arrived(15);
    expect(receiver.events()).toEqual([
      "meeting.created",
      "meeting.updated",
      "meeting.started",
      "meeting.participant_joined",
      "recording.started",
      "meeting.participant_joined_waiting_room",
      "meeting.participant_admitted",
      "meeting.participant_joined",
      "meeting.participant_left",
      "meeting.participant_left",
      "recording.stopped",
      "meeting.ended",
      "recording.completed",
      "recording.transcript_completed",
      "meeting.deleted",
    ]);
  });

  test("writes the meeting's id as a string while live, and as a number otherwise", async () => {
    const { id } = await meeting({ settings: { auto_recording: "cloud" } });
    await join(id, "Ada");
    await end(id);
    await advance(10_000);
    await receiver.arrived(9);
    const types = Object.fromEntries(
      receiver.received.map(({ body }) => [body.event, typeof body.payload.object.id]),
    );
    expect(types).toEqual({
      "meeting.created": "number",
      "meeting.started": "string",
      "meeting.participant_joined": "string",
      "recording.started": "number",
      "meeting.participant_left": "string",
      "recording.stopped": "number",
      "meeting.ended": "string",
      "recording.completed": "number",
      "recording.transcript_completed": "number",
    });
  });

  test("of a participant has addresses, and an e-mail only for the account's own users", async () => {
    const { id } = await meeting();
    await join(id, "Host One", { email: "host1@example.com" });
    await join(id, "Ada", { email: "ada@elsewhere.org", phone_number: "15550100" });
    await receiver.arrived(4);
    const people = receiver.received
      .filter(({ body }) => body.event === "meeting.participant_joined")
      .map(({ body }) => body.payload.object.participant);
    expect(people).toMatchObject([
      { user_name: "Host One", email: "host1@example.com", id: expect.stringMatching(/./) },
      { user_name: "Ada", email: "", id: "", participant_user_id: "", phone_number: "15550100" },
    ]);
    for (const person of people) {
      expect(person.public_ip).toMatch(/^203\.0\.113\.\d+$/);
      expect(person.private_ip).toMatch(/^10\.0\.0\.\d+$/);
    }
  });

  test("of start and end names the host and the planned duration", async () => {
    const { id, uuid } = await meeting({ duration: 45 });
    await join(id, "Ada");
    await advance(MINUTE_MS);
    await end(id);
    await receiver.arrived(5);
    expect(objectOf("meeting.started")).toMatchObject({
      uuid,
      duration: 45,
      host_email: "host1@example.com",
    });
    const { start_time, end_time, duration } = objectOf("meeting.ended");
    expect(duration).toBe(45);
    expect(Date.parse(end_time) - Date.parse(start_time)).toBeGreaterThanOrEqual(MINUTE_MS);
  });

  test("of an update has the changed fields only, before and after", async () => {
    const { id } = await meeting({ topic: "before" });
    await call("PATCH", `/meetings/${id}`, { topic: "after", settings: { host_video: true } });
    await call("PATCH", `/meetings/${id}`, { topic: "after" });
    await receiver.arrived(2);
    const { object, old_object } = receiver.received[1]?.body.payload ?? {};
    expect(object).toEqual({ id, topic: "after", settings: { host_video: true } });
    expect(old_object).toEqual({ id, topic: "before", settings: { host_video: false } });
    await pause(50);
    expect(receiver.received).toHaveLength(2);
  });

  test("of a finished recording has the token that opens its files", async () => {
    const { id } = await meeting({ settings: { auto_recording: "cloud" } });
    await join(id, "Ada");
    await end(id);
    await advance(2_000);
    await eventually(() => receiver.events().includes("recording.completed"));
    const completed = receiver.received.find(({ body }) => body.event === "recording.completed")?.body;
    const { recording_files, password, host_email } = completed?.payload.object ?? {};
    expect({ password, host_email }).toMatchObject({
      password: expect.stringMatching(/./),
      host_email: "host1@example.com",
    });
    const headers = { authorization: `Bearer ${completed?.download_token}` };
    const response = await fetch(recording_files[0].download_url, { headers });
    expect(response.headers.get("content-type")).toBe("video/mp4");
  });
});

describe("trying again", () => {
  beforeEach(() => subscribe());

  test("a server error is tried again after 5, 20 and 60 more minutes, and then no more", async () => {
    receiver.answerWith(() => 503);
    await meeting();
    await attempts(1);
    for (const [minutes, tries] of [
      [5, 2],
      [20, 3],
      [60, 4],
    ] as const) {
      await advance(minutes * MINUTE_MS - 1_000);
      expect((await delivery()).attempts).toHaveLength(tries - 1);
      await advance(1_000);
      await attempts(tries);
    }
    await advance(24 * 60 * MINUTE_MS);
    expect(await delivery()).toMatchObject({ state: "failed" });
    expect(receiver.received).toHaveLength(4);
  });

  test("it is the same body and request id, signed afresh", async () => {
    receiver.answerWith(() => 500);
    await meeting();
    await attempts(1);
    receiver.answerWith(() => 200);
    await advance(5 * MINUTE_MS);
    await receiver.arrived(2);
    const [first, second] = receiver.received as [Received, Received];
    expect(second.raw).toBe(first.raw);
    expect(second.headers["x-zm-request-id"]).toBe(first.headers["x-zm-request-id"]);
    expect(second.headers["x-zm-request-timestamp"]).not.toBe(first.headers["x-zm-request-timestamp"]);
    expect(second.headers["x-zm-signature"]).toBe(signatureOf(second, "sim-webhook-secret"));
    await eventually(async () => (await delivery()).state === "delivered");
  });

  test.each([301, 400, 401, 404, 429])("a %d loses the event", async (status) => {
    receiver.answerWith(() => status);
    await meeting();
    await attempts(1);
    await advance(24 * 60 * MINUTE_MS);
    expect(await delivery()).toMatchObject({ state: "failed", attempts: [{ status }] });
  });

  test("no answer within three seconds counts as a failure", async () => {
    receiver.answerWith(() => "silence");
    await meeting();
    await attempts(1);
    expect(await delivery()).toMatchObject({
      state: "retrying",
      attempts: [{ error: expect.stringContaining("timeout") }],
    });
  }, 10_000);
});

describe("trouble on the way", () => {
  beforeEach(() => subscribe());

  test("an event can get lost", async () => {
    await sim("POST", "/faults", { kind: "dropWebhook", event: "meeting.started" });
    const { id } = await meeting();
    await join(id, "Ada");
    await receiver.arrived(2);
    expect(receiver.events()).toEqual(["meeting.created", "meeting.participant_joined"]);
    expect((await sim("GET", "/faults")).body.faults).toMatchObject([{ kind: "dropWebhook", fired: 1 }]);
  });

  test("the events of one meeting alone can get lost", async () => {
    const [{ id: troubled }, { id: calm }] = [await meeting(), await meeting()];
    await receiver.arrived(2);
    await sim("POST", "/faults", { kind: "dropWebhook", meetingId: troubled });
    for (const id of [troubled, calm]) await join(id, "Ada");
    await receiver.arrived(4);
    const told = receiver.received.slice(2).map(({ body }) => body.payload.object.id);
    expect(new Set(told)).toEqual(new Set([String(calm)]));
  });

  test("what is being sent right now is counted", async () => {
    receiver.answerWith(() => "silence");
    await meeting();
    const underWay = async () => (await sim("GET", "/webhooks/under_way")).body.under_way;
    await eventually(async () => (await underWay()) > 0);
    await attempts(1);
    await eventually(async () => (await underWay()) === 0);
  }, 10_000);

  test("an event can come twice", async () => {
    await sim("POST", "/faults", { kind: "doubleWebhook", times: 1 });
    await meeting();
    await receiver.arrived(2);
    const [first, second] = receiver.received as [Received, Received];
    expect(second.raw).toBe(first.raw);
  });

  test("an event can be late and be overtaken", async () => {
    await sim("POST", "/faults", { kind: "delayWebhook", event: "meeting.started", delayMs: 60_000 });
    const { id } = await meeting();
    await join(id, "Ada");
    await receiver.arrived(2);
    await advance(60_000);
    await receiver.arrived(3);
    expect(receiver.events()).toEqual(["meeting.created", "meeting.participant_joined", "meeting.started"]);
  });

  test("events can be shuffled, the same way for the same seed", async () => {
    const { id } = await meeting();
    await receiver.arrived(1);
    await sim("POST", "/faults", { kind: "shuffleWebhook", delayMs: 60_000, seed: 3 });
    for (const name of ["a", "b", "c", "d", "e"]) await join(id, name);
    await advance(60_000);
    await receiver.arrived(7);
    const names = receiver.received
      .slice(1)
      .map(({ body }) => body.payload.object.participant?.user_name ?? body.event);
    expect(names).not.toEqual(["meeting.started", "a", "b", "c", "d", "e"]);
    expect(new Set(names)).toEqual(new Set(["a", "b", "c", "d", "e", "meeting.started"]));
  });
});
