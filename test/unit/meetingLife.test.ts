import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { MeetingEvent, MeetingLife } from "../../domain/meetingLife.ts";
import type { Person } from "../../domain/incident.ts";
import { currentSession, isBehind, lifeAfter, newLife } from "../../domain/meetingLife.ts";
import { lifeChange, milestonesBetween } from "../../domain/milestones.ts";

const person = (key: string, email?: string) => ({ key, name: key, ...(email !== undefined && { email }) });

const after = (events: MeetingEvent[], expected: Person[] = []): MeetingLife =>
  events.reduce((life, event) => lifeAfter(life, event, expected), newLife());

const session: MeetingEvent[] = [
  { type: "started", uuid: "u", atMs: 1000 },
  { type: "joined", uuid: "u", atMs: 1100, person: person("a", "ana@example.com") },
  { type: "joined", uuid: "u", atMs: 1200, person: person("b") },
  { type: "left", uuid: "u", atMs: 1300, person: person("b") },
];

const ended: MeetingEvent = { type: "ended", uuid: "u", atMs: 2000 };

/** Events in any order, some of them twice. */
const shuffled = (events: MeetingEvent[]) =>
  fc
    .shuffledSubarray([...events, ...events], { minLength: events.length, maxLength: events.length * 2 })
    .filter((picked) => events.every((event) => picked.includes(event)));

describe("a meeting's life", () => {
  test("is the same in whatever order and however often its events come", () => {
    const inOrder = after([...session, ended]);
    fc.assert(
      fc.property(shuffled([...session, ended]), (events) => {
        const life = after(events);
        expect(life).toEqual(inOrder);
      }),
    );
  });

  test("does not change when an event comes again", () => {
    const life = after([...session, ended]);
    for (const event of [...session, ended]) expect(lifeAfter(life, event, [])).toEqual(life);
  });

  test("has a session for each time people met, and is live again when they come back", () => {
    const again = after([...session, ended, { type: "started", uuid: "v", atMs: 9000 }]);
    expect(again.state).toBe("live");
    expect(again.sessions.map(({ uuid }) => uuid)).toEqual(["u", "v"]);
    expect(lifeAfter(again, { type: "ended", uuid: "v", atMs: 9900 }, []).state).toBe("ended");
  });

  test("has one session at a time, so that one whose end was lost is over when another begins", () => {
    const life = after([...session, { type: "started", uuid: "v", atMs: 9000 }]);
    expect(currentSession(life)?.uuid).toBe("v");
    expect(isBehind(life)).toBe(true);
    const done = lifeAfter(life, { type: "ended", uuid: "v", atMs: 9900 }, []);
    expect(currentSession(done)).toBeUndefined();
    expect(isBehind(lifeAfter(done, ended, []))).toBe(false);
  });

  test("that was deleted is told with Zoom's own time, however late it is heard of and however often", () => {
    const scope = { meetingId: "85", topic: "The bridge", expected: [] };
    const deletions = [5000, 9000].map((atMs): MeetingEvent => ({ type: "deleted", atMs }));
    const { events } = lifeChange(newLife(), deletions, scope, 60_000);
    expect(events.map(({ kind, at }) => [kind, Date.parse(at)])).toEqual([["meeting.deleted", 5000]]);
  });

  test("that was deleted stays deleted", () => {
    expect(after([{ type: "deleted", atMs: 5 }, ...session]).state).toBe("deleted");
  });
});

describe("milestones", () => {
  const scope = {
    meetingId: "1",
    topic: "Bridge",
    expected: [{ email: "ana@example.com" }, { name: "Bo Lind", email: "bo@example.com" }],
  };

  test("call people by name, and by email where there is no name or two of them share it", () => {
    const firstOf = (...expected: Person[]) => {
      const joined = session.filter(({ type }) => type === "started" || type === "joined");
      const told = milestonesBetween(newLife(), after(joined, expected), { ...scope, expected }, 1200);
      return told.find(({ kind }) => kind === "meeting.first_responder")?.title;
    };
    const ana = { name: "Ana Ruiz", email: "Ana@example.com" };
    const first = "First responder on the call within a second:";
    expect(firstOf(ana)).toBe(`${first} Ana Ruiz`);
    expect(firstOf({ email: ana.email })).toBe(`${first} ana@example.com`);
    expect(firstOf(ana, { name: "ana  ruiz", email: "other@example.com" })).toBe(`${first} ana@example.com`);
  });

  test("are told once each, in whatever order and however often the events come", () => {
    const events: MeetingEvent[] = [
      ...session,
      { type: "joined", uuid: "u", atMs: 1500, person: { key: "c", name: "bo lind" } },
      ended,
    ];
    fc.assert(
      fc.property(shuffled(events), (order) => {
        let life = newLife();
        const told = order.flatMap((event) => {
          const next = lifeAfter(life, event, scope.expected);
          const milestones = milestonesBetween(life, next, scope, event.atMs);
          life = next;
          return milestones;
        });
        const ids = told.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => !/first_responder\/\d+$/.test(id)).toSorted()).toEqual([
          "meeting-1/u/meeting.all_responders",
          "meeting-1/u/meeting.ended",
          "meeting-1/u/meeting.first_responder",
          "meeting-1/u/meeting.started",
        ]);
        const first = told.findLast(({ kind }) => kind === "meeting.first_responder");
        expect(first?.data?.["person"]).toBe("ana@example.com");
        expect(Date.parse(first?.at ?? "")).toBe(1100);
      }),
    );
  });

  const told = (events: MeetingEvent[]) => {
    const before = after(events.slice(0, -1), scope.expected);
    return milestonesBetween(before, after(events, scope.expected), scope, 9000);
  };
  const joined = (atMs: number, email: string): MeetingEvent => ({
    type: "joined",
    uuid: "u",
    atMs,
    person: person(email, email),
    startedAtMs: 1000,
  });

  test("put right who came first, when that is heard of last", () => {
    const late = told([joined(5000, "bo@example.com"), joined(2000, "ana@example.com")]);
    expect(late.map(({ id, title, at, data }) => [id, title, Date.parse(at), data])).toEqual([
      [
        "meeting-1/u/meeting.first_responder/2000",
        "First responder on the call after 1 s: ana@example.com",
        2000,
        { person: "ana@example.com", after: "1 s", seconds_to_join: 1 },
      ],
      ["meeting-1/u/meeting.all_responders", "All 2 responders have been on the call", 5000, undefined],
    ]);
    expect(late[0]?.detail).toBe("Zoom told of it late: this puts right what is said above.");
  });

  test("put right when somebody was there first, whose second join is heard of before the first", () => {
    const late = told([joined(5000, "ana@example.com"), joined(2000, "ana@example.com")]);
    expect(late.map(({ id }) => id)).toEqual(["meeting-1/u/meeting.first_responder/2000"]);
  });

  test("count the time to the first responder from when a bridge was ready, whoever came before", () => {
    const readyAtMs = 1000;
    const bridge = { ...scope, readyAtMs };
    const minuteMs = 60_000;
    const titleOf = (events: MeetingEvent[]) =>
      milestonesBetween(newLife(), after(events, scope.expected), bridge, 9000)
        .filter(({ kind }) => kind === "meeting.first_responder")
        .map(({ title }) => title);
    const at = (uuid: string, atMs: number, email?: string): MeetingEvent => ({
      type: "joined",
      uuid,
      atMs: readyAtMs + atMs,
      person: person(email ?? "a guest", email),
    });
    const ana = "ana@example.com";
    const late = "First responder on the call after 12 min: ana@example.com";
    expect(titleOf([at("u", 12 * minuteMs, ana)])).toEqual([late]);
    expect(titleOf([at("u", minuteMs), at("v", 12 * minuteMs, ana)])).toEqual([late]);
    const again = "First responder on the call after 2 min: ana@example.com";
    expect(
      titleOf([at("u", 12 * minuteMs, ana), at("v", 90 * minuteMs), at("v", 92 * minuteMs, ana)]),
    ).toEqual([late, again]);
  });

  test("tell when a session began, whichever of its events is the first that is heard", () => {
    const end: MeetingEvent = { type: "ended", uuid: "u", atMs: 61_000, startedAtMs: 1000 };
    for (const event of [end, joined(61_000, "ana@example.com")]) {
      const [started, ...others] = told([event]);
      expect([started?.kind, Date.parse(started?.at ?? "")]).toEqual(["meeting.started", 1000]);
      if (event === end) expect(others.map(({ title }) => title)).toEqual(["Bridge ended after 1 min"]);
    }
  });
});
