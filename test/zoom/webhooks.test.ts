import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createHmac } from "node:crypto";
import type { WebhookEvent } from "../../zoom/webhookEvents.ts";
import { parseWebhook } from "../../zoom/webhookEvents.ts";
import { webhookIdentity } from "../../zoom/webhookIdentity.ts";
import type { WebhookRequest } from "../../zoom/webhooks.ts";
import { urlValidationAnswer, verifyWebhook } from "../../zoom/webhooks.ts";

const secret = "webhook-secret-token";
const nowMs = 1_785_369_356_750;
const timestamp = String(Math.floor(nowMs / 1000));

const sign = (body: string | Buffer, time = timestamp, token = secret): string =>
  `v0=${createHmac("sha256", token).update(`v0:${time}:`).update(body).digest("hex")}`;

const request = (body: string | Buffer, more: Partial<WebhookRequest> = {}): WebhookRequest => ({
  rawBody: body,
  headers: { "x-zm-signature": sign(body), "x-zm-request-timestamp": timestamp },
  secretTokens: [secret],
  nowMs,
  ...more,
});

const body = '{"event":"meeting.started","payload":{"object":{"topic":"PRUEBA — no unirse"}},"event_ts":1}';

describe("a webhook's signature", () => {
  test("is Zoom's if it covers the header's time and the body's bytes", () => {
    expect(verifyWebhook(request(body))).toEqual({ ok: true, secretIndex: 0 });
    expect(verifyWebhook(request(Buffer.from(body)))).toEqual({ ok: true, secretIndex: 0 });
  });

  test("is known by a fixed example", () => {
    // Made with Python's hmac module.
    const fixed = "1e8283ffddaef4e851b2ac88b4e827c01fd38b8b0314dcd09663202c3bba0a97";
    const headers = { "x-zm-signature": `v0=${fixed}`, "x-zm-request-timestamp": "1700000000" };
    const verdict = verifyWebhook({
      rawBody: '{"a":1}',
      headers,
      secretTokens: ["abc"],
      nowMs: 1_700_000_000_000,
    });
    expect(verdict.ok).toBe(true);
  });

  test("may be of either secret while one replaces the other", () => {
    const old = { "x-zm-signature": sign(body, timestamp, "old"), "x-zm-request-timestamp": timestamp };
    expect(verifyWebhook(request(body, { secretTokens: [secret, "old"], headers: old }))).toEqual({
      ok: true,
      secretIndex: 1,
    });
    expect(verifyWebhook(request(body, { headers: old }))).toEqual({ ok: false, reason: "bad_signature" });
  });

  test("of nobody is nobody's", () => {
    const empty = { "x-zm-signature": sign(body, timestamp, ""), "x-zm-request-timestamp": timestamp };
    expect(verifyWebhook(request(body, { secretTokens: [""], headers: empty })).ok).toBe(false);
    expect(verifyWebhook(request(body, { secretTokens: [] })).ok).toBe(false);
  });

  test.each([
    ["no signature", { "x-zm-request-timestamp": timestamp }, "missing_signature"],
    [
      "an empty signature",
      { "x-zm-signature": "", "x-zm-request-timestamp": timestamp },
      "missing_signature",
    ],
    [
      "two signatures",
      { "x-zm-signature": [sign(body), sign(body)], "x-zm-request-timestamp": timestamp },
      "missing_signature",
    ],
    ["no time", { "x-zm-signature": sign(body) }, "bad_timestamp"],
    [
      "a time in words",
      { "x-zm-signature": sign(body, "now"), "x-zm-request-timestamp": "now" },
      "bad_timestamp",
    ],
    [
      "a negative time",
      { "x-zm-signature": sign(body, "-1"), "x-zm-request-timestamp": "-1" },
      "bad_timestamp",
    ],
    [
      "another scheme",
      { "x-zm-signature": sign(body).replace("v0", "v1"), "x-zm-request-timestamp": timestamp },
      "bad_signature",
    ],
    [
      "capitals",
      { "x-zm-signature": sign(body).toUpperCase(), "x-zm-request-timestamp": timestamp },
      "bad_signature",
    ],
    [
      "half a signature",
      { "x-zm-signature": sign(body).slice(0, 40), "x-zm-request-timestamp": timestamp },
      "bad_signature",
    ],
  ])("with %s is refused", (_name, headers, reason) => {
    expect(verifyWebhook(request(body, { headers }))).toEqual({ ok: false, reason });
  });

  test("is stale five minutes later, and five minutes too early", () => {
    expect(verifyWebhook(request(body, { nowMs: Number(timestamp) * 1000 + 300_000 })).ok).toBe(true);
    expect(verifyWebhook(request(body, { nowMs: Number(timestamp) * 1000 + 300_001 }))).toEqual({
      ok: false,
      reason: "stale",
    });
    expect(verifyWebhook(request(body, { nowMs: Number(timestamp) * 1000 - 300_001 }))).toEqual({
      ok: false,
      reason: "stale",
    });
    // The body's event_ts is in milliseconds, the header in seconds.
    const inMs = String(nowMs);
    const headers = { "x-zm-signature": sign(body, inMs), "x-zm-request-timestamp": inMs };
    expect(verifyWebhook(request(body, { headers }))).toMatchObject({ ok: false });
  });

  test("does not survive another byte anywhere in the body", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, mask) => {
        const original = Buffer.from(given);
        const headers = { "x-zm-signature": sign(original), "x-zm-request-timestamp": timestamp };
        expect(verifyWebhook(request(original, { headers })).ok).toBe(true);
        const flipped = Buffer.from(given);
        flipped[at % flipped.length]! ^= mask;
        expect(verifyWebhook(request(flipped, { headers }))).toEqual({ ok: false, reason: "bad_signature" });
      }),
    );
  });

  test("does not survive another byte in itself or in the time", () => {
    const signature = sign(body);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 127 }), fc.boolean(), (at, mask, inTime) => {
        const flip = (text: string) => {
          const bytes = Buffer.from(text);
          bytes[at % bytes.length]! ^= mask;
          return bytes.toString();
        };
        const headers = {
          "x-zm-signature": inTime ? signature : flip(signature),
          "x-zm-request-timestamp": inTime ? flip(timestamp) : timestamp,
        };
        expect(verifyWebhook(request(body, { headers })).ok).toBe(false);
      }),
    );
  });

  test("the URL's validation is answered with the secret that asked", () => {
    expect(urlValidationAnswer("qgg8vlvZRS6UYooatFL8Aw", secret)).toEqual({
      plainToken: "qgg8vlvZRS6UYooatFL8Aw",
      encryptedToken: createHmac("sha256", secret).update("qgg8vlvZRS6UYooatFL8Aw").digest("hex"),
    });
  });
});

const object = {
  uuid: "de+IDqR9f3hhT9D8/NA/J1==",
  id: "86084701483",
  type: 2,
  topic: "PRUEBA",
  host_id: "hostId",
  duration: 30,
  start_time: "2026-07-29T23:55:56Z",
  timezone: "America/Santiago",
};
const participant = {
  customer_key: "47d97a10",
  public_ip: "203.0.113.1",
  private_ip: "10.0.0.7",
  phone_number: "+15550100",
  user_id: "62143101",
  user_name: "Ana",
  participant_user_id: "",
  id: "",
  registrant_id: "",
  join_time: "2026-07-29T23:55:57Z",
  email: "",
  participant_uuid: "364B3A17-05C0-6B63-F4FA-2180DCC26971",
};
const event = (name: string, content: object, more: object = {}) =>
  JSON.stringify({
    event: name,
    event_ts: 1_785_369_357_392,
    payload: { account_id: "acc", object: content },
    ...more,
  });
const read = (text: string): WebhookEvent => {
  const parsed = parseWebhook(text);
  if (!parsed) throw new Error("no event");
  return parsed;
};

describe("a webhook's event", () => {
  test("of a meeting has its id as a string and its times in milliseconds", () => {
    for (const id of ["86084701483", 86_084_701_483]) {
      expect(read(event("meeting.ended", { ...object, id, end_time: "2026-07-30T00:03:26Z" }))).toEqual({
        event: "meeting.ended",
        eventMs: 1_785_369_357_392,
        accountId: "acc",
        meeting: {
          id: "86084701483",
          uuid: "de+IDqR9f3hhT9D8/NA/J1==",
          topic: "PRUEBA",
          hostId: "hostId",
          startMs: Date.parse("2026-07-29T23:55:56Z"),
          plannedMinutes: 30,
          timezone: "America/Santiago",
        },
        atMs: Date.parse("2026-07-30T00:03:26Z"),
      });
    }
    expect(read(event("meeting.started", object))).toMatchObject({
      atMs: Date.parse("2026-07-29T23:55:56Z"),
    });
  });

  test("of a participant drops addresses and phone numbers, and takes empty for unknown", () => {
    const parsed = read(event("meeting.participant_joined", { ...object, participant }));
    expect(parsed).toMatchObject({
      event: "meeting.participant_joined",
      atMs: Date.parse("2026-07-29T23:55:57Z"),
    });
    expect("participant" in parsed && parsed.participant).toEqual({
      connectionId: "62143101",
      participantUuid: "364B3A17-05C0-6B63-F4FA-2180DCC26971",
      name: "Ana",
      customerKey: "47d97a10",
      byPhone: true,
    });
    const shown = JSON.stringify(parsed);
    for (const personal of ["203.0.113.1", "10.0.0.7", "15550100"]) expect(shown).not.toContain(personal);
  });

  test("takes its time from what the kind of event has", () => {
    const { join_time, ...rest } = participant;
    expect(join_time).toBeDefined();
    const at = (name: string, times: object) =>
      (read(event(name, { ...object, participant: { ...rest, ...times } })) as { atMs: number }).atMs;
    const time = "2026-07-30T00:01:25Z";
    expect(at("meeting.participant_left", { leave_time: time, date_time: "2021-01-01T00:00:00Z" })).toBe(
      Date.parse(time),
    );
    expect(at("meeting.participant_joined_waiting_room", { date_time: time })).toBe(Date.parse(time));
    expect(at("meeting.participant_left_waiting_room", { date_time: time })).toBe(Date.parse(time));
    expect(at("meeting.participant_admitted", { date_time: time })).toBe(Date.parse(time));
    expect(at("meeting.participant_joined", { date_time: time })).toBe(Date.parse(time));
    expect(at("meeting.participant_joined", {})).toBe(1_785_369_357_392);
  });

  test("of a participant needs no field but the meeting's id", () => {
    const parsed = read(event("meeting.participant_left", { id: 5, participant: {} }));
    expect(parsed).toMatchObject({
      event: "meeting.participant_left",
      meeting: { id: "5" },
      participant: {},
    });
  });

  test("of recordings carries neither tokens nor passcodes", () => {
    const files = [
      {
        id: "f1",
        file_type: "MP4",
        file_extension: "MP4",
        recording_type: "shared_screen",
        file_size: 360_943,
        recording_start: "2026-07-29T23:55:56Z",
        recording_end: "2026-07-29T23:57:56Z",
        play_url: "https://zoom.us/rec/play/x",
        download_url: "https://zoom.us/rec/webhook_download/x?access_token=sekret",
        status: "completed",
      },
      { file_type: "TIMELINE" },
    ];
    const content = {
      ...object,
      id: 86_084_701_483,
      share_url: "https://zoom.us/rec/share/x",
      password: "hunter22",
      recording_play_passcode: "playpass",
      recording_files: files,
    };
    const parsed = read(event("recording.completed", content, { download_token: "eyJdownload" }));
    expect(parsed).toMatchObject({
      event: "recording.completed",
      recordings: {
        meetingId: "86084701483",
        shareUrl: "https://zoom.us/rec/share/x",
        files: [
          {
            id: "f1",
            fileType: "MP4",
            bytes: 360_943,
            downloadUrl: "https://zoom.us/rec/webhook_download/x",
          },
          { fileType: "TIMELINE" },
        ],
      },
    });
    const shown = JSON.stringify(parsed);
    for (const hidden of ["eyJdownload", "hunter22", "playpass", "sekret"])
      expect(shown).not.toContain(hidden);
  });

  test("of a recording's start and stop takes the recording's time", () => {
    const file = { recording_start: "2026-07-29T23:55:57Z", recording_end: "" };
    expect(read(event("recording.started", { ...object, recording_file: file }))).toMatchObject({
      atMs: Date.parse("2026-07-29T23:55:57Z"),
    });
    const stopped = { recording_start: "2026-07-29T23:55:57Z", recording_end: "2026-07-29T23:57:57Z" };
    expect(read(event("recording.stopped", { ...object, recording_file: stopped }))).toMatchObject({
      atMs: Date.parse("2026-07-29T23:57:57Z"),
    });
  });

  test("of a deletion says whether it was one occurrence", () => {
    const text = JSON.stringify({
      event: "meeting.deleted",
      event_ts: 5,
      payload: { operation: "single", object: { id: 7 } },
    });
    expect(read(text)).toEqual({
      event: "meeting.deleted",
      eventMs: 5,
      meeting: { id: "7" },
      atMs: 5,
      operation: "single",
    });
  });

  test("of the app itself is read too", () => {
    expect(read('{"payload":{"plainToken":"abc"},"event_ts":1,"event":"endpoint.url_validation"}')).toEqual({
      event: "endpoint.url_validation",
      plainToken: "abc",
    });
    const gone = {
      event: "app_deauthorized",
      payload: {
        account_id: "a",
        user_id: "u",
        signature: "s",
        deauthorization_time: "2026-06-17T13:52:28.632Z",
        client_id: "c",
      },
    };
    expect(read(JSON.stringify(gone))).toEqual({
      event: "app_deauthorized",
      accountId: "a",
      userId: "u",
      clientId: "c",
      atMs: Date.parse("2026-06-17T13:52:28.632Z"),
    });
  });

  test("that is unknown or unreadable is named, not thrown", () => {
    expect(read('{"event":"meeting.sharing_started","payload":{}}')).toMatchObject({
      event: "other",
      name: "meeting.sharing_started",
    });
    expect(read('{"event":"toString","payload":{}}')).toMatchObject({ event: "other", name: "toString" });
    const broken = read('{"event":"meeting.started","event_ts":1,"payload":{"object":{"topic":"x"}}}');
    expect(broken).toMatchObject({ event: "other", name: "meeting.started", problem: "payload.object.id" });
  });

  test("is none if it has no name", () => {
    for (const text of ["", "{", "[]", "null", '"x"', "{}", '{"event":5}', '{"event":""}']) {
      expect(parseWebhook(text)).toBeUndefined();
    }
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseWebhook(text)));
  });
});

describe("an event's identity", () => {
  test("is the same for two deliveries that differ in links and tokens", () => {
    const files = (link: string) => [
      { id: "f1", download_url: link },
      { id: "f2", download_url: link },
    ];
    const first = event(
      "recording.completed",
      { ...object, recording_files: files("https://a.zoom.us/1") },
      { download_token: "t1" },
    );
    const second = event(
      "recording.completed",
      { ...object, recording_files: files("https://b.zoom.us/2").toReversed() },
      { download_token: "t2", event_ts: 9 },
    );
    expect(webhookIdentity(read(first))).toBe(webhookIdentity(read(second)));
  });

  test("tells apart what is not the same", () => {
    const joined = (more: object) =>
      event("meeting.participant_joined", { ...object, participant: { ...participant, ...more } });
    const texts = [
      event("meeting.started", object),
      event("meeting.ended", object),
      event("meeting.started", { ...object, uuid: "another==" }),
      joined({}),
      joined({ user_id: "62143102" }),
      joined({ join_time: "2026-07-29T23:58:00Z" }),
      joined({ participant_uuid: "other" }),
      event("meeting.participant_left", { ...object, participant }),
      event("recording.completed", { ...object, recording_files: [{ id: "f1" }] }),
      event("recording.completed", { ...object, recording_files: [{ id: "f2" }] }),
      event("recording.transcript_completed", { ...object, recording_files: [{ id: "f1" }] }),
      event("something.else", object),
      event("something.else", { ...object, topic: "x" }),
    ];
    expect(new Set(texts.map((text) => webhookIdentity(read(text)))).size).toBe(texts.length);
  });
});
