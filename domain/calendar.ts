import ICAL from "ical.js";

type CalendarPerson = { name?: string | undefined; email: string };

export type CalendarEntry = {
  /** Stays the same for as long as the meeting lives: what has it replaces what had it before. */
  uid: string;
  /** `REQUEST` invites the attendees, `CANCEL` withdraws, `PUBLISH` shows it to whoever looks, without attendees. */
  method: "REQUEST" | "CANCEL" | "PUBLISH";
  startMs: number;
  durationMinutes: number;
  title: string;
  description: string;
  /** Where one joins. */
  url: string;
  /** Calendars take a `REQUEST` or a `CANCEL` only from somebody. */
  organizer?: CalendarPerson | undefined;
  attendees: readonly CalendarPerson[];
  /** When this was written: what is written later replaces what was written before, whoever wrote it. */
  stampMs: number;
  /** Calendars remind people so long before the start. */
  alarmMinutes?: number | undefined;
};

/** Of a meeting's entry, whoever writes it; one that takes another's place keeps the other's. */
export const calendarUid = (meetingId: string): string => `zoom-meeting-${meetingId}@zoom-runbooks`;

/** Counted from here, seconds fit into the 31 bits that calendars have for an entry's number. */
const firstSecond = Date.UTC(2020, 0) / 1000;

/** Calendars take an entry for the newer one by its number: the second of its writing, so that nobody keeps count. */
const sequenceOf = (stampMs: number): number => Math.max(0, Math.floor(stampMs / 1000) - firstSecond);

/** The space that begins a continued line counts too, and the library leaves it out: RFC 5545, 3.1. */
ICAL.foldLength = 74;

/** Control characters are not allowed, escaped or not; half a surrogate pair has no bytes. */
const plainText = (text: string): string =>
  text
    .replaceAll(/\r\n?|[\u2028\u2029]/g, "\n")
    .replaceAll(/(?![\n\t])\p{Cc}/gu, "")
    .replaceAll(/\p{Surrogate}/gu, "\u{FFFD}");

const oneLine = (text: string): string => plainText(text).replaceAll(/\s+/g, " ").trim();

/** Addresses are not escaped by the format, so nothing in one may begin a new line. */
const address = (text: string): string => plainText(text).replaceAll(/\s/g, "");

/** UTC, whole seconds: every calendar shows it in its owner's time zone. */
const instant = (ms: number, field: string): ICAL.Time => {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw new RangeError(`${field}: ${ms} is no instant a calendar can show`);
  return ICAL.Time.fromJSDate(date, true);
};

const personProperty = (kind: "organizer" | "attendee", { name, email }: CalendarPerson): ICAL.Property => {
  const property = new ICAL.Property(kind);
  property.setValue(`mailto:${address(email)}`);
  if (name) property.setParameter("cn", oneLine(name));
  if (kind === "attendee") {
    property.setParameter("role", "REQ-PARTICIPANT");
    property.setParameter("partstat", "NEEDS-ACTION");
    property.setParameter("rsvp", "TRUE");
  }
  return property;
};

const alarm = (title: string, minutes: number): ICAL.Component => {
  const component = new ICAL.Component("valarm");
  component.updatePropertyWithValue("action", "DISPLAY");
  component.updatePropertyWithValue("trigger", ICAL.Duration.fromSeconds(-60 * minutes));
  component.updatePropertyWithValue("description", oneLine(title));
  return component;
};

const event = (entry: CalendarEntry): ICAL.Component => {
  const { method, title, startMs, organizer, attendees, alarmMinutes } = entry;
  const component = new ICAL.Component("vevent");
  const fields = {
    uid: oneLine(entry.uid),
    sequence: sequenceOf(entry.stampMs),
    dtstamp: instant(entry.stampMs, "stampMs"),
    dtstart: instant(startMs, "startMs"),
    dtend: instant(startMs + entry.durationMinutes * 60_000, "durationMinutes"),
    summary: oneLine(title),
    description: plainText(entry.description),
    location: address(entry.url),
    url: address(entry.url),
    status: method === "CANCEL" ? "CANCELLED" : "CONFIRMED",
  };
  for (const [name, value] of Object.entries(fields)) component.updatePropertyWithValue(name, value);
  if (organizer) component.addProperty(personProperty("organizer", organizer));
  if (method !== "PUBLISH")
    for (const person of attendees) component.addProperty(personProperty("attendee", person));
  if (alarmMinutes !== undefined && method !== "CANCEL")
    component.addSubcomponent(alarm(title, alarmMinutes));
  return component;
};

/**
 * A meeting as an iCalendar file (RFC 5545, with the methods of RFC 5546): lines of at most 75 bytes, CRLF.
 * Throws a RangeError for a time that no calendar has.
 */
export const calendarText = (entry: CalendarEntry): string => {
  const calendar = new ICAL.Component("vcalendar");
  calendar.updatePropertyWithValue("version", "2.0");
  calendar.updatePropertyWithValue("prodid", "-//zoom-runbooks//zoom-runbooks//EN");
  calendar.updatePropertyWithValue("calscale", "GREGORIAN");
  calendar.updatePropertyWithValue("method", entry.method);
  calendar.addSubcomponent(event(entry));
  return `${calendar.toString()}\r\n`;
};
