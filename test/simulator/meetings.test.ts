import { describe, expect, test } from "@jest/globals";
import { expectViolation } from "../support/simulator.ts";
import type { Json } from "./support.ts";
import { useSimulator } from "./support.ts";

const START = Date.parse("2026-11-23T10:00:00Z");
const { call, sim, meeting, advance, join } = useSimulator({ clock: { startAtMs: START } });
const HOUR_MS = 3_600_000;

const create = (wish: unknown, host = "host1@example.com") => call("POST", `/users/${host}/meetings`, wish);
const minutesFrom = (time: string) => Math.round((Date.parse(time) - START) / 60_000);

describe("creating a meeting", () => {
  test("an empty wish makes a scheduled meeting of an hour that starts now", async () => {
    const { status, body } = await create({});
    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: 2,
      duration: 60,
      status: "waiting",
      host_email: "host1@example.com",
      timezone: "UTC",
    });
    expect(String(body.id)).toMatch(/^\d{11}$/);
    expect(body.uuid).toMatch(/==$/);
    expect(minutesFrom(body.start_time)).toBe(0);
    expect(body.password).toMatch(/^\w{10}$/);
    expect(body.join_url).toContain(`/j/${body.id}?pwd=`);
    expect(body.start_url).toContain("zak=sim-secret-zak-");
  });

  test("date-times are answered in UTC and whole seconds, whatever was sent", async () => {
    const utc = await meeting({ start_time: "2026-11-24T08:00:00Z" });
    expect(utc.start_time).toBe("2026-11-24T08:00:00Z");
    const local = await meeting({ start_time: "2026-11-24T08:00:00", timezone: "America/New_York" });
    expect(local).toMatchObject({ start_time: "2026-11-24T13:00:00Z", timezone: "America/New_York" });
    const fraction = await meeting({ start_time: "2026-11-24T08:00:00.250Z" });
    expect(fraction.start_time).toBe("2026-11-24T08:00:00Z");
  });

  test("a start in the past becomes now", async () => {
    const { start_time } = await meeting({ start_time: "2020-01-01T00:00:00Z" });
    expect(minutesFrom(start_time)).toBe(0);
  });

  test("an instant meeting has no start time", async () => {
    expect(await meeting({ type: 1 })).not.toHaveProperty("start_time");
  });

  test("a waiting room silently switches join_before_host off", async () => {
    const { settings } = await meeting({ settings: { waiting_room: true, join_before_host: true } });
    expect(settings).toMatchObject({ waiting_room: true, join_before_host: false });
  });

  test("locked settings win silently", async () => {
    await sim("POST", "/settings", { lockedSettings: { waiting_room: true, auto_recording: "local" } });
    const { id, settings } = await meeting({
      settings: { waiting_room: false, join_before_host: true, auto_recording: "cloud" },
    });
    expect(settings).toMatchObject({ waiting_room: true, join_before_host: false, auto_recording: "local" });
    expect((await call("PATCH", `/meetings/${id}`, { settings: { waiting_room: false } })).status).toBe(204);
    expect((await call("GET", `/meetings/${id}`)).body.settings.waiting_room).toBe(true);
  });

  test("a given passcode is kept, and default_password false goes without", async () => {
    expect((await meeting({ password: "abc123" })).password).toBe("abc123");
    expect(await meeting({ default_password: false })).not.toHaveProperty("password");
  });

  test.each<[string, Json, string]>([
    ["topic", { topic: "x".repeat(201) }, "topic"],
    ["agenda", { agenda: "x".repeat(2001) }, "agenda"],
    ["duration", { duration: 0 }, "duration"],
    ["duration", { duration: 1441 }, "duration"],
    ["password", { password: "x".repeat(11) }, "password"],
    ["type", { type: 5 }, "type"],
    ["start_time", { start_time: "tomorrow" }, "start_time"],
    ["timezone", { timezone: "Mars/Olympus" }, "timezone"],
    ["setting", { settings: { waiting_room: "yes" } }, "settings.waiting_room"],
  ])("a wrong %s is named in the refusal", async (_name, wish, field) => {
    expect(await create(wish)).toMatchObject({
      status: 400,
      body: { code: 300, message: "Validation Failed.", errors: [{ field, message: "Invalid field." }] },
    });
  });

  test("what is no JSON object is refused", async () => {
    const refusal = {
      status: 400,
      body: { code: 300, message: "Request Body should be a valid JSON object." },
    };
    expect(await create("{")).toMatchObject(refusal);
    expect(await create([])).toMatchObject(refusal);
  });

  test("unknown fields are ignored", async () => {
    expectViolation(/request .*\(unheard_of\)/);
    expectViolation(/request \/settings .*\(nor_this\)/);
    expect((await create({ unheard_of: 1, settings: { nor_this: 2 } })).status).toBe(201);
  });

  test("alternative hosts are licensed users of the account", async () => {
    const { settings } = await meeting({
      settings: { alternative_hosts: "host2@example.com;host3@example.com" },
    });
    expect(settings.alternative_hosts).toBe("host2@example.com;host3@example.com");
    for (const stranger of ["basic@example.com", "nobody@elsewhere.org"]) {
      expect(await create({ settings: { alternative_hosts: stranger } })).toMatchObject({
        status: 400,
        body: { code: 1114, message: expect.stringContaining(`"${stranger}" as an alternative host`) },
      });
    }
  });

  test("only licensed hosts record to the cloud", async () => {
    const wish = { settings: { auto_recording: "cloud" } };
    expect((await meeting(wish)).settings.auto_recording).toBe("cloud");
    expect((await meeting(wish, "basic@example.com")).settings.auto_recording).toBe("none");
  });

  test("a user without a meetings licence hosts nothing, and an unknown one does not exist", async () => {
    await sim("POST", "/settings", { users: [{ email: "guest@example.com", type: 99 }] });
    expect(await create({}, "guest@example.com")).toMatchObject({ status: 400, body: { code: 3161 } });
    expect(await create({}, "nobody@example.com")).toMatchObject({
      status: 404,
      body: { code: 1001, message: "User does not exist: nobody@example.com." },
    });
  });

  test("schedule_for is for oneself only, and never for instant meetings", async () => {
    expect((await create({ schedule_for: "host1@example.com" })).status).toBe(201);
    expect((await create({ schedule_for: "host2@example.com" })).body).toEqual({
      code: 3000,
      message: "You cannot schedule a meeting for host2@example.com",
    });
    expect((await create({ schedule_for: "host2@example.com", type: 1 })).body.code).toBe(3000);
    expect((await create({ schedule_for: "nobody@example.com" })).body.code).toBe(300);
  });

  test("every second uuid needs double encoding in a path", async () => {
    const uuids = await Promise.all([1, 2, 3, 4].map(async () => (await meeting()).uuid as string));
    expect(uuids.filter((uuid) => uuid.startsWith("/") || uuid.includes("//"))).toHaveLength(2);
  });
});

describe("a recurring meeting", () => {
  test("keeps its wall clock over the change to summer time", async () => {
    const { occurrences } = await meeting({
      type: 8,
      start_time: "2027-03-26T09:00:00",
      timezone: "Europe/Berlin",
      recurrence: { type: 1, repeat_interval: 2, end_times: 3 },
    });
    expect(occurrences.map((occurrence: Json) => occurrence.start_time)).toEqual([
      "2027-03-26T08:00:00Z",
      "2027-03-28T07:00:00Z",
      "2027-03-30T07:00:00Z",
    ]);
  });

  test.each<[string, Json, string[]]>([
    ["weekly", { type: 2, weekly_days: "2,4", end_times: 3 }, ["2026-12-02", "2026-12-07", "2026-12-09"]],
    ["monthly by day", { type: 3, monthly_day: 15, end_times: 2 }, ["2026-12-15", "2027-01-15"]],
    [
      "monthly by weekday",
      { type: 3, monthly_week: -1, monthly_week_day: 6, end_times: 2 },
      ["2026-12-25", "2027-01-29"],
    ],
    [
      "until a date",
      { type: 1, end_date_time: "2026-12-03T23:00:00Z" },
      ["2026-12-01", "2026-12-02", "2026-12-03"],
    ],
  ])("%s falls on the right days", async (_name, recurrence, days) => {
    const { occurrences } = await meeting({ type: 8, start_time: "2026-12-01T09:00:00Z", recurrence });
    expect(occurrences.map((occurrence: Json) => occurrence.start_time.slice(0, 10))).toEqual(days);
  });

  test("one occurrence can be moved or dropped", async () => {
    const { id, occurrences } = await meeting({
      type: 8,
      start_time: "2026-12-01T09:00:00Z",
      recurrence: { type: 1, end_times: 3 },
    });
    const [first, second] = occurrences.map((occurrence: Json) => occurrence.occurrence_id);
    await call("PATCH", `/meetings/${id}?occurrence_id=${first}`, {
      start_time: "2026-12-01T15:00:00Z",
      duration: 30,
    });
    expect((await call("DELETE", `/meetings/${id}?occurrence_id=${second}`)).status).toBe(204);
    const { body } = await call("GET", `/meetings/${id}`);
    expect(body.occurrences).toMatchObject([
      { start_time: "2026-12-01T15:00:00Z", duration: 30, status: "available" },
      { status: "deleted" },
      { status: "available" },
    ]);
    expect((await call("DELETE", `/meetings/${id}?occurrence_id=none`)).body.code).toBe(300);
  });

  test("of one date only the agenda, the times and a few settings change, and nothing of the others", async () => {
    const { id, occurrences } = await meeting({
      type: 8,
      topic: "Series",
      agenda: "all",
      start_time: "2026-12-01T09:00:00Z",
      recurrence: { type: 1, end_times: 2 },
    });
    const [first, second] = occurrences.map((occurrence: Json) => occurrence.occurrence_id);
    const path = `/meetings/${id}?occurrence_id=${first}`;
    const wish = { topic: "One", agenda: "one", settings: { waiting_room: true, focus_mode: true } };
    expect((await call("PATCH", path, wish)).status).toBe(204);
    expect((await call("GET", path)).body).toMatchObject({
      topic: "Series",
      agenda: "one",
      start_time: "2026-12-01T09:00:00Z",
      settings: { waiting_room: true, focus_mode: false },
    });
    for (const other of [`/meetings/${id}`, `/meetings/${id}?occurrence_id=${second}`])
      expect((await call("GET", other)).body).toMatchObject({
        agenda: "all",
        settings: { waiting_room: false },
      });
    expect((await call("GET", `/meetings/${id}?occurrence_id=none`)).body.code).toBe(300);
  });

  test("dates that are over are told only when asked for", async () => {
    const { id } = await meeting({
      type: 8,
      start_time: "2026-11-23T10:01:00Z",
      duration: 10,
      recurrence: { type: 1, end_times: 3 },
    });
    await advance(HOUR_MS / 2);
    const days = async (query = "") =>
      (await call("GET", `/meetings/${id}${query}`)).body.occurrences.map((each: Json) =>
        each.start_time.slice(0, 10),
      );
    expect(await days()).toEqual(["2026-11-24", "2026-11-25"]);
    expect(await days("?show_previous_occurrences=true")).toHaveLength(3);
  });

  test.each<[string, Json, string]>([
    ["100 days apart", { type: 1, repeat_interval: 100 }, "repeat_interval"],
    ["51 weeks apart", { type: 2, weekly_days: "1", repeat_interval: 51 }, "repeat_interval"],
    ["11 months apart", { type: 3, monthly_day: 1, repeat_interval: 11 }, "repeat_interval"],
    ["on a day of no week", { type: 2, weekly_days: "8" }, "weekly_days"],
    ["on the 32nd", { type: 3, monthly_day: 32 }, "monthly_day"],
    ["in a week without its day", { type: 3, monthly_week: 1 }, "monthly_week_day"],
    ["61 times", { type: 1, end_times: 61 }, "end_times"],
    ["with two ends", { type: 1, end_times: 2, end_date_time: "2026-12-24T00:00:00Z" }, "end_date_time"],
    ["by nothing known", { type: 4 }, "type"],
  ])("%s is refused by the field's name", async (_name, recurrence, field) => {
    const refused = await create({ type: 8, start_time: "2026-12-01T09:00:00Z", recurrence });
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 300, errors: [{ field: `recurrence.${field}` }] },
    });
  });
});

describe("an account's rules", () => {
  test("may leave meetings without a passcode, and refuse one that does not keep to them", async () => {
    await sim("POST", "/settings", { generatePasscodes: false, passcodeRule: "numeric" });
    const { id, password } = await meeting({});
    expect(password).toBeUndefined();
    expect(await create({ password: "abc" })).toMatchObject({
      status: 400,
      body: { code: 300, errors: [{ field: "password" }] },
    });
    expect((await call("PATCH", `/meetings/${id}`, { password: "abc" })).status).toBe(400);
    expect((await call("PATCH", `/meetings/${id}`, { password: "123456" })).status).toBe(204);
    expect((await call("GET", `/meetings/${id}`)).body.password).toBe("123456");
    await sim("POST", "/settings", { passcodeRule: "mixed" });
    expect((await create({ password: "123456" })).status).toBe(400);
    expect((await create({ password: "abcDEF12" })).status).toBe(201);
  });

  test("may refuse an alternative host who is licensed", async () => {
    await sim("POST", "/settings", { refusedAlternativeHosts: ["host2@example.com"] });
    expect(
      await create({ settings: { alternative_hosts: "host3@example.com;host2@example.com" } }),
    ).toMatchObject({
      status: 400,
      body: { code: 1114, message: expect.stringContaining("host2@example.com") },
    });
  });
});

describe("breakout rooms", () => {
  test("are kept as they are wished", async () => {
    const breakout_room = { enable: true, rooms: [{ name: "A", participants: ["a@example.com"] }] };
    const { settings } = await meeting({ settings: { breakout_room } });
    expect(settings.breakout_room).toEqual(breakout_room);
  });

  test.each<[string, Json[]]>([
    ["101 rooms", Array.from({ length: 101 }, (_, n) => ({ name: `${n}` }))],
    [
      "1001 people",
      [{ name: "A", participants: Array.from({ length: 1001 }, (_, n) => `${n}@example.com`) }],
    ],
  ])("are refused with %s", async (_name, rooms) => {
    expect(await create({ settings: { breakout_room: { enable: true, rooms } } })).toMatchObject({
      status: 400,
      body: { code: 300, errors: [{ field: "settings.breakout_room.rooms" }] },
    });
  });
});

describe("changing a meeting", () => {
  test("an update answers 204, changes what it names and keeps the rest", async () => {
    const { id } = await meeting({ topic: "before", agenda: "kept", settings: { mute_upon_entry: true } });
    const reply = await call("PATCH", `/meetings/${id}`, { topic: "after", settings: { host_video: true } });
    expect(reply).toMatchObject({ status: 204, body: { text: "" } });
    expect((await call("GET", `/meetings/${id}`)).body).toMatchObject({
      topic: "after",
      agenda: "kept",
      settings: { mute_upon_entry: true, host_video: true },
    });
  });

  test("a start in the past is ignored", async () => {
    const { id } = await meeting({ start_time: "2026-11-24T08:00:00Z" });
    expect((await call("PATCH", `/meetings/${id}`, { start_time: "2020-01-01T00:00:00Z" })).status).toBe(204);
    expect((await call("GET", `/meetings/${id}`)).body.start_time).toBe("2026-11-24T08:00:00Z");
  });

  test("an unknown way of recording silently becomes none", async () => {
    const { id } = await meeting({ settings: { auto_recording: "cloud" } });
    expectViolation(/request \/settings\/auto_recording must be equal to one of/);
    expect((await call("PATCH", `/meetings/${id}`, { settings: { auto_recording: "moon" } })).status).toBe(
      204,
    );
    expect((await call("GET", `/meetings/${id}`)).body.settings.auto_recording).toBe("none");
  });

  test("a deleted meeting does not exist, until it is recovered", async () => {
    const { id } = await meeting();
    expect((await call("DELETE", `/meetings/${id}`)).status).toBe(204);
    const gone = { status: 404, body: { code: 3001, message: `Meeting does not exist: ${id}.` } };
    expect(await call("GET", `/meetings/${id}`)).toMatchObject(gone);
    expect(await call("PATCH", `/meetings/${id}`, {})).toMatchObject(gone);
    expect(await call("DELETE", `/meetings/${id}`)).toMatchObject(gone);
    expect(await call("PUT", `/meetings/${id}/status`, { action: "end" })).toMatchObject(gone);
    expect((await call("PUT", `/meetings/${id}/status`, { action: "recover" })).status).toBe(204);
    expect((await call("GET", `/meetings/${id}`)).status).toBe(200);
  });

  test("a running meeting is not deleted", async () => {
    const { id } = await meeting();
    await join(id, "Ada");
    expect(await call("DELETE", `/meetings/${id}`)).toMatchObject({ status: 400, body: { code: 3002 } });
  });

  test("ending what does not run can be set to be refused", async () => {
    await sim("POST", "/settings", { endIdle: "refused" });
    const { id } = await meeting({});
    expect(await call("PUT", `/meetings/${id}/status`, { action: "end" })).toMatchObject({
      status: 400,
      body: { code: 3000, message: `Meeting ${id} has not started.` },
    });
    await join(id, "Ana");
    expect((await call("PUT", `/meetings/${id}/status`, { action: "end" })).status).toBe(204);
  });

  test("ending answers 204, even when nothing was running", async () => {
    const { id } = await meeting();
    expect((await call("PUT", `/meetings/${id}/status`, { action: "end" })).status).toBe(204);
    await join(id, "Ada");
    expect((await call("GET", `/meetings/${id}`)).body.status).toBe("started");
    expect((await call("PUT", `/meetings/${id}/status`, { action: "end" })).status).toBe(204);
    expect((await call("GET", `/meetings/${id}`)).body.status).toBe("waiting");
  });

  test("an id that is no number is invalid", async () => {
    expect(await call("GET", "/meetings/abc")).toMatchObject({
      status: 400,
      body: { code: 300, message: "Invalid meeting ID." },
    });
  });

  test("the invitation has the link and the passcode", async () => {
    const { id, join_url, password } = await meeting({ topic: "SEV1" });
    const { body } = await call("GET", `/meetings/${id}/invitation`);
    expect(body.invitation).toContain(join_url);
    expect(body.invitation).toContain(password);
  });
});

describe("listing meetings", () => {
  const ids = async (query = "", host = "host1@example.com") =>
    (await call("GET", `/users/${host}/meetings${query}`)).body.meetings.map(({ id }: Json) => id);

  test("lists a host's own, never instant and never deleted ones", async () => {
    const { id } = await meeting();
    await meeting({ type: 1 });
    await meeting({}, "host2@example.com");
    const deleted = await meeting();
    await call("DELETE", `/meetings/${deleted.id}`);
    expect(await ids()).toEqual([id]);
  });

  test("cuts the agenda to 250 characters and shows no settings or start URL", async () => {
    await meeting({ agenda: "a".repeat(300) });
    const { body } = await call("GET", "/users/host1@example.com/meetings");
    expect(body.meetings[0].agenda).toHaveLength(250);
    expect(body.meetings[0]).not.toHaveProperty("settings");
    expect(body.meetings[0]).not.toHaveProperty("start_url");
  });

  test("tells live, upcoming and previous meetings apart", async () => {
    const later = await meeting({ start_time: "2026-11-25T08:00:00Z" });
    const live = await meeting();
    const past = await meeting();
    await advance(HOUR_MS / 2);
    await join(live.id, "Ada");
    expect(await ids("?type=live")).toEqual([live.id]);
    expect(await ids("?type=upcoming")).toEqual([later.id]);
    expect(await ids("?type=upcoming_meetings")).toEqual([later.id, live.id]);
    expect(await ids("?type=previous_meetings")).toEqual([past.id]);
    expect(await ids("?type=scheduled")).toEqual([later.id, live.id, past.id]);
    expect((await call("GET", "/users/host1@example.com/meetings?type=odd")).body.code).toBe(300);
  });

  test("pages hold at most 300", async () => {
    await sim("POST", "/settings", { limits: false });
    for (let n = 0; n < 5; n += 1) await meeting();
    const first = await call("GET", "/users/host1@example.com/meetings?page_size=3");
    expect(first.body).toMatchObject({ page_size: 3, page_count: 2, total_records: 5 });
    const rest = await ids(`?page_size=3&next_page_token=${first.body.next_page_token}`);
    expect(rest).toHaveLength(2);
    expect((await call("GET", "/users/host1@example.com/meetings?page_size=301")).body.code).toBe(300);
  });

  test("a new meeting appears only after the lag that is set", async () => {
    await sim("POST", "/settings", { listLagMs: 5_000 });
    const { id } = await meeting();
    expect(await ids()).toEqual([]);
    expect((await call("GET", `/meetings/${id}`)).status).toBe(200);
    await advance(5_000);
    expect(await ids()).toEqual([id]);
  });
});
