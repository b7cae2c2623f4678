import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startSimulator } from "../support/simulator.ts";
import type { Simulator } from "../../simulator/app.ts";
import type { ResponseNote, ZoomClient } from "../../zoom/client.ts";
import { createZoomClient } from "../../zoom/client.ts";
import type { Http } from "../../zoom/http.ts";
import { createHttp } from "../../zoom/http.ts";
import {
  createMeeting,
  deleteMeeting,
  endMeeting,
  findMeetingByMarker,
  getMeeting,
  listMeetings,
  updateMeeting,
} from "../../zoom/meetings.ts";
import { collect } from "../../zoom/paging.ts";
import { getPastMeeting, listInstances, listPastParticipants } from "../../zoom/pastMeetings.ts";
import { getDownloads, getRecordings } from "../../zoom/recordings.ts";
import { zoomTime } from "../../zoom/time.ts";
import type { TokenSource } from "../../zoom/tokens.ts";
import { serverToServerTokens } from "../../zoom/tokens.ts";
import { getUser, listGroupMembers, listGroups, listUsers } from "../../zoom/users.ts";
import type { WebhookEvent } from "../../zoom/webhookEvents.ts";
import { parseWebhook } from "../../zoom/webhookEvents.ts";
import { webhookIdentity } from "../../zoom/webhookIdentity.ts";
import { urlValidationAnswer, verifyWebhook } from "../../zoom/webhooks.ts";
import { failureOf } from "./support.ts";

const host = "host1@example.com";
const secretToken = "sim-webhook-secret";

let simulator: Simulator;
let http: Http;
let tokens: TokenSource;
let zoom: ZoomClient;
let notes: ResponseNote[];

beforeAll(async () => {
  simulator = await startSimulator();
  http = createHttp();
});
afterAll(async () => {
  http.close();
  await simulator.close();
});
beforeEach(async () => {
  await sim("/reset");
  notes = [];
  tokens = serverToServerTokens({
    oauthUrl: `${simulator.url}/oauth`,
    accountId: "sim-account",
    clientId: "sim-client",
    clientSecret: "sim-secret",
    http,
    retryWaitsMs: [1, 1],
  });
  zoom = createZoomClient({
    apiUrl: `${simulator.url}/v2`,
    tokens,
    http,
    timeoutMs: 1000,
    onResponse: (note) => notes.push(note),
  });
});

const sim = async (path: string, body: unknown = {}): Promise<Record<string, unknown>> => {
  const response = await fetch(`${simulator.url}/_sim${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
};

const bridge = (more: object = {}) =>
  createMeeting(zoom, host, {
    topic: "Checkout is down",
    agenda: "[zr-marker-1]\nWe meet here.",
    start_time: zoomTime(Date.now()),
    duration: 60,
    timezone: "UTC",
    password: "pass-123",
    settings: {
      join_before_host: true,
      jbh_time: 0,
      waiting_room: false,
      auto_recording: "cloud",
      alternative_hosts: ["host2@example.com"],
      meeting_invitees: [{ email: "ana@example.com" }],
    },
    ...more,
  });

describe("against the simulator", () => {
  test("a meeting is made, found by its marker, changed and deleted", async () => {
    const made = await bridge();
    expect(made).toMatchObject({
      topic: "Checkout is down",
      passcode: "pass-123",
      status: "waiting",
      hostEmail: host,
      durationMinutes: 60,
      settings: {
        join_before_host: true,
        waiting_room: false,
        auto_recording: "cloud",
        alternative_hosts: ["host2@example.com"],
      },
    });
    expect(JSON.stringify(made)).not.toMatch(/zak=|start_url|encrypted/);
    expect(await getMeeting(zoom, made.id)).toMatchObject({ id: made.id, uuid: made.uuid });
    expect(await findMeetingByMarker(zoom, host, "[zr-marker-1]")).toMatchObject({
      id: made.id,
      passcode: "pass-123",
    });
    expect(await findMeetingByMarker(zoom, host, "[zr-marker-2]")).toBeUndefined();

    await updateMeeting(zoom, made.id, { topic: "Checkout is slow", settings: { mute_upon_entry: true } });
    expect(await getMeeting(zoom, made.id)).toMatchObject({
      topic: "Checkout is slow",
      settings: { mute_upon_entry: true, join_before_host: true },
    });

    await deleteMeeting(zoom, made.id);
    expect((await failureOf(getMeeting(zoom, made.id))).code).toBe("not_found");
    expect(await findMeetingByMarker(zoom, host, "[zr-marker-1]")).toBeUndefined();
    expect(notes.every(({ durationMs }) => durationMs > 0)).toBe(true);
  });

  /** A call of ten minutes that is over. */
  const livedThrough = async (): Promise<{ id: string; uuid: string }> => {
    await sim("/settings", { recordingDelayMs: 60_000, attendanceDelayMs: 0 });
    const { id } = await bridge();
    await sim(`/meetings/${id}/join`, { name: "Ana", email: host });
    await sim(`/meetings/${id}/join`, { name: "Bo (guest)" });
    expect(await getMeeting(zoom, id)).toMatchObject({ status: "started" });
    expect((await collect(listMeetings(zoom, host, { type: "live" }))).map((each) => each.id)).toEqual([id]);
    await sim("/clock", { advanceMs: 600_000 });
    await endMeeting(zoom, id);
    expect(await getMeeting(zoom, id)).toMatchObject({ status: "waiting" });

    const [session] = await listInstances(zoom, id);
    return { id, uuid: session?.uuid ?? "none" };
  };

  test("a call that was lived through has its attendance", async () => {
    const { id, uuid } = await livedThrough();
    const past = await getPastMeeting(zoom, uuid);
    expect(past).toMatchObject({ id, uuid, participantsCount: 2 });
    expect(past.endMs - past.startMs).toBeGreaterThanOrEqual(600_000);
    expect(await getPastMeeting(zoom, id)).toMatchObject({ uuid });

    const stays = await listPastParticipants(zoom, uuid);
    expect(stays.map(({ name }) => name).toSorted()).toEqual(["Ana", "Bo (guest)"]);
    expect(stays.find(({ name }) => name === "Bo (guest)")?.email).toBeUndefined();
    expect(stays.every(({ joinMs, leaveMs }) => leaveMs - joinMs >= 600_000)).toBe(true);
  });

  test("a call that was recorded has its files, in time", async () => {
    const { id, uuid } = await livedThrough();
    expect(await failureOf(getRecordings(zoom, id))).toMatchObject({ code: "not_ready" });
    await sim("/clock", { advanceMs: 120_000 });
    const recordings = await getRecordings(zoom, id);
    expect(recordings).toMatchObject({ meetingId: id, uuid });
    expect(recordings.files.map(({ fileType }) => fileType)).toContain("MP4");

    const { downloadToken } = await getDownloads(zoom, uuid);
    const file = recordings.files.find(({ fileType }) => fileType === "MP4");
    const download = await fetch(file?.downloadUrl ?? "", {
      headers: { authorization: `Bearer ${downloadToken}` },
    });
    expect((await download.arrayBuffer()).byteLength).toBe(file?.bytes);
  });

  test("users and groups are listed", async () => {
    expect(await getUser(zoom, host)).toMatchObject({ email: host, isLicensed: true });
    expect(await getUser(zoom, "basic@example.com")).toMatchObject({ isLicensed: false });
    const emails = (await collect(listUsers(zoom, { pageSize: 2 }))).map(({ email }) => email);
    expect(emails).toEqual(expect.arrayContaining([host, "host5@example.com", "basic@example.com"]));
    expect(new Set(emails).size).toBe(emails.length);
    const group = (await collect(listGroups(zoom))).find(({ name }) => name === "responders");
    await collect(listGroupMembers(zoom, group?.id ?? ""));
    expect((await failureOf(getUser(zoom, "nobody@example.com"))).code).toBe("not_found");
    expect((await failureOf(collect(listGroupMembers(zoom, "nosuchgroup")))).code).toBe("not_found");
  });

  test("what Zoom refuses has its name", async () => {
    expect((await failureOf(createMeeting(zoom, "nobody@example.com", { topic: "x" }))).code).toBe(
      "not_found",
    );
    expect((await failureOf(getPastMeeting(zoom, "99999999999"))).code).toBe("not_found");
    const invalid = await failureOf(bridge({ duration: 100_000 }));
    expect(invalid).toMatchObject({ code: "invalid_input" });
    expect(invalid.field).toContain("duration");
    await sim("/settings", { users: [{ email: host, type: 99 }] });
    expect((await failureOf(bridge())).code).toBe("host_unavailable");
  });

  test("a missing scope is named", async () => {
    await sim("/settings", { scopes: ["user:read:admin"] });
    const error = await failureOf(bridge());
    expect(error.code).toBe("missing_scope");
    expect(error.scopes).toContain("meeting:write:meeting:admin");
    expect(tokens.scopes()).toEqual(["user:read:admin"]);
  });

  test("the hundredth-and-first request of a day waits for midnight", async () => {
    await sim("/settings", { limits: { enabled: true, hostDailyMax: 1 } });
    await bridge();
    const error = await failureOf(bridge());
    expect(error).toMatchObject({ code: "daily_limit", retryable: true });
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(error.retryAfterMs).toBeLessThanOrEqual(86_400_000);
  });

  test("a per-second limit is short", async () => {
    await sim("/faults", {
      kind: "status",
      path: "/meetings",
      status: 429,
      code: 429,
      message: "slow down",
      times: 1,
    });
    expect(await failureOf(bridge())).toMatchObject({ code: "rate_limited" });
  });

  test("an expired token is renewed without anybody noticing", async () => {
    await bridge();
    await sim("/faults", { kind: "expiredToken", path: "/v2/", times: 1 });
    expect((await bridge()).id).toMatch(/^\d+$/);
    await sim("/clock", { advanceMs: 3_700_000 });
    expect((await bridge()).id).toMatch(/^\d+$/);
  });

  test("a create whose answer is lost is found by its marker", async () => {
    await sim("/faults", {
      kind: "timeoutAfter",
      method: "POST",
      path: "/meetings$",
      times: 1,
      holdMs: 3000,
    });
    expect((await failureOf(bridge())).code).toBe("outcome_unknown");
    expect(await findMeetingByMarker(zoom, host, "[zr-marker-1]")).toMatchObject({
      topic: "Checkout is down",
    });
  });

  test("a create that broke off before it was done is not found", async () => {
    await sim("/faults", { kind: "status", method: "POST", path: "/meetings$", status: 502, times: 1 });
    expect((await failureOf(bridge())).code).toBe("outcome_unknown");
    await sim("/faults", { kind: "reset", method: "POST", path: "/meetings$", times: 1 });
    expect((await failureOf(bridge())).code).toBe("outcome_unknown");
    expect(await findMeetingByMarker(zoom, host, "[zr-marker-1]")).toBeUndefined();
  });

  test("a disabled app is told as such", async () => {
    await sim("/settings", { appDisabled: true });
    const error = await failureOf(bridge());
    expect(error.code).toBe("authentication");
    expect(error.message).toContain("disabled");
  });
});

describe("the simulator's webhooks", () => {
  let receiver: Server;
  let events: WebhookEvent[];
  let refused: string[];
  let advancedMs: number;

  beforeEach(async () => {
    events = [];
    refused = [];
    advancedMs = 0;
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const rawBody = Buffer.concat(chunks);
        const verdict = verifyWebhook({
          rawBody,
          headers: request.headers,
          secretTokens: [secretToken],
          nowMs: Date.now() + advancedMs,
        });
        const event = parseWebhook(rawBody);
        if (!verdict.ok || !event) {
          refused.push(verdict.ok ? "unreadable" : verdict.reason);
          response.writeHead(401).end();
          return;
        }
        events.push(event);
        if (event.event !== "endpoint.url_validation") return void response.writeHead(204).end();
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(urlValidationAnswer(event.plainToken, secretToken)));
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/zoom`;
    expect(await sim("/webhooks", { url })).toMatchObject({ active: true, validated: true });
  });

  const stop = async () => {
    await sim("/webhooks", { url: null });
    receiver.closeAllConnections();
    await new Promise<void>((resolve) => receiver.close(() => resolve()));
  };

  const arrived = async (name: string, count = 1): Promise<WebhookEvent[]> => {
    const untilMs = performance.now() + 5000;
    while (performance.now() < untilMs) {
      const found = events.filter(({ event }) => event === name);
      if (found.length >= count) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`No ${name} came, only ${events.map(({ event }) => event).join(", ")}.`);
  };

  test("are verified and read, from the first join to the recording", async () => {
    try {
      await sim("/settings", { recordingDelayMs: 1000 });
      const { id } = await bridge();
      await sim(`/meetings/${id}/join`, { name: "Ana", email: host, phone_number: "+15550100" });
      await sim(`/meetings/${id}/leave`, { name: "Ana" });
      await sim(`/meetings/${id}/end`);
      const [started] = await arrived("meeting.started");
      expect(started).toMatchObject({ meeting: { id, hostEmail: host } });
      const [joined] = await arrived("meeting.participant_joined");
      expect(joined).toMatchObject({
        meeting: { id },
        participant: { name: "Ana", email: host, byPhone: true },
      });
      const [left] = await arrived("meeting.participant_left");
      expect(left).toMatchObject({ participant: { name: "Ana" } });
      const [ended] = await arrived("meeting.ended");
      expect(ended).toMatchObject({ meeting: { id } });
      advancedMs += 60_000;
      await sim("/clock", { advanceMs: 60_000 });
      const [completed] = await arrived("recording.completed");
      expect(completed).toMatchObject({ recordings: { meetingId: id } });
      await deleteMeeting(zoom, id);
      expect(await arrived("meeting.deleted")).toMatchObject([{ meeting: { id } }]);

      expect(refused).toEqual([]);
      expect(JSON.stringify(events)).not.toMatch(/_ip|15550100|download_token|pass-123/);
      expect(events.filter((event) => event.event === "other" && event.problem !== undefined)).toEqual([]);
    } finally {
      await stop();
    }
  });

  test("that come twice have one identity", async () => {
    try {
      await sim("/faults", { kind: "doubleWebhook", event: "meeting.participant_joined" });
      const { id } = await bridge();
      await sim(`/meetings/${id}/join`, { name: "Ana" });
      const joined = await arrived("meeting.participant_joined", 2);
      expect(new Set(joined.map(webhookIdentity)).size).toBe(1);
    } finally {
      await stop();
    }
  });
});
