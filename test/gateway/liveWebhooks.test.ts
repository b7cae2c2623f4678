import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Store } from "../../store/index.ts";
import { contactKey, phoneKey, roomKey } from "../../zoom/invitees.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import type { TestGateway } from "./startGateway.ts";
import { aMeeting, anIncident, startGateway, webhook } from "./startGateway.ts";

let gateway: TestGateway;
let store: Store;
let meetingId: string;
let tests = 0;
const uuid = "4444AAAiAAAAAiAiAiiAii==";

beforeAll(async () => {
  store = await openMemoryStore();
  await store.incidents.declare(anIncident());
});
afterAll(() => store.close());
beforeEach(async () => {
  tests += 1;
  meetingId = `8674606${tests + 1000}`;
  gateway = await startGateway({ store, webhookSecretTokens: ["a-webhook-secret"] });
  await store.meetings.save(aMeeting({ meeting_id: meetingId }));
});
afterEach(() => gateway.close());

const sent = (event: string, object: object, eventMs = Date.now()) =>
  webhook(
    {
      event,
      event_ts: eventMs,
      payload: { account_id: "acc", object: { id: Number(meetingId), uuid, ...object } },
    },
    { secretToken: "a-webhook-secret" },
  );

/** What is kept of it. It is nothing that the meeting's workflow acts on, so that it is not signalled. */
const live = async () => {
  expect(gateway.named("signalMeeting")).toEqual([]);
  const row = await store.meetings.get(meetingId);
  return row?.life?.live ?? { recording: [], invitations: {} };
};

describe("The recording's webhooks", () => {
  test.each(["started", "paused", "resumed", "stopped"])(
    "say that it was %s, when Zoom told it",
    async (change) => {
      const file = { recording_start: "2026-11-23T10:05:00Z", recording_end: "" };
      const answer = await gateway.inject(
        sent(`recording.${change}`, { recording_file: file }, 1_795_000_000_123),
      );
      expect(answer.statusCode).toBe(204);
      expect((await live()).recording).toEqual([{ change, uuid, atMs: 1_795_000_000_123 }]);
    },
  );

  test("of two starts within a second, which its recordings are dated by, are two", async () => {
    const file = { recording_start: "2026-11-23T10:05:00Z", recording_end: "" };
    await gateway.inject(sent("recording.started", { recording_file: file }, 1_795_000_000_123));
    await gateway.inject(sent("recording.started", { recording_file: file }, 1_795_000_000_723));
    await gateway.inject(sent("recording.started", { recording_file: file }, 1_795_000_000_723));
    expect((await live()).recording).toHaveLength(2);
  });
});

describe("The webhooks of who is called", () => {
  const contact = { participant: { participant_user_id: "u1", email: "Ana@Example.com" } };
  const phone = { participant: { invitee_name: "Ana", phone_number: 18_005_550_100 } };
  const room = { message_id: "m", participant: { call_type: "sip", device_ip: "192.0.2.17" } };

  test.each([
    ["meeting.invitation_dispatched", contact, "called", contactKey({ email: "ana@example.com" })],
    ["meeting.invitation_accepted", contact, "accepted", contactKey({ email: "ana@example.com" })],
    ["meeting.invitation_rejected", contact, "rejected", contactKey({ email: "ana@example.com" })],
    ["meeting.invitation_timeout", contact, "timeout", contactKey({ email: "ana@example.com" })],
    ["meeting.participant_phone_callout_ringing", phone, "called", phoneKey("+18005550100")],
    ["meeting.participant_phone_callout_accepted", phone, "accepted", phoneKey("+18005550100-12")],
    ["meeting.participant_phone_callout_rejected", phone, "rejected", phoneKey("+18005550100")],
    ["meeting.participant_phone_callout_missed", phone, "missed", phoneKey("+18005550100")],
    ["meeting.participant_phone_callout_failed", phone, "failed", phoneKey("+18005550100")],
    ["meeting.participant_room_system_callout_ringing", room, "called", roomKey("192.0.2.17")],
    ["meeting.participant_room_system_callout_accepted", room, "accepted", roomKey("192.0.2.17")],
    ["meeting.participant_room_system_callout_rejected", room, "rejected", roomKey("192.0.2.17")],
    ["meeting.participant_room_system_callout_missed", room, "missed", roomKey("192.0.2.17")],
    ["meeting.participant_room_system_callout_failed", room, "failed", roomKey("192.0.2.17")],
  ])("%s is their answer, without number and address", async (event, object, answer, invitee) => {
    const atMs = Date.now();
    await gateway.inject(sent(event, object, atMs));
    const { invitations } = await live();
    expect(invitations).toEqual({ [invitee]: { [answer]: atMs } });
    expect(JSON.stringify(invitations)).not.toMatch(/8005550100|192\.0\.2\.17/);
  });

  test("of two people in one moment are two", async () => {
    const atMs = Date.now();
    await gateway.inject(sent("meeting.invitation_accepted", contact, atMs));
    const other = { participant: { participant_user_id: "u2", email: "bo@example.com" } };
    await gateway.inject(sent("meeting.invitation_accepted", other, atMs));
    await gateway.inject(sent("meeting.invitation_accepted", other, atMs));
    expect(Object.keys((await live()).invitations)).toHaveLength(2);
  });
});
