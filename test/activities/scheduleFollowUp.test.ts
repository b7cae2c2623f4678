import { describe, expect, test } from "@jest/globals";
import { ApplicationFailure } from "@temporalio/common";
import { calendarPath } from "../../domain/followUp.ts";
import type { FollowUp, Reminder, Revision } from "../../domain/followUp.ts";
import type { Incident } from "../../domain/incident.ts";
import { lifeAfter, newLife } from "../../domain/meetingLife.ts";
import type { Json } from "../../domain/plan.ts";
import { startActions } from "./world.ts";

const action = "zoom.schedule_follow_up";

/** A Friday, late in the afternoon in Berlin. */
const resolvedAt = "2033-03-04T15:30:00.000Z";
const friday = { topic: "INC-1 - Review", start_offset: "1h" };
const berlin = { time_zone: "Europe/Berlin" };

/** An incident that was resolved, in a world whose clock is the wall's: so the resolution lies ahead. */
const startResolved = async (more: Partial<Incident> = {}) => {
  const world = await startActions();
  const resolve = async (resolved_at: string | null, fields: Partial<Incident> = {}) => {
    const row = await world.store.incidents.get(world.incidentId);
    const status = resolved_at === null ? ("investigating" as const) : ("resolved" as const);
    const updated_at = new Date().toISOString();
    await world.store.incidents.save({ ...row!.incident, ...fields, status, resolved_at, updated_at }, []);
  };
  await resolve(resolvedAt, {
    owner: { name: "Ana", email: "ana@example.com" },
    responders: [
      { name: "Bo", email: "bo@example.com" },
      { name: "Dee", phone: "+1 555 0100" },
    ],
    ...more,
  });
  const schedule = (input: { [field: string]: Json } = {}, request = {}) =>
    world.perform(action, { ...friday, ...input }, { step: "review", ...request });
  const followUp = async (): Promise<FollowUp> => (await world.store.followUps.latest(world.incidentId))[0]!;
  return {
    ...world,
    resolve,
    schedule,
    followUp,
    revise: async (to: string | null) =>
      world.run<Revision>("reviseFollowUp", { meetingId: (await followUp()).meeting_id, resolvedAt: to }),
    remind: async () => {
      const { meeting_id: meetingId, start_time } = await followUp();
      return world.run<Reminder>("remindFollowUp", { meetingId, startsAtMs: Date.parse(start_time) });
    },
    kinds: async () => (await world.timeline()).map(({ kind }) => kind),
  };
};

type World = Awaited<ReturnType<typeof startResolved>>;

type Simulated = {
  id: number;
  agenda: string;
  start_time: string;
  settings: { meeting_invitees?: { email: string }[] };
};

const inZoom = async (world: World): Promise<Simulated[]> =>
  (await world.meetings()) as unknown as Simulated[];

const inviteesOf = ({ settings }: Simulated): string[] =>
  (settings.meeting_invitees ?? []).map(({ email }) => email);

const failureOf = async (work: Promise<unknown>): Promise<ApplicationFailure> => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof ApplicationFailure))
    throw new Error(`it did not fail as it should: ${String(error)}`);
  return error;
};

describe("scheduling a follow-up", () => {
  test("starts so long after the resolution, and gives link, time and a calendar entry's address", async () => {
    await using world = await startResolved();
    const { outputs, effects } = await world.schedule();
    expect(outputs).toMatchObject({
      join_url: expect.stringMatching(/^https:/),
      passcode: expect.stringMatching(/./),
      start_time: "2033-03-04T16:30:00Z",
      moved_to_business_hours: null,
      ics_url: `http://127.0.0.1:8080${calendarPath(await world.followUp())}`,
    });
    const [meeting] = await inZoom(world);
    expect(meeting?.start_time).toBe("2033-03-04T16:30:00Z");
    const made = {
      meetingId: outputs["meeting_id"],
      topic: friday.topic,
      startsAtMs: Date.parse("2033-03-04T16:30:00Z"),
    };
    expect(effects).toEqual({
      meetings: [{ ...made, purpose: "follow_up" }],
      followUps: [{ ...made, resolvedAt, remindBeforeMs: [900_000] }],
    });
    const [event] = await world.timeline();
    expect(event).toMatchObject({
      kind: "meeting.scheduled",
      title: "Follow-up scheduled: INC-1 - Review, 2033-03-04 16:30 (UTC)",
      detail: expect.stringContaining("Without an email, so not invited: Dee."),
    });
  });

  test("counts a crowd without an email rather than name everybody", async () => {
    await using world = await startResolved({
      responders: Array.from({ length: 200 }, (_, n) => ({ name: `Guest ${n}` })),
    });
    await world.schedule();
    const [event] = await world.timeline();
    expect(event?.detail).toMatch(/not invited: Guest 0, .*, Guest 29 and 170 more\. /);
  });

  test("is put off into business hours, and says why", async () => {
    await using world = await startResolved();
    const { outputs } = await world.schedule({ business_hours: berlin });
    expect(outputs["start_time"]).toBe("2033-03-07T08:00:00Z");
    expect(outputs["moved_to_business_hours"]).toBe(
      "45 min from 2033-03-04 17:30 (Europe/Berlin) are not over by 17:00",
    );
    const [event] = await world.timeline();
    expect(event?.title).toBe("Follow-up scheduled: INC-1 - Review, 2033-03-07 09:00 (Europe/Berlin)");
    expect(event?.detail).toContain("Put off into business hours: 45 min from");
  });

  test("invites the owner, responders and whoever was on the calls, each once, and tells of them in the agenda", async () => {
    await using world = await startResolved({ title: "Checkout is down", summary: "502 since 02:58" });
    const bridge = await world.bridge();
    let atMs = 0;
    const came = (name: string, email?: string) => ({
      type: "joined" as const,
      uuid: "u",
      atMs: (atMs += 1),
      person: { key: `${name}${email}`, name, ...(email && { email }) },
    });
    await world.store.meetings.addMovements(bridge, [
      came("Ana R.", "ANA@example.com"),
      came("Eve", "eve@example.com"),
      came("Bo"),
      came("Fay"),
    ]);
    await world.schedule({ invitees: ["gus@example.com", "bo@example.com"] });
    const meeting = (await inZoom(world)).at(-1)!;
    expect(inviteesOf(meeting)).toEqual([
      "ana@example.com",
      "bo@example.com",
      "eve@example.com",
      "gus@example.com",
    ]);
    expect(meeting.agenda).toMatch(/^\[zr-[0-9a-f]{20}\]\nReview of .*: Checkout is down\n/);
    expect(meeting.agenda).toContain("Resolved at 2033-03-04 15:30 (UTC), after");
    expect(meeting.agenda).toContain("502 since 02:58");
    expect(meeting.agenda).toContain("On the calls: Ana R., Eve, Bo, Fay.");
  });

  test("keeps an agenda of any length within what Zoom takes", async () => {
    await using world = await startResolved({
      title: "💥".repeat(150),
      summary: "é".repeat(8000),
      url: "https://incidents.example.com/INC-1",
    });
    await world.schedule();
    const [meeting] = await inZoom(world);
    expect(meeting!.agenda.length).toBeLessThanOrEqual(2000);
    expect(meeting!.agenda).toContain("1. What happened");
  });

  test("a second try finds what the first made, makes none and moves nothing", async () => {
    await using world = await startResolved();
    const first = await world.schedule();
    const again = await world.schedule({}, { attempt: 2 });
    expect(again.outputs).toEqual(first.outputs);
    expect(await inZoom(world)).toHaveLength(1);
    expect(await world.kinds()).toEqual(["meeting.scheduled"]);
  });

  test("when Zoom committed and its answer was lost, the next try adopts the meeting", async () => {
    await using world = await startResolved();
    const lost = { kind: "reset", commit: true, method: "POST", path: "/meetings$", times: 1 };
    await world.control("/faults", lost);
    expect((await failureOf(world.schedule())).type).toBe("outcome_unknown");
    const { outputs } = await world.schedule({}, { attempt: 2 });
    expect((await inZoom(world)).map(({ id }) => String(id))).toEqual([outputs["meeting_id"]]);
  });

  test("by another run of the runbook, it moves the one that is ahead: a step never has two", async () => {
    await using world = await startResolved();
    const first = await world.schedule();
    const { outputs } = await world.schedule({ start_offset: "2d" }, { executionId: "runbook-again-2" });
    expect(outputs["meeting_id"]).toBe(first.outputs["meeting_id"]);
    expect(outputs["start_time"]).toBe("2033-03-06T15:30:00.000Z");
    expect((await inZoom(world)).map(({ start_time }) => start_time)).toEqual(["2033-03-06T15:30:00Z"]);
    expect(await world.kinds()).toEqual(["meeting.scheduled", "meeting.moved"]);
    expect(outputs["ics_url"]).toBe(first.outputs["ics_url"]);
  });

  test("by another step it is another meeting", async () => {
    await using world = await startResolved();
    await world.schedule();
    await world.schedule({}, { step: "other" });
    expect(await inZoom(world)).toHaveLength(2);
  });

  test("is made anew when somebody deleted it in Zoom and the runbook runs again", async () => {
    await using world = await startResolved();
    const { outputs } = await world.schedule();
    await world.perform("zoom.delete_meeting", { meeting_id: outputs["meeting_id"] ?? null });
    const again = await world.schedule({}, { executionId: "runbook-again-2" });
    expect(again.outputs["meeting_id"]).not.toBe(outputs["meeting_id"]);
    expect(await inZoom(world)).toHaveLength(1);
  });

  test("of an incident that is still open it counts from now, and says so", async () => {
    await using world = await startResolved();
    await world.resolve(null);
    const { outputs, effects } = await world.schedule({ start_offset: "2d" });
    const aheadMs = Date.parse(outputs["start_time"] as string) - Date.now();
    expect(aheadMs / 3_600_000).toBeGreaterThan(47.9);
    expect(aheadMs / 3_600_000).toBeLessThan(48.2);
    expect(effects?.followUps?.[0]?.resolvedAt).toBe(null);
    expect((await world.timeline())[0]?.detail).toContain("not resolved yet: 2d from now");
  });

  test("is never in the past, however late the runbook comes to it", async () => {
    await using world = await startResolved();
    await world.resolve("2020-01-01T00:00:00.000Z");
    const { outputs } = await world.schedule();
    expect(Date.parse(outputs["start_time"] as string)).toBeGreaterThan(Date.now());
  });

  test.each([
    ["business_hours.time_zone", { time_zone: "Berlin" }, '"Berlin" is no time zone'],
    ["business_hours.days", { ...berlin, days: [] }, "name at least one working day"],
    ["business_hours.to", { ...berlin, to: "08:00" }, "08:00 is not after 09:00"],
    ["business_hours.to", { ...berlin, to: "09:30" }, "a meeting of 45 min does not fit"],
  ])("names %s when the business hours cannot be kept: %j", async (field, business_hours, message) => {
    await using world = await startResolved();
    const failed = await failureOf(world.schedule({ business_hours }));
    expect([failed.type, failed.nonRetryable]).toEqual(["invalid_input", true]);
    expect(failed.details?.[0]).toMatchObject({ field });
    expect(failed.message).toContain(message);
    expect(await inZoom(world)).toEqual([]);
  });

  test("is made without whom Zoom takes for no alternative host, and says who that is", async () => {
    await using world = await startResolved();
    await world.schedule({ alternative_hosts: ["host2@example.com", "basic@example.com"] });
    const [meeting] = await inZoom(world);
    expect(JSON.stringify(meeting)).toContain("host2@example.com");
    const [scheduled] = await world.timeline();
    expect(scheduled?.detail).toContain("Made without basic@example.com (no Zoom licence");
    expect(scheduled?.detail).not.toContain("host2");
  });

  test("says which settings Zoom kept its own of", async () => {
    await using world = await startResolved();
    await world.control("/settings", { lockedSettings: { waiting_room: true } });
    await world.schedule();
    expect(await world.kinds()).toEqual(["meeting.scheduled", "meeting.settings_differ"]);
  });
});

describe("a follow-up that was scheduled while the call went on", () => {
  /** Of the account: of others Zoom lists no email. */
  const eve = { name: "Eve", email: "host3@example.com" };

  /** A call that two people come to after the follow-up was scheduled; its attendance can be told. */
  const startWhileLive = async () => {
    const world = await startResolved();
    const bridge = await world.bridge();
    await world.schedule();
    for (const person of [eve, { name: "Bo", email: "bo@example.com" }])
      await world.control(`/meetings/${bridge}/join`, person);
    await world.control("/clock", { advanceMs: 120_000 });
    await world.control(`/meetings/${bridge}/end`, {});
    await world.control("/clock", { advanceMs: 600_000 });
    const seen = await world.observe(bridge, newLife());
    await world.store.meetings.changeLife(bridge, (before) => ({
      life: seen.reduce((life, event) => lifeAfter(life, event, []), before),
      events: [],
    }));
    const [session] = (await world.store.meetings.get(bridge))!.life!.sessions;
    const tell = () => world.run<void>("tellAttendance", { meetingId: bridge, uuid: session!.uuid });
    const invited = async () => inviteesOf((await inZoom(world)).at(-1)!);
    return { ...world, tell, invited };
  };

  test("invites whoever turns out to have been there, once, and says so", async () => {
    await using world = await startWhileLive();
    await world.tell();
    await world.tell();
    expect(await world.invited()).toEqual(["ana@example.com", "bo@example.com", "host3@example.com"]);
    const added = (await world.timeline()).filter(({ kind }) => kind === "participants.added");
    expect(added.map(({ title }) => title)).toEqual(["Invited to INC-1 - Review too: host3@example.com"]);
    expect((await world.requests()).filter(([method]) => method === "PATCH")).toHaveLength(1);
  });

  test("says whom to invite by hand when Zoom refuses", async () => {
    await using world = await startWhileLive();
    await world.control("/faults", {
      kind: "status",
      status: 400,
      body: { code: 300, message: "Invalid field." },
      method: "PATCH",
      path: "/meetings/",
      times: 1,
    });
    await world.tell();
    expect(await world.invited()).toEqual(["ana@example.com", "bo@example.com"]);
    expect((await world.timeline()).at(-1)).toMatchObject({
      kind: "note",
      title: "Could not invite to INC-1 - Review: host3@example.com",
      detail: expect.stringContaining("Invite them in Zoom, or send them the link."),
    });
  });
});

describe("a follow-up whose incident changes its mind", () => {
  const later = "2033-03-08T10:00:00.000Z";

  test("moves in Zoom to the time that follows from the other resolution, with whoever came since", async () => {
    await using world = await startResolved();
    await world.schedule();
    await world.resolve(later, { responders: [{ email: "new@example.com" }] });
    const revision = await world.revise(later);
    expect(revision).toMatchObject({
      outcome: "moved",
      made: { startsAtMs: Date.parse("2033-03-08T11:00:00Z"), resolvedAt: later },
    });
    const [meeting] = await inZoom(world);
    expect(meeting?.start_time).toBe("2033-03-08T11:00:00Z");
    expect(inviteesOf(meeting!)).toEqual(["ana@example.com", "bo@example.com", "new@example.com"]);
    expect(meeting?.agenda).toMatch(/^\[zr-[0-9a-f]{20}\]\nReview of[^]*Resolved at 2033-03-08 10:00/);
    expect((await world.timeline()).at(-1)).toMatchObject({
      kind: "meeting.moved",
      title: "Moved: INC-1 - Review, now 2033-03-08 11:00 (UTC)",
      detail: expect.stringContaining("It was at 2033-03-04 16:30 (UTC)."),
    });

    const again = await world.revise(later);
    expect(again.outcome).toBe("kept");
    expect(await world.kinds()).toEqual(["meeting.scheduled", "meeting.moved"]);
    expect((await world.followUp()).calendar_sequence).toBe(1);
  });

  test("stays where it is when the other resolution leads to the same time", async () => {
    await using world = await startResolved();
    await world.schedule({ business_hours: berlin });
    const revision = await world.revise("2033-03-05T09:00:00.000Z");
    expect(revision).toMatchObject({
      outcome: "moved",
      made: { startsAtMs: Date.parse("2033-03-07T08:00:00Z") },
    });
    expect(await world.kinds()).toEqual(["meeting.scheduled"]);
  });

  test("is not said to have moved when Zoom kept the old time", async () => {
    await using world = await startResolved();
    await world.schedule();
    await world.control("/faults", { kind: "status", status: 204, method: "PATCH", times: 1 });
    const failed = await failureOf(world.revise(later));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_ready", false]);
    expect(failed.message).toContain("still starts at 2033-03-04T16:30:00Z");
    expect(await world.kinds()).toEqual(["meeting.scheduled"]);
  });

  test("is withdrawn when it reopens, once, whatever became of the first answer", async () => {
    await using world = await startResolved();
    await world.schedule();
    await world.control("/faults", {
      kind: "reset",
      commit: true,
      method: "DELETE",
      path: "/meetings/",
      times: 1,
    });
    await failureOf(world.revise(null));
    expect(await world.revise(null)).toEqual({ outcome: "withdrawn" });
    expect(await world.revise(null)).toEqual({ outcome: "withdrawn" });
    expect(await inZoom(world)).toEqual([]);
    expect((await world.timeline()).at(-1)).toMatchObject({
      kind: "meeting.cancelled",
      title: "Cancelled, since the incident reopened: INC-1 - Review, 2033-03-04 16:30 (UTC)",
    });
    expect(await world.kinds()).toEqual(["meeting.scheduled", "meeting.cancelled"]);
  });

  test("is scheduled anew when it is resolved again, once, under the same calendar entry", async () => {
    await using world = await startResolved();
    const { outputs } = await world.schedule();
    await world.revise(null);
    const withdrawn = await world.followUp();
    await world.resolve(later);
    const request = { meetingId: withdrawn.meeting_id, resolvedAt: later };
    const first = await world.run<Revision>("reviseFollowUp", request);
    const again = await world.run<Revision>("reviseFollowUp", request);
    expect(again).toEqual(first);
    expect(first).toMatchObject({
      outcome: "anew",
      made: { startsAtMs: Date.parse("2033-03-08T11:00:00Z") },
    });
    const [meeting, ...others] = await inZoom(world);
    expect(others).toEqual([]);
    expect(String(meeting?.id)).not.toBe(outputs["meeting_id"]);
    expect(await world.kinds()).toEqual(["meeting.scheduled", "meeting.cancelled", "meeting.scheduled"]);
    const renewed = await world.followUp();
    expect(renewed).toMatchObject({
      calendar_uid: withdrawn.calendar_uid,
      calendar_token: withdrawn.calendar_token,
      calendar_sequence: 2,
      n: 2,
    });
  });

  test("has one meeting also when its runbook runs with each resolution", async () => {
    await using world = await startResolved();
    await world.schedule();
    const { meeting_id: meetingId } = await world.followUp();
    await world.revise(null);
    await world.resolve(later);
    const { outputs } = await world.schedule({}, { executionId: "runbook-again-2" });
    const revision = await world.run<Revision>("reviseFollowUp", { meetingId, resolvedAt: later });
    expect(revision).toMatchObject({ outcome: "anew", made: { meetingId: outputs["meeting_id"] } });
    expect(await inZoom(world)).toHaveLength(1);
  });

  test("is not said to have been deleted by somebody when we did it, however soon Zoom tells of it", async () => {
    await using world = await startResolved();
    await world.schedule();
    const before = await world.followUp();
    await world.control("/faults", { kind: "status", status: 503, method: "DELETE", times: 1 });
    await failureOf(world.revise(null));
    expect((await world.followUp()).state).toBe("withdrawing");
    expect(await world.store.meetings.get(before.meeting_id)).toMatchObject({ isWithdrawn: true });
    // Resolved again before that came to an end: it is ended first.
    expect(await world.revise(later)).toEqual({ outcome: "withdrawn" });
    // It is followed for as long as Zoom knows it: the look that finds it gone tells nobody.
    const unusedAtMs = Date.parse(later);
    expect(await world.run("watchMeeting", { meetingId: before.meeting_id, unusedAtMs })).toEqual({});
    const gone = await world.store.meetings.get(before.meeting_id);
    expect(gone).toMatchObject({ isWithdrawn: true, life: { state: "deleted" } });
    expect(await world.kinds()).toEqual(["meeting.scheduled", "meeting.cancelled"]);
  });

  test("is left to the people who are in the call already", async () => {
    await using world = await startResolved();
    const { outputs } = await world.schedule();
    await world.control(`/meetings/${outputs["meeting_id"] as string}/join`, { name: "Ana" });
    expect(await world.revise(null)).toEqual({ outcome: "live" });
    expect(await inZoom(world)).toHaveLength(1);
  });

  test("is let go when somebody deleted it in Zoom", async () => {
    await using world = await startResolved();
    const { outputs } = await world.schedule();
    await world.perform("zoom.delete_meeting", { meeting_id: outputs["meeting_id"] ?? null });
    expect(await world.revise(later)).toEqual({ outcome: "gone" });
    expect(await world.remind()).toEqual({ outcome: "gone" });
  });
});

describe("a reminder of a follow-up", () => {
  test("is on the timeline once, with the link", async () => {
    await using world = await startResolved();
    const { outputs } = await world.schedule();
    await world.remind();
    expect(await world.remind()).toEqual({ outcome: "reminded" });
    expect((await world.timeline()).at(-1)).toMatchObject({
      kind: "meeting.reminder",
      title: expect.stringMatching(/^Starts in .*: INC-1 - Review$/),
      links: [{ title: "Join", url: outputs["join_url"] }],
    });
    expect(await world.kinds()).toEqual(["meeting.scheduled", "meeting.reminder"]);
  });

  test("comes even when Zoom does not answer", async () => {
    await using world = await startResolved();
    await world.schedule();
    await world.control("/faults", { kind: "status", status: 400, method: "GET", path: "/meetings/" });
    expect(await world.remind()).toEqual({ outcome: "reminded" });
  });

  test("waits for the new time when somebody moved the meeting in Zoom, and says that it was moved", async () => {
    await using world = await startResolved();
    await world.schedule();
    const { meeting_id: meetingId } = await world.followUp();
    await world.store.followUps.save({ ...(await world.followUp()), start_time: "2033-03-04T12:00:00Z" });
    const startsAtMs = Date.parse("2033-03-04T12:00:00Z");
    expect(await world.run<Reminder>("remindFollowUp", { meetingId, startsAtMs })).toEqual({
      outcome: "moved",
      startsAtMs: Date.parse("2033-03-04T16:30:00Z"),
    });
    expect((await world.timeline()).at(-1)?.title).toBe(
      "Moved in Zoom: INC-1 - Review, now 2033-03-04 16:30 (UTC)",
    );
  });

  test("is none when the meeting is due: then it is only looked whether it is there still", async () => {
    await using world = await startResolved();
    await world.schedule();
    const { meeting_id: meetingId, start_time } = await world.followUp();
    const request = { meetingId, startsAtMs: Date.parse(start_time), isStart: true };
    expect(await world.run<Reminder>("remindFollowUp", request)).toEqual({ outcome: "reminded" });
    expect(await world.kinds()).toEqual(["meeting.scheduled"]);
  });
});
