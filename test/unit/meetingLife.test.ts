import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { MeetingEvent, MeetingLife } from "../../domain/meetingLife.ts";
import type { Person } from "../../domain/incident.ts";
import { lifeAfter, newLife } from "../../domain/meetingLife.ts";
import { milestonesBetween } from "../../domain/milestones.ts";

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
    const first = "First responder on the call:";
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
        const ids = order.flatMap((event) => {
          const next = lifeAfter(life, event, scope.expected);
          const told = milestonesBetween(life, next, scope, event.atMs);
          life = next;
          return told.map(({ id }) => id);
        });
        expect(ids.toSorted()).toEqual([
          "meeting-1/u/meeting.all_responders",
          "meeting-1/u/meeting.ended",
          "meeting-1/u/meeting.first_responder",
          "meeting-1/u/meeting.started",
        ]);
      }),
    );
  });
});
