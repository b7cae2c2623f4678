import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../domain/plan.ts";
import { failureOf, readOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

type World = Awaited<ReturnType<typeof startActions>>;
type Fields = { [field: string]: Json };

const schedule = (world: World, input: Fields, more = {}) =>
  world.perform("zoom.schedule_recurring_meeting", { topic: "Status", ...input }, more);

const dates = ({ outputs }: { outputs: Fields }) =>
  (outputs["occurrences"] as { start_time: string }[]).map(({ start_time }) => start_time);

/** A Sunday, far enough ahead. */
const nextYear = new Date().getUTCFullYear() + 1;
const firstSunday = (): string => {
  const day = new Date(Date.UTC(nextYear, 0, 1));
  day.setUTCDate(1 + ((7 - day.getUTCDay()) % 7));
  return `${day.toISOString().slice(0, 10)}T09:00:00Z`;
};
const daysAfter = (start: string, days: number): string =>
  new Date(Date.parse(start) + days * 24 * 3_600_000).toISOString().replace(".000", "");

describe("scheduling a recurring meeting", () => {
  const start_time = firstSunday();

  test.each<[string, Fields, number[]]>([
    ["daily", { repeat: "daily", repeat_interval: 2, end_times: 3 }, [0, 2, 4]],
    ["weekly", { repeat: "weekly", weekly_days: ["monday", 4], end_times: 4 }, [1, 3, 8, 10]],
    [
      "weekly on one day",
      { repeat: "weekly", weekly_days: "friday", repeat_interval: 2, end_times: 2 },
      [5, 19],
    ],
    ["weekly as Zoom writes it", { repeat: "weekly", weekly_days: "2,5", end_times: 2 }, [1, 4]],
    ["daily until a day", { repeat: "daily", end_date_time: daysAfter(start_time, 2) }, [0, 1, 2]],
  ])("%s falls on the right days", async (_name, input, days) => {
    await using world = await startActions();
    const result = await schedule(world, { start_time, ...input });
    expect(dates(result)).toEqual(days.map((day) => daysAfter(start_time, day)));
    expect(result.outputs).toMatchObject({
      join_url: expect.stringContaining("/j/"),
      passcode: expect.stringMatching(/./),
      occurrence_count: days.length,
      first_at: daysAfter(start_time, days[0]!),
    });
    expect(result.effects?.meetings).toMatchObject([{ purpose: "other" }]);
    expect(result.effects?.statusCalls).toBeUndefined();
  });

  test.each<[string, Fields, string[]]>([
    ["day", { monthly_day: 15 }, [`${nextYear}-01-15`, `${nextYear}-02-15`]],
    ["last weekday", { monthly_week: "last", monthly_week_day: "friday" }, []],
  ])("monthly by %s falls on the right days", async (_name, input, days) => {
    await using world = await startActions();
    const result = await schedule(world, { start_time, repeat: "monthly", end_times: 2, ...input });
    const found = dates(result).map((each) => each.slice(0, 10));
    expect(found).toHaveLength(2);
    if (days.length > 0) expect(found).toEqual(days);
    else
      for (const day of found) {
        expect(new Date(day).getUTCDay()).toBe(5);
        expect(new Date(Date.parse(day) + 7 * 24 * 3_600_000).getUTCMonth()).not.toBe(
          new Date(day).getUTCMonth(),
        );
      }
  });

  test("keeps the wall clock of its time zone", async () => {
    await using world = await startActions();
    const result = await schedule(world, {
      start_time: `${nextYear}-03-20T08:00:00Z`,
      timezone: "Europe/Berlin",
      repeat: "weekly",
      weekly_days: ["saturday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday"],
      end_times: 20,
    });
    expect(result.outputs["occurrence_count"]).toBe(20);
    const { outputs } = await world.perform(
      "zoom.get_meeting",
      { meeting_id: result.outputs["meeting_id"] ?? "" },
      { step: "look" },
    );
    const hours = dates({ outputs }).map((each) =>
      new Date(each).toLocaleTimeString("en-GB", {
        timeZone: "Europe/Berlin",
        hour: "2-digit",
        minute: "2-digit",
      }),
    );
    expect(new Set(hours)).toEqual(new Set(["09:00"]));
    expect(new Set(dates({ outputs }).map((each) => each.slice(11)))).toEqual(
      new Set(["08:00:00Z", "07:00:00Z"]),
    );
  });

  test("takes Zoom's limits to the full", async () => {
    await using world = await startActions();
    const sixty = await schedule(world, { start_time, repeat: "daily", repeat_interval: 1, end_times: 60 });
    expect(sixty.outputs["occurrence_count"]).toBe(60);
    expect(dates(sixty)).toHaveLength(10);
    const wide: Fields[] = [
      { repeat: "daily", repeat_interval: 99 },
      { repeat: "weekly", weekly_days: [1], repeat_interval: 50 },
      { repeat: "monthly", monthly_day: 1, repeat_interval: 10 },
    ];
    for (const [index, input] of wide.entries()) {
      const { outputs } = await schedule(
        world,
        { start_time, end_times: 1, ...input },
        { step: `wide${index}` },
      );
      expect(outputs["occurrence_count"]).toBe(1);
    }
  });

  test("without fixed times has one link and no dates", async () => {
    await using world = await startActions();
    const { outputs } = await schedule(world, { repeat: "without_times" });
    expect(outputs).toMatchObject({ occurrences: [], occurrence_count: 0, first_at: "" });
    const { outputs: read } = await world.perform(
      "zoom.get_meeting",
      { meeting_id: outputs["meeting_id"] ?? "" },
      { step: "look" },
    );
    expect(read["kind"]).toBe("recurring_without_times");
    expect((await world.timeline())[0]?.title).toMatch(/^Scheduled: Status, at no fixed times$/);
  });

  test.each<[string, Fields]>([
    ["repeat", {}],
    ["repeat", { repeat: "daily", every: "30m" }],
    ["repeat", { repeat: "hourly" }],
    ["repeat_interval", { repeat: "daily", repeat_interval: 100 }],
    ["repeat_interval", { repeat: "weekly", weekly_days: [1], repeat_interval: 51 }],
    ["repeat_interval", { repeat: "monthly", monthly_day: 1, repeat_interval: 11 }],
    ["weekly_days", { repeat: "weekly" }],
    ["weekly_days", { repeat: "daily", weekly_days: ["monday"] }],
    ["weekly_days", { repeat: "weekly", weekly_days: ["someday"] }],
    ["monthly_day", { repeat: "monthly" }],
    ["monthly_day", { repeat: "monthly", monthly_day: 32 }],
    ["monthly_day", { repeat: "daily", monthly_day: 3 }],
    ["monthly_day", { repeat: "monthly", monthly_day: 3, monthly_week: "first", monthly_week_day: "monday" }],
    ["monthly_week_day", { repeat: "monthly", monthly_week: "first" }],
    ["end_times", { repeat: "daily", end_times: 61 }],
    ["end_date_time", { repeat: "daily", end_times: 6, end_date_time: `${nextYear}-12-01T00:00:00Z` }],
    ["end_date_time", { repeat: "daily", end_date_time: "2020-01-01T00:00:00Z" }],
    ["start_time", { repeat: "daily", start_time: "2020-01-01T00:00:00Z" }],
    ["start_time", { repeat: "without_times", start_time: `${nextYear}-12-01T00:00:00Z` }],
    ["timezone", { repeat: "daily", timezone: "Mars/Olympus" }],
    ["every", { every: "1m" }],
    ["every", { every: "2d" }],
    ["for_at_most", { every: "1h", for_at_most: "31d" }],
  ])("that cannot be names %s: %j", async (field, input) => {
    await using world = await startActions();
    expect(await readOf(schedule(world, input))).toMatchObject({ code: "invalid_input", field });
    expect(await world.requests()).toEqual([]);
  });

  test("is made once, whoever lost the answer", async () => {
    await using world = await startActions();
    await world.control("/faults", {
      kind: "reset",
      commit: true,
      method: "POST",
      path: "/meetings$",
      times: 1,
    });
    const input = { repeat: "daily", end_times: 2 };
    expect((await failureOf(schedule(world, input))).type).toBe("outcome_unknown");
    const { outputs } = await schedule(world, input, { attempt: 2 });
    expect((await world.meetings()).map(({ id }) => String(id))).toEqual([outputs["meeting_id"]]);
    expect(outputs["occurrence_count"]).toBe(2);
  });
});

describe("scheduling a status call", () => {
  test("makes one meeting, and has its calls reminded of", async () => {
    await using world = await startActions();
    const { outputs, effects } = await schedule(world, { every: "30m", for_at_most: "2h" });
    expect(await world.meetings()).toHaveLength(1);
    const [call] = effects?.statusCalls ?? [];
    expect(call).toMatchObject({
      meetingId: outputs["meeting_id"],
      topic: "Status",
      joinUrl: outputs["join_url"],
      everyMs: 30 * 60_000,
    });
    expect(Math.round((call!.firstAtMs - Date.now()) / 60_000)).toBe(30);
    expect(call!.lastAtMs - call!.firstAtMs).toBe(2 * 3_600_000);
    expect((await world.timeline())[0]?.title).toMatch(
      /^Status call: Status, every 30 min from .* until the incident is resolved$/,
    );
  });

  test("begins when it is told to", async () => {
    await using world = await startActions();
    const start_time = firstSunday();
    const { outputs, effects } = await schedule(world, { every: "2h", start_time });
    expect(outputs["first_at"]).toBe(start_time);
    expect(effects?.statusCalls?.[0]?.firstAtMs).toBe(Date.parse(start_time));
  });
});
