import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import ICAL from "ical.js";
import type { CalendarEntry } from "../../domain/calendar.ts";
import { calendarText } from "../../domain/calendar.ts";

const entry: CalendarEntry = {
  uid: "85746065432@zoom-runbooks",
  method: "REQUEST",
  startMs: Date.UTC(2030, 2, 4, 14),
  durationMinutes: 45,
  title: "Follow-up: Checkout is down",
  description: "What we learned; what we do next, and by when.\nBring numbers.",
  url: "https://example.zoom.us/j/85746065432?pwd=a,b;c",
  organizer: { name: "Zoom runbooks", email: "host1@example.com" },
  attendees: [{ name: 'Ana "Bug" Lópes', email: "ana@example.com" }, { email: "bo@example.com" }],
  stampMs: Date.UTC(2030, 2, 1, 9, 30),
};

/** Content lines as a reader of the format sees them, without the library that wrote them. */
const linesOf = (text: string): string[] => text.replaceAll("\r\n ", "").split("\r\n");

const eventOf = (text: string): ICAL.Component => {
  const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent");
  if (!event) throw new Error("no event");
  return event;
};

const valueOf = (text: string, name: string) => eventOf(text).getFirstPropertyValue(name);

describe("an entry for calendars", () => {
  test("is an invitation that calendars understand", () => {
    expect(linesOf(calendarText(entry))).toEqual([
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//zoom-runbooks//zoom-runbooks//EN",
      "CALSCALE:GREGORIAN",
      "METHOD:REQUEST",
      "BEGIN:VEVENT",
      "UID:85746065432@zoom-runbooks",
      "SEQUENCE:320751000",
      "DTSTAMP:20300301T093000Z",
      "DTSTART:20300304T140000Z",
      "DTEND:20300304T144500Z",
      "SUMMARY:Follow-up: Checkout is down",
      String.raw`DESCRIPTION:What we learned\; what we do next\, and by when.\nBring numbers.`,
      String.raw`LOCATION:https://example.zoom.us/j/85746065432?pwd=a\,b\;c`,
      "URL:https://example.zoom.us/j/85746065432?pwd=a,b;c",
      "STATUS:CONFIRMED",
      "ORGANIZER;CN=Zoom runbooks:mailto:host1@example.com",
      `ATTENDEE;CN=Ana ^'Bug^' Lópes;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ana@example.com`,
      "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bo@example.com",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ]);
  });

  test("withdraws a meeting under the same name, and rings no alarm for it", () => {
    const lines = linesOf(calendarText({ ...entry, method: "CANCEL", alarmMinutes: 15 }));
    expect(lines).toEqual(
      expect.arrayContaining(["METHOD:CANCEL", "SEQUENCE:320751000", "STATUS:CANCELLED", `UID:${entry.uid}`]),
    );
    expect(lines).not.toContain("BEGIN:VALARM");
  });

  test("names nobody when it is for whoever looks", () => {
    const text = calendarText({ ...entry, method: "PUBLISH" });
    expect(text).toContain("STATUS:CONFIRMED");
    expect(text).not.toContain("ana@example.com");
  });

  test("reminds people before the meeting", () => {
    const lines = linesOf(calendarText({ ...entry, alarmMinutes: 90 }));
    expect(lines).toEqual(
      expect.arrayContaining(["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT1H30M", "END:VALARM"]),
    );
  });

  test("refuses a time that no calendar has, naming the field", () => {
    expect(() => calendarText({ ...entry, startMs: Number.NaN })).toThrow(/startMs: NaN/);
    expect(() => calendarText({ ...entry, durationMinutes: Infinity })).toThrow(/durationMinutes/);
  });
});

const anyText = fc.string({ unit: "binary", maxLength: 300 });

const nastyText = fc.array(
  fc.constantFrom("\r\n", "\n", "\r", "\u2028", "\0", "\u0085", "\uD83D", "💥", "é", " ", ";", ",", ":", '"'),
  { maxLength: 120 },
);

const text = fc.oneof(
  anyText,
  nastyText.map((parts) => parts.join("")),
  nastyText.map((parts) => parts.join("END:VEVENT")),
);

const people = fc.array(fc.record({ name: text, email: text }), { maxLength: 4 });

const entries = fc.record({
  uid: text,
  method: fc.constantFrom("REQUEST" as const, "CANCEL" as const, "PUBLISH" as const),
  startMs: fc.integer({ min: 0, max: Date.UTC(2999, 1, 1) }),
  durationMinutes: fc.integer({ min: 1, max: 1440 }),
  title: text,
  description: text,
  url: text,
  organizer: fc.option(fc.record({ name: text, email: text }), { nil: undefined }),
  attendees: people,
  stampMs: fc.integer({ min: 0, max: Date.UTC(2999, 1, 1) }),
  alarmMinutes: fc.option(fc.nat(10_000), { nil: undefined }),
});

describe("whatever people write into their incidents, an entry", () => {
  test("has lines of at most 75 bytes, ended by CRLF, without control characters", () => {
    fc.assert(
      fc.property(entries, (given) => {
        const written = calendarText(given);
        expect(written.endsWith("\r\n")).toBe(true);
        for (const line of written.split("\r\n")) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
          expect(line).not.toMatch(/(?!\t)\p{Cc}/u);
        }
        expect(Buffer.from(written).toString()).toBe(written);
      }),
    );
  });

  test("has exactly the lines it should have: no text becomes one", () => {
    fc.assert(
      fc.property(entries, (given) => {
        const names = linesOf(calendarText(given)).map((line) => line.split(/[:;]/, 1)[0]);
        const expected = given.method === "PUBLISH" ? 0 : given.attendees.length;
        expect(names.filter((name) => name === "ATTENDEE")).toHaveLength(expected);
        expect(names.filter((name) => name === "END")).toHaveLength(
          given.alarmMinutes === undefined || given.method === "CANCEL" ? 2 : 3,
        );
        expect(new Set(names).size).toBeLessThanOrEqual(22);
      }),
    );
  });

  test("says what it was given when it is read again", () => {
    fc.assert(
      fc.property(entries, fc.lorem({ maxCount: 40 }), (given, words) => {
        const description = `${words}\n\n\t• 1; 2, 3 \\n "4" ^n 💥`;
        const written = calendarText({ ...given, description });
        expect(valueOf(written, "description")).toBe(description);
        const later = calendarText({ ...given, stampMs: Math.max(given.stampMs, Date.UTC(2020, 0)) + 1000 });
        expect(Number(valueOf(later, "sequence"))).toBeGreaterThan(Number(valueOf(written, "sequence")));
        const start = valueOf(written, "dtstart") as ICAL.Time;
        const end = valueOf(written, "dtend") as ICAL.Time;
        expect(start.toUnixTime()).toBe(Math.floor(given.startMs / 1000));
        expect(end.toUnixTime() - start.toUnixTime()).toBe(given.durationMinutes * 60);
      }),
    );
  });
});
