import { describe, expect, test } from "@jest/globals";
import { useReceiver, useSimulator } from "./support.ts";

const simulator = useSimulator();
const receiver = useReceiver();
const { call, sim, meeting, join, advance } = simulator;

const control = (id: number, method: string, params?: object) =>
  call("PATCH", `/live_meetings/${id}/events`, { method, ...(params && { params }) });

/** Live, and its webhooks about calls and the recording sent to the receiver. */
const live = async (events: string[]): Promise<number> => {
  await sim("POST", "/webhooks", { url: receiver.url(), events });
  const { id } = await meeting();
  await join(id, "Host", { email: "host1@example.com" });
  return id;
};

const callOut = (phone_number: string, invitee_name = "Ana") => ({ phone_number, invitee_name });

const people = async (id: number) => {
  const { meetings } = (await sim("GET", "/state")).body;
  return meetings
    .find((each: { id: number }) => each.id === id)
    .sessions[0].participants.map(({ name }: { name: string }) => name);
};

describe("inviting into a live meeting", () => {
  const events = [
    "meeting.invitation_dispatched",
    "meeting.invitation_accepted",
    "meeting.invitation_rejected",
    "meeting.invitation_timeout",
  ];

  test("calls users of the account; who accepts joins", async () => {
    const id = await live(events);
    const contacts = [{ email: "host2@example.com" }, { email: "stranger@else.example" }];
    expect((await control(id, "participant.invite", { contacts })).status).toBe(202);
    await advance(1000);
    await receiver.arrived(2);
    expect(receiver.events()).toEqual(["meeting.invitation_dispatched", "meeting.invitation_accepted"]);
    const { id: told, participant } = receiver.received[1]!.body.payload.object;
    expect([told, participant.email]).toEqual([String(id), "host2@example.com"]);
    expect(await people(id)).toEqual(["Host", "Host2"]);
  });

  test("is answered as the settings say: declined, or not at all", async () => {
    const id = await live(events);
    const contacts = [{ email: "host2@example.com" }];
    await sim("POST", "/settings", { live: { answer: "decline" } });
    await control(id, "participant.invite", { contacts });
    await advance(1000);
    await sim("POST", "/settings", { live: { answer: "none" } });
    await control(id, "participant.invite", { contacts });
    await advance(29_000);
    expect(receiver.events()).not.toContain("meeting.invitation_timeout");
    await advance(2000);
    await receiver.arrived(4);
    expect(receiver.events()).toEqual([
      "meeting.invitation_dispatched",
      "meeting.invitation_rejected",
      "meeting.invitation_dispatched",
      "meeting.invitation_timeout",
    ]);
    expect(await people(id)).toEqual(["Host"]);
  });

  test("finds nobody outside the account, and needs a meeting that is live", async () => {
    const id = await live(events);
    const contacts = [{ email: "stranger@else.example" }];
    expect((await control(id, "participant.invite", { contacts })).body.code).toBe(300);
    const waiting = await meeting();
    const answer = await control(waiting.id, "participant.invite", {
      contacts: [{ email: "host2@example.com" }],
    });
    expect([answer.status, answer.body.code]).toEqual([404, 3001]);
  });
});

describe("calling out", () => {
  test("rings a phone, told as an integer without its extension; who answers is in the call", async () => {
    const id = await live([
      "meeting.participant_phone_callout_ringing",
      "meeting.participant_phone_callout_accepted",
    ]);
    expect((await control(id, "participant.invite.callout", callOut("+18005550100-156"))).status).toBe(202);
    await advance(1000);
    await receiver.arrived(2);
    expect(receiver.events()).toEqual([
      "meeting.participant_phone_callout_ringing",
      "meeting.participant_phone_callout_accepted",
    ]);
    const { object } = receiver.received[1]!.body.payload;
    expect(object).toMatchObject({ id, participant: { invitee_name: "Ana", phone_number: 18_005_550_100 } });
    expect(await people(id)).toEqual(["Host", "Ana"]);
  });

  test("rings though the meeting is not live, and makes it so", async () => {
    const { id } = await meeting();
    expect((await control(id, "participant.invite.callout", callOut("+18005550100"))).status).toBe(202);
    await advance(1000);
    expect((await call("GET", `/meetings/${id}`)).body.status).toBe("started");
  });

  test("is answered by a control before the settings answer", async () => {
    const id = await live(["meeting.participant_room_system_callout_failed"]);
    await control(id, "participant.invite.room_system_callout", {
      call_type: "sip",
      device_ip: "sip:a@b.example",
    });
    const answer = { device_ip: "sip:a@b.example", answer: "fail" };
    expect((await sim("POST", `/meetings/${id}/answer`, answer)).body.state).toBe("failed");
    expect((await sim("POST", `/meetings/${id}/answer`, answer)).status).toBe(404);
    await receiver.arrived(1);
    expect(receiver.received[0]?.body.payload.object).toMatchObject({
      reason_type: 2,
      participant: { call_type: "sip", device_ip: "sip:a@b.example" },
    });
    const { calls } = (await sim("GET", `/meetings/${id}/calls`)).body;
    expect(calls).toMatchObject([{ callee: { kind: "room" }, state: "failed" }]);
  });
});

describe("live controls", () => {
  test("are limited for a meeting and for a phone number, for five seconds", async () => {
    const id = await live([]);
    await sim("POST", "/settings", { live: { perMeeting: 3 } });
    await control(id, "participant.invite.callout", callOut("+18005550100"));
    const sameNumber = await control(id, "participant.invite.callout", callOut("+18005550100"));
    expect(sameNumber.status).toBe(429);
    expect(sameNumber.body.message).toMatch(/this phone number.*after 5 seconds/);
    await control(id, "recording.start");
    const fourth = await control(id, "recording.stop");
    expect([fourth.status, fourth.body.message]).toEqual([429, expect.stringMatching(/for this meeting\./)]);
    await advance(5001);
    expect((await control(id, "recording.stop")).status).toBe(202);
  });

  test("start no recording beside one that is paused, nor for a host without a cloud", async () => {
    const changes = ["recording.started", "recording.paused", "recording.resumed", "recording.stopped"];
    const id = await live(changes);
    for (const method of ["start", "start", "pause", "start", "resume", "stop"])
      expect((await control(id, `recording.${method}`)).status).toBe(202);
    await receiver.arrived(4);
    expect(receiver.events()).toEqual(changes);

    const { id: basic } = await meeting({}, "basic@example.com");
    await join(basic, "Host", { email: "basic@example.com" });
    expect((await control(basic, "recording.start")).status).toBe(202);
    expect((await sim("GET", "/state")).body.meetings[1].sessions[0].recording).toBeUndefined();
  });

  test("remove somebody only where Zoom's support has switched it on", async () => {
    const id = await live(["meeting.participant_left"]);
    const { participant_uuid } = await join(id, "Mal");
    const refused = await control(id, "participant.remove", { participant_uuid });
    expect([refused.status, refused.body.code]).toEqual([400, 300]);
    await sim("POST", "/settings", { live: { removal: true } });
    expect((await control(id, "participant.remove", { participant_uuid })).status).toBe(202);
    await receiver.arrived(1);
    expect(receiver.received[0]?.body.payload.object.participant.user_name).toBe("Mal");
    expect((await control(id, "participant.remove", { participant_uuid })).body.code).toBe(300);
  });

  test("are refused for a method that does not exist", async () => {
    const id = await live([]);
    expect((await control(id, "participant.mute")).body.code).toBe(300);
  });
});
