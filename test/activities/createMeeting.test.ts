import { describe, expect, test } from "@jest/globals";
import { displayText } from "../../domain/template.ts";
import { failureOf, readOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

const bridge = { topic: "INC-1 - Incident Bridge", settings: { auto_recording: "cloud" } };

describe("creating a meeting", () => {
  test("gives its link, and puts it on the timeline without the host's", async () => {
    await using world = await startActions();
    const { outputs, effects } = await world.perform("zoom.create_meeting", bridge);
    expect(outputs).toMatchObject({
      join_url: expect.stringMatching(/^https:/),
      passcode: expect.stringMatching(/./),
    });
    expect(effects?.bridge?.join_url).toBe(outputs["join_url"]);
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual(["bridge.ready"]);
    expect(JSON.stringify([outputs, events])).not.toMatch(/start_url|zak|sim-secret/);
  });

  test("says what its workflow does by itself: naming the missing of a bridge, ending the call if asked", async () => {
    await using world = await startActions();
    let n = 0;
    const followOf = async (input: object) => {
      const asked = { ...bridge, ...input };
      const { effects } = await world.perform("zoom.create_meeting", asked, { step: `step${n++}` });
      const row = await world.store.meetings.get(effects?.meetings?.[0]?.meetingId ?? "");
      return [row?.meeting.follow, effects?.bridge?.ends_on_resolve ?? false];
    };
    const minuteMs = 60_000;
    const endOnResolve = { afterMs: 15 * minuteMs, atMostMs: 60 * minuteMs };
    expect(await followOf({})).toEqual([{ missingAfterMs: 5 * minuteMs }, false]);
    expect(await followOf({ missing_after: "0s" })).toEqual([{}, false]);
    expect(await followOf({ missing_after: "2m", end_on_resolve: { at_most: "1h" } })).toEqual([
      { missingAfterMs: 2 * minuteMs, endOnResolve },
      true,
    ]);
    expect(await followOf({ missing_after: "0s", end_on_resolve: false })).toEqual([{}, false]);
    expect(await followOf({ purpose: "other" })).toEqual([{}, false]);
    expect(await followOf({ purpose: "other", call_missing: {} })).toEqual([
      { missingAfterMs: 5 * minuteMs, callMissing: { phones: true, contacts: true } },
      false,
    ]);
  });

  test("refuses to call the missing when nobody is named, or by no way", async () => {
    await using world = await startActions();
    const refused = async (input: object) => {
      const { type, message } = await failureOf(
        world.perform("zoom.create_meeting", { ...bridge, ...input }),
      );
      return [type, message];
    };
    expect(await refused({ missing_after: "0s", call_missing: {} })).toEqual([
      "invalid_input",
      "zoom.create_meeting: missing_after names nobody, so call_missing calls nobody: give a time such as 5m.",
    ]);
    expect(await refused({ call_missing: { phones: false, contacts: false } })).toEqual([
      "invalid_input",
      "zoom.create_meeting: call_missing calls nobody: leave it out, or set one of the two.",
    ]);
  });

  test("a second try finds what the first made and makes none", async () => {
    await using world = await startActions();
    const first = await world.perform("zoom.create_meeting", bridge);
    const again = await world.perform("zoom.create_meeting", bridge, { attempt: 2 });
    expect(again.outputs["meeting_id"]).toBe(first.outputs["meeting_id"]);
    expect(await world.meetings()).toHaveLength(1);
    expect(await world.timeline()).toHaveLength(1);
  });

  test("when Zoom committed and its answer was lost, the next try adopts the meeting by its marker", async () => {
    await using world = await startActions();
    await world.control("/faults", {
      kind: "reset",
      commit: true,
      method: "POST",
      path: "/meetings$",
      times: 1,
    });
    const lost = await failureOf(world.perform("zoom.create_meeting", bridge));
    expect([lost.type, lost.nonRetryable]).toEqual(["outcome_unknown", false]);
    expect(await world.meetings()).toHaveLength(1);

    const { outputs } = await world.perform("zoom.create_meeting", bridge, { attempt: 2 });
    const meetings = await world.meetings();
    expect(meetings.map(({ id }) => String(id))).toEqual([outputs["meeting_id"]]);
  });

  test("when the answer was lost and nothing is found, it only looks for as long as the request may be under way", async () => {
    await using world = await startActions();
    await world.control("/faults", {
      kind: "reset",
      commit: false,
      method: "POST",
      path: "/meetings$",
      times: 1,
    });
    await failureOf(world.perform("zoom.create_meeting", bridge));
    const waiting = await failureOf(world.perform("zoom.create_meeting", bridge, { attempt: 2 }));
    expect(waiting.type).toBe("outcome_unknown");
    expect(waiting.nextRetryDelay).toBe(2000);
    expect(await world.meetings()).toHaveLength(0);
  });

  test("when the answer was lost and Zoom lists late what it had made, the second one goes as soon as it is seen", async () => {
    await using world = await startActions();
    await world.control("/settings", { listLagMs: 60_000 });
    await world.control("/faults", { kind: "reset", commit: true, path: "/users/.*/meetings$", times: 1 });
    await failureOf(world.perform("zoom.create_meeting", bridge));
    await world.control("/clock", { advanceMs: 20_000 });
    const { outputs } = await world.perform("zoom.create_meeting", bridge, { attempt: 2 });
    expect(await world.meetings()).toHaveLength(2);

    const meetingId = displayText(outputs["meeting_id"]);
    const look = () => failureOf(world.run("watchMeeting", { meetingId, unusedAtMs: Infinity }));
    await look();
    expect(await world.meetings()).toHaveLength(2);
    await world.control("/clock", { advanceMs: 60_000 });
    await look();
    await look();
    expect((await world.meetings()).map(({ id }) => String(id))).toEqual([meetingId]);
    const notes = (await world.timeline()).filter(({ kind }) => kind === "note");
    expect(notes.map(({ title, detail }) => [title, detail])).toEqual([
      [
        "Removed a second meeting of INC-1 - Incident Bridge",
        "A request to Zoom had no answer, and its list did not show in time what it had made.",
      ],
    ]);
  });

  test("goes to the next host when one cannot host, and says which one hosts", async () => {
    await using world = await startActions();
    await world.control("/settings", {
      users: [
        { email: "host1@example.com", type: 99 },
        { email: "host2@example.com", type: 2 },
      ],
    });
    const { outputs } = await world.perform("zoom.create_meeting", bridge);
    expect(outputs["host"]).toBe("host2@example.com");
  });

  test("names the scope that is missing, and is not tried again", async () => {
    await using world = await startActions();
    await world.control("/settings", { scopes: ["user:read:user:admin"] });
    const failed = await failureOf(world.perform("zoom.create_meeting", bridge));
    expect([failed.type, failed.nonRetryable]).toEqual(["missing_scope", true]);
    expect(failed.details?.[0]).toMatchObject({
      scopes: expect.arrayContaining(["meeting:write:meeting:admin"]),
      advice: expect.stringContaining("Marketplace"),
    });
  });

  test("says which settings Zoom kept its own of", async () => {
    await using world = await startActions();
    await world.control("/settings", { lockedSettings: { waiting_room: true } });
    await world.perform("zoom.create_meeting", bridge);
    const events = await world.timeline();
    expect(events.at(-1)).toMatchObject({
      kind: "meeting.settings_differ",
      title: expect.stringContaining("waiting_room is true, not false"),
    });
  });

  test("asks for no join before host beside a waiting room, since Zoom has but one of them", async () => {
    await using world = await startActions();
    const settings = { waiting_room: true };
    const { outputs } = await world.perform("zoom.create_meeting", { topic: "INC-1", settings });
    expect(outputs["settings"]).toMatchObject({ waiting_room: true, join_before_host: false });
    expect((await world.timeline()).map(({ kind }) => kind)).toEqual(["bridge.ready"]);
  });

  test("names the field of an input that does not fit", async () => {
    await using world = await startActions();
    const failed = await failureOf(world.perform("zoom.create_meeting", { topic: "x".repeat(201) }));
    expect(failed.details?.[0]).toMatchObject({ code: "invalid_input", field: "topic" });
    expect(failed.message).toContain("topic is too long: at most 200 characters");
  });

  test("points at the fallback bridge after the first failed try, once", async () => {
    await using world = await startActions();
    await world.control("/faults", {
      kind: "status",
      status: 503,
      method: "POST",
      path: "/meetings$",
      times: 2,
    });
    const fallback = { join_url: "https://meet.example/static" };
    await failureOf(world.perform("zoom.create_meeting", bridge, { fallback }));
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual(["step.retrying", "bridge.fallback"]);
    expect(events[1]?.links).toEqual([
      { title: "Join the fallback bridge", url: "https://meet.example/static" },
    ]);
  });
});

const minutesFromNow = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

describe("a meeting that cannot be made as asked", () => {
  test.each([
    ["topic", { topic: "x".repeat(201) }],
    ["topic", { topic: "  " }],
    ["agenda", { topic: "A call", agenda: "x".repeat(1971) }],
    ["duration_minutes", { topic: "A call", duration_minutes: 1441 }],
    ["passcode", { topic: "A call", passcode: "with blank" }],
    ["start_time", { topic: "A call", start_time: "tomorrow" }],
    ["settings.waiting_room", { topic: "A call", settings: { waiting_room: "perhaps" } }],
  ])("names the field %s, and asks Zoom nothing", async (field, input) => {
    await using world = await startActions();
    expect(await readOf(world.perform("zoom.create_meeting", input))).toMatchObject({
      code: "invalid_input",
      field,
    });
    expect(await world.requests()).toEqual([]);
  });

  test("because its start has passed is not made to start now", async () => {
    await using world = await startActions();
    const input = { ...bridge, start_time: minutesFromNow(-30) };
    const failed = await readOf(world.perform("zoom.create_meeting", input));
    expect(failed).toMatchObject({
      code: "invalid_input",
      field: "start_time",
      message: expect.stringContaining(input.start_time),
    });
    expect(await world.meetings()).toEqual([]);
  });

  test("a start with an offset counts as a whole", async () => {
    await using world = await startActions();
    const input = { ...bridge, start_time: minutesFromNow(-30), start_offset: "1h" };
    const { outputs } = await world.perform("zoom.create_meeting", input);
    expect(Date.parse(outputs["start_time"] as string)).toBeGreaterThan(Date.now() + 25 * 60_000);
  });

  test("a start that passed while Zoom could not be reached is made all the same", async () => {
    await using world = await startActions();
    const input = { ...bridge, start_time: minutesFromNow(-30) };
    const late = { attempt: 9, askedAtMs: Date.now() - 3_600_000 };
    await world.perform("zoom.create_meeting", input, late);
    expect(await world.meetings()).toHaveLength(1);
  });

  test("because its host is not in the account says whom to name instead", async () => {
    await using world = await startActions();
    const input = { ...bridge, host: "left@example.com" };
    expect(await readOf(world.perform("zoom.create_meeting", input))).toMatchObject({
      code: "not_found",
      field: "host",
      advice: expect.stringMatching(/no user left@example\.com.*in the step's host/),
    });
  });

  test("because its host may not host says so", async () => {
    await using world = await startActions();
    await world.control("/settings", { users: [{ email: "host1@example.com", type: 99 }] });
    const input = { ...bridge, host: "host1@example.com" };
    expect(await readOf(world.perform("zoom.create_meeting", input))).toMatchObject({
      code: "host_unavailable",
      field: "host",
    });
  });

  test("because the account's rules refuse the passcode names the passcode", async () => {
    await using world = await startActions();
    await world.control("/settings", { passcodeRule: "mixed" });
    const input = { ...bridge, passcode: "abc" };
    expect(await readOf(world.perform("zoom.create_meeting", input))).toMatchObject({
      code: "invalid_input",
      field: "passcode",
    });
  });
});

describe("a meeting's passcode", () => {
  test.each(["any", "numeric", "mixed"])(
    "is set where the account makes none and wants it %s",
    async (passcodeRule) => {
      await using world = await startActions();
      await world.control("/settings", { generatePasscodes: false, passcodeRule });
      const { outputs, effects } = await world.perform("zoom.create_meeting", bridge);
      expect(outputs["passcode"]).toMatch(/^[\w@*-]{10}$/);
      expect(outputs["join_url"]).toContain("pwd=");
      expect(effects?.bridge).toMatchObject({ passcode: outputs["passcode"], join_url: outputs["join_url"] });
    },
  );
});

describe("the people of a meeting", () => {
  const people = {
    alternative_hosts: [
      "host2@example.com",
      "basic@example.com",
      "stranger@elsewhere.org",
      { name: "Dee Park" },
      "host3@example.com",
    ],
    invitees: ["ana@example.com", { name: "Cy" }, { name: "Dee Park" }],
  };

  test("are told of one by one; one who cannot be a host fails neither the others nor the meeting", async () => {
    await using world = await startActions();
    const { outputs } = await world.perform("zoom.create_meeting", { ...bridge, ...people });
    expect(outputs["people"]).toEqual([
      { name: "host2@example.com", email: "host2@example.com", as: "alternative_host", outcome: "set" },
      {
        name: "basic@example.com",
        email: "basic@example.com",
        as: "alternative_host",
        outcome: "no_licence",
      },
      {
        name: "stranger@elsewhere.org",
        email: "stranger@elsewhere.org",
        as: "alternative_host",
        outcome: "unknown",
      },
      { name: "Dee Park", email: null, as: "alternative_host", outcome: "no_email" },
      { name: "host3@example.com", email: "host3@example.com", as: "alternative_host", outcome: "set" },
      { name: "ana@example.com", email: "ana@example.com", as: "invitee", outcome: "set" },
      { name: "Cy", email: null, as: "invitee", outcome: "no_email" },
      { name: "Dee Park", email: null, as: "invitee", outcome: "no_email" },
    ]);
    const [meeting] = await world.meetings();
    expect(meeting?.settings["alternative_hosts"]).toBe("host2@example.com;host3@example.com");
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual(["bridge.ready"]);
    expect(events[0]?.detail).toMatch(
      /basic@example.com \(no Zoom licence.*Dee Park \(no email\), Cy \(no email\):/,
    );
  });

  test("are left out altogether rather than the meeting when Zoom refuses those who are licensed too", async () => {
    await using world = await startActions();
    await world.control("/settings", { refusedAlternativeHosts: ["host2@example.com"] });
    const input = { ...bridge, alternative_hosts: ["host2@example.com"] };
    const { outputs } = await world.perform("zoom.create_meeting", input);
    expect(outputs["people"]).toMatchObject([{ outcome: "refused" }]);
    expect(await world.meetings()).toHaveLength(1);
  });

  test("are left out when nobody may be looked up", async () => {
    await using world = await startActions();
    await world.control("/settings", {
      scopes: [
        "meeting:write:meeting:admin",
        "meeting:read:meeting:admin",
        "meeting:read:list_meetings:admin",
      ],
    });
    const input = { ...bridge, alternative_hosts: ["basic@example.com"] };
    const { outputs } = await world.perform("zoom.create_meeting", input);
    expect(outputs["people"]).toMatchObject([{ outcome: "refused" }]);
  });

  test("cost no look when all is well", async () => {
    await using world = await startActions();
    await world.perform("zoom.create_meeting", { ...bridge, alternative_hosts: ["host2@example.com"] });
    expect(await world.requests()).toEqual([["POST", expect.stringMatching(/\/meetings$/)]]);
  });
});

describe("adding participants", () => {
  test("reports person by person, and adds nobody twice", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge({ invitees: ["ana@example.com"] });
    const people = [
      { name: "Ana", email: "ANA@example.com" },
      [{ email: "bo@example.com" }],
      { name: "Cy" },
      null,
    ];
    const input = { meeting_id, people };
    const { outputs } = await world.perform("zoom.add_participants", input, { step: "people" });
    expect(outputs["people"]).toEqual([
      { name: "Ana", email: "ANA@example.com", outcome: "already_there" },
      { name: "bo@example.com", email: "bo@example.com", outcome: "added" },
      { name: "Cy", email: null, outcome: "no_email" },
    ]);
    const again = await world.perform("zoom.add_participants", input, { step: "again" });
    expect(again.outputs["added"]).toBe(0);
    const [meeting] = await world.meetings();
    expect(meeting?.settings["meeting_invitees"]).toEqual([
      { email: "ana@example.com" },
      { email: "bo@example.com" },
    ]);
  });
});

describe("fetching recordings", () => {
  test("is not ready while Zoom processes them, which is no trouble worth a line", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    const failed = await failureOf(
      world.perform("zoom.get_recordings", { meeting_id }, { step: "recordings" }),
    );
    expect([failed.type, failed.nonRetryable, failed.category]).toEqual(["not_ready", false, "BENIGN"]);
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual(["bridge.ready"]);
  });

  test("says that there is none once it has waited long enough", async () => {
    await using world = await startActions();
    const input = { meeting_id: await world.bridge(), wait_at_most: "1ms" };
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { outputs } = await world.perform("zoom.get_recordings", input, { step: "recordings" });
    expect(outputs["status"]).toBe("none");
  });
});

describe("a bridge while its host's other meeting goes on", () => {
  const live = async (world: Awaited<ReturnType<typeof startActions>>): Promise<string> => {
    await world.control("/settings", { enforceHostLimit: true, enforceJoinBeforeHost: true });
    const meetingId = await world.bridge();
    await world.control(`/meetings/${meetingId}/join`, { name: "Ana" });
    return meetingId;
  };
  const another = async (world: Awaited<ReturnType<typeof startActions>>, step: string) => {
    const { outputs } = await world.perform("zoom.create_meeting", { topic: step }, { step });
    return displayText(outputs["meeting_id"]);
  };

  test("is made on another host, so that people get in without either of them", async () => {
    await using world = await startActions();
    const first = await live(world);
    const second = await another(world, "second");
    await world.control(`/meetings/${second}/join`, { name: "Bo" });
    const hosts = await Promise.all([first, second].map((id) => world.store.meetings.get(id)));
    expect(new Set(hosts.map((row) => row?.meeting.host)).size).toBe(2);
  });
});
