import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { BusinessHours } from "../../domain/businessHours.ts";
import { nextInBusinessHours, weekdays } from "../../domain/businessHours.ts";

const berlin: BusinessHours = {
  time_zone: "Europe/Berlin",
  from: "09:00",
  to: "17:00",
  days: ["mon", "tue", "wed", "thu", "fri"],
  holidays: [],
};

const next = (wish: string, hours: Partial<BusinessHours> = {}, durationMinutes = 45) => {
  const { startMs, reason } = nextInBusinessHours(Date.parse(wish), durationMinutes, { ...berlin, ...hours });
  return { start: new Date(startMs).toISOString(), reason };
};

describe("the next instant in business hours", () => {
  test("is the wished one when the whole meeting fits there", () => {
    expect(next("2030-03-04T15:15:00Z")).toEqual({ start: "2030-03-04T15:15:00.000Z", reason: null });
  });

  test.each([
    [
      "the next morning, when it would not be over in time",
      "2030-03-04T15:20:00Z",
      "2030-03-05T08:00:00.000Z",
    ],
    ["the same morning, when it is too early", "2030-03-05T02:00:00Z", "2030-03-05T08:00:00.000Z"],
    ["Monday, when it is Saturday", "2030-03-02T10:00:00Z", "2030-03-04T08:00:00.000Z"],
    ["Monday, when it is Friday evening", "2030-03-01T20:00:00Z", "2030-03-04T08:00:00.000Z"],
  ])("is %s", (_case, wish, start) => {
    expect(next(wish).start).toBe(start);
  });

  test("leaves out holidays, and says why it was moved", () => {
    expect(next("2030-12-24T17:00:00Z", { holidays: ["2030-12-25", "2030-12-26"] })).toEqual({
      start: "2030-12-27T08:00:00.000Z",
      reason: "45 min from 2030-12-24 18:00 (Europe/Berlin) are not over by 17:00",
    });
    expect(next("2030-12-25T09:00:00Z", { holidays: ["2030-12-25"] }).reason).toBe(
      "2030-12-25 10:00 (Europe/Berlin) is a holiday",
    );
    expect(next("2030-03-02T10:00:00Z").reason).toBe("2030-03-02 11:00 (Europe/Berlin) is a Saturday");
    expect(next("2030-03-05T02:00:00Z").reason).toBe("2030-03-05 03:00 (Europe/Berlin) is before 09:00");
  });

  test("stays at nine o'clock when the clocks change over the weekend", () => {
    expect(next("2030-03-29T20:00:00Z").start).toBe("2030-04-01T07:00:00.000Z");
    expect(next("2030-10-25T20:00:00Z").start).toBe("2030-10-28T08:00:00.000Z");
  });

  test("does not count the hour that is skipped, and counts the one that comes twice", () => {
    const nights = { from: "01:00", to: "04:00", days: weekdays };
    // On 31 March 2030 two o'clock is three o'clock: from one to four are two hours only.
    expect(next("2030-03-30T23:00:00Z", nights, 120).start).toBe("2030-03-31T00:00:00.000Z");
    expect(next("2030-03-30T23:00:00Z", nights, 121).start).toBe("2030-03-31T23:00:00.000Z");
    // On 27 October 2030 it is two o'clock twice: four hours.
    expect(next("2030-10-26T22:00:00Z", nights, 240).start).toBe("2030-10-26T23:00:00.000Z");
  });

  test("is right in zones of half and quarter hours, and where a day was left out", () => {
    expect(next("2030-03-04T20:00:00Z", { time_zone: "Asia/Kolkata" }).start).toBe(
      "2030-03-05T03:30:00.000Z",
    );
    expect(next("2030-03-04T20:00:00Z", { time_zone: "Asia/Kathmandu" }).start).toBe(
      "2030-03-05T03:15:00.000Z",
    );
    // Samoa had no 30 December 2011, a Friday.
    expect(next("2011-12-30T05:00:00Z", { time_zone: "Pacific/Apia" }).start).toBe(
      "2012-01-01T19:00:00.000Z",
    );
  });

  test("may lie over midnight where work goes on day and night", () => {
    const always = { from: "00:00", to: "24:00", days: weekdays };
    expect(next("2030-03-04T22:40:00Z", always)).toEqual({ start: "2030-03-04T22:40:00.000Z", reason: null });
  });

  test.each([
    ["time_zone", { time_zone: "Mars/Olympus" }, 45, /"Mars\/Olympus" is no time zone: use an IANA name/],
    ["from", { from: "9am" }, 45, /"9am" is no time of day: write 09:00/],
    ["to", { to: "25:00" }, 45, /"25:00" is no time of day/],
    ["to", { from: "22:00", to: "06:00" }, 45, /06:00 is not after 22:00/],
    ["days", { days: [] }, 45, /name at least one working day/],
    ["holidays", { holidays: ["2030-02-30"] }, 45, /"2030-02-30" is no date/],
    ["to", {}, 481, /a meeting of 481 min does not fit between 09:00 and 17:00/],
  ])("names the field %s when it is wrong: %j", (field, hours, minutes, message) => {
    const asked = () => next("2030-03-04T09:00:00Z", hours as Partial<BusinessHours>, minutes);
    expect(asked).toThrow(message);
    expect(asked).toThrow(expect.objectContaining({ field }));
  });

  test("is none, which is said, when holidays leave no working day", () => {
    const day = (n: number) => new Date(Date.UTC(2030, 0, 1 + n)).toISOString().slice(0, 10);
    const holidays = Array.from({ length: 800 }, (_, n) => day(n));
    expect(() => next("2030-01-01T09:00:00Z", { holidays })).toThrow(/holidays: no working day is left/);
  });
});

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "America/Havana",
  "America/Santiago",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Asia/Beirut",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Australia/Lord_Howe",
  "Pacific/Chatham",
];

const stepMs = 5 * 60_000;

/** What the clocks of a zone show, asked from Intl: another way than the one that is tested. */
const clockOf = (zone: string) => {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (ms: number) => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return {
      date: `${parts["year"]}-${parts["month"]}-${parts["day"]}`,
      day: parts["weekday"]?.toLowerCase() ?? "",
      time: `${parts["hour"]}:${parts["minute"]}`,
    };
  };
};

const isInside = (hours: BusinessHours) => {
  const clock = clockOf(hours.time_zone);
  const open = (ms: number): boolean => {
    const { date, day, time } = clock(ms);
    const works = (hours.days as readonly string[]).includes(day) && !hours.holidays.includes(date);
    return works && time >= hours.from && time < hours.to;
  };
  return (startMs: number, durationMinutes: number): boolean => {
    for (let ms = startMs; ms < startMs + durationMinutes * 60_000; ms += stepMs) if (!open(ms)) return false;
    return true;
  };
};

const pad = (value: number) => String(value).padStart(2, "0");
const timeOf = (steps: number) => `${pad(Math.floor(steps / 12))}:${pad((steps % 12) * 5)}`;

/** Around the changes of clocks of 2025 in the north and in the south, and anywhere in that year. */
const changes = ["03-09", "03-30", "04-06", "09-07", "10-05", "10-26", "11-02"].map((day) =>
  Date.parse(`2025-${day}`),
);

const wishes = fc
  .oneof(
    fc.record({ day: fc.constantFrom(...changes), steps: fc.integer({ min: -24 * 12, max: 30 * 12 }) }),
    fc.record({ day: fc.constant(Date.UTC(2025, 0, 1)), steps: fc.integer({ min: 0, max: 365 * 288 }) }),
  )
  .map(({ day, steps }) => day + steps * stepMs);

const businessHours = fc
  .record({
    time_zone: fc.constantFrom(...zones),
    from: fc.integer({ min: 0, max: 200 }),
    length: fc.integer({ min: 24, max: 288 }),
    days: fc.subarray([...weekdays], { minLength: 1 }),
    holidays: fc.subarray(["2025-03-10", "2025-03-31", "2025-04-07", "2025-10-27", "2025-11-03"]),
  })
  .map(({ from, length, ...rest }): BusinessHours => ({
    ...rest,
    from: timeOf(from),
    to: timeOf(Math.min(288, from + length)),
  }));

describe("whatever the zone, the hours and the wish, the next instant", () => {
  test("is not before the wish, lies inside with the whole meeting, and none before it does", () => {
    fc.assert(
      fc.property(wishes, businessHours, fc.integer({ min: 1, max: 24 }), (wishMs, hours, steps) => {
        const minutes = steps * 5;
        const inside = isInside(hours);
        const { startMs, reason } = nextInBusinessHours(wishMs, minutes, hours);
        expect(startMs).toBeGreaterThanOrEqual(wishMs);
        expect(inside(startMs, minutes)).toBe(true);
        expect(reason === null).toBe(startMs === wishMs);
        for (let ms = wishMs; ms < startMs; ms += stepMs)
          if (inside(ms, minutes)) throw new Error(`${new Date(ms).toISOString()} would do, and is earlier`);
      }),
      { numRuns: 300 },
    );
  });
});
