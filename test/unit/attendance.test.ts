import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Stay } from "../../domain/attendance.ts";
import { attendanceOf } from "../../domain/attendance.ts";

const session = { startMs: 0, endMs: 600_000, expected: [] };

const stay = (more: Partial<Stay>): Stay => ({ name: "Ana", joinMs: 0, leaveMs: 60_000, ...more });

describe("attendance", () => {
  test("has one row for a person who came back", () => {
    const { attendees } = attendanceOf(
      [
        stay({ email: "ana@example.com", userId: "1" }),
        stay({ email: "ANA@example.com", joinMs: 120_000, leaveMs: 180_000 }),
      ],
      session,
    );
    expect(attendees).toEqual([
      expect.objectContaining({ email: "ana@example.com", minutes: 2, joins: 2, seconds_to_join: 0 }),
    ]);
  });

  test("counts time on two devices once", () => {
    const { attendees } = attendanceOf(
      [stay({ email: "a@x.example" }), stay({ email: "a@x.example", joinMs: 30_000, leaveMs: 90_000 })],
      session,
    );
    expect(attendees[0]?.minutes).toBe(1.5);
  });

  test("keeps people apart whom only a shared name joins, when Zoom tells who they are", () => {
    const { attendees } = attendanceOf(
      [stay({ email: "a@x.example" }), stay({ email: "b@x.example" })],
      session,
    );
    expect(attendees).toHaveLength(2);
  });

  test("joins guests by their name, and groups that a later stay connects", () => {
    const guests = [stay({ name: "Bo  Lind" }), stay({ name: "bo lind", joinMs: 90_000, leaveMs: 100_000 })];
    expect(attendanceOf(guests, session).attendees).toHaveLength(1);
    const connected = [
      stay({ userId: "1" }),
      stay({ email: "a@x.example" }),
      stay({ userId: "1", email: "a@x.example" }),
    ];
    expect(attendanceOf(connected, session).attendees).toHaveLength(1);
  });

  test("takes a guest for the only person of that name, as from a second device", () => {
    const devices = [stay({ email: "a@x.example", userId: "1" }), stay({ joinMs: 90_000, leaveMs: 120_000 })];
    expect(attendanceOf(devices, session).attendees).toMatchObject([{ email: "a@x.example", joins: 2 }]);
    const namesakes = [...devices, stay({ email: "other@x.example" })];
    expect(new Set(attendanceOf(namesakes, session).attendees.map(({ email }) => email))).toEqual(
      new Set(["a@x.example", "other@x.example", null]),
    );
  });

  test("tells who registered with a personal link, whatever they call themselves", () => {
    const { attendees, missing } = attendanceOf([stay({ name: "iPhone", registrantId: "r1" })], {
      ...session,
      expected: [{ name: "Ana", email: "ana@example.com" }],
      registrants: { r1: "Ana@example.com" },
    });
    expect(attendees).toMatchObject([{ name: "iPhone", email: "ana@example.com", matched: "registrant" }]);
    expect(missing).toEqual([]);
  });

  test("takes nobody for a responder of the same name with another address", () => {
    const scope = { ...session, expected: [{ name: "Ana", email: "ana@example.com" }] };
    const { attendees, missing } = attendanceOf([stay({ email: "ana@elsewhere.example" })], scope);
    expect(attendees[0]?.matched).toBeNull();
    expect(missing).toEqual(["ana@example.com"]);
  });

  test("says when somebody was there, two devices at a time as one span", () => {
    const { attendees } = attendanceOf(
      [
        stay({ email: "a@x.example", joinMs: 0, leaveMs: 10_000 }),
        stay({ email: "a@x.example", joinMs: 5_000, leaveMs: 20_000 }),
        stay({ email: "a@x.example", joinMs: 30_000, leaveMs: 40_000 }),
      ],
      session,
    );
    expect(attendees[0]?.spans).toEqual([
      { from: "1970-01-01T00:00:00.000Z", to: "1970-01-01T00:00:20.000Z" },
      { from: "1970-01-01T00:00:30.000Z", to: "1970-01-01T00:00:40.000Z" },
    ]);
  });

  test("leaves out time in the waiting room", () => {
    expect(
      attendanceOf([stay({ inWaitingRoom: true })], { ...session, expected: [{ name: "Ana" }] }),
    ).toMatchObject({
      attendees: [],
      missing: ["Ana"],
    });
  });

  test("matches responders by email or name, and names who never came", () => {
    const { attendees, missing } = attendanceOf(
      [stay({ email: "ana@example.com" }), stay({ name: "Bo Lind" })],
      {
        ...session,
        expected: [
          { email: "Ana@example.com" },
          { name: "bo lind", email: "bo@example.com" },
          { name: "Cy" },
        ],
      },
    );
    expect(attendees.map(({ matched }) => matched)).toEqual(["email", "name"]);
    expect(missing).toEqual(["Cy"]);
  });

  test("never counts more than the session's span, nor loses a person, whatever the stays", () => {
    const anyStay = fc
      .record({
        name: fc.constantFrom("A", "B", "C"),
        email: fc.option(fc.constantFrom("a@x.example", "b@x.example"), { nil: "" }),
        joinMs: fc.nat(500_000),
        length: fc.nat(100_000),
      })
      .map(({ length, ...rest }) => ({ ...rest, leaveMs: rest.joinMs + length }));
    fc.assert(
      fc.property(fc.array(anyStay, { maxLength: 30 }), (stays) => {
        const { attendees } = attendanceOf(stays, session);
        expect(attendees.every(({ minutes }) => minutes <= 10)).toBe(true);
        expect(attendees.reduce((sum, { joins }) => sum + joins, 0)).toBe(stays.length);
      }),
    );
  });
});
