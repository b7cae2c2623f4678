import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { staysFrom } from "../../domain/attendance.ts";
import type { Movement, Participant } from "../../domain/movements.ts";
import { callView, presenceOf } from "../../domain/movements.ts";

const move = (
  type: Movement["type"],
  atMs: number,
  key: string,
  person: Partial<Participant> = {},
): Movement => ({ type, uuid: "u", atMs, person: { key, name: key, ...person } });

const names = (people: Participant[]) => people.map(({ name }) => name);

describe("who is on a call", () => {
  test("follows from the latest movement of each connection", () => {
    const { present, waiting } = presenceOf([
      move("joined", 1000, "ana"),
      move("joined", 1000, "bo"),
      move("left", 2000, "bo"),
      move("waiting", 2000, "cy"),
    ]);
    expect(names(present)).toEqual(["ana"]);
    expect(names(waiting)).toEqual(["cy"]);
  });

  test("counts a person with two connections once, if Zoom tells who they are", () => {
    const email = "ana@example.com";
    const twice = [move("joined", 1000, "a1", { email }), move("joined", 1000, "a2", { email })];
    expect(callView(twice, []).head_count).toBe(1);
    expect(callView([...twice, move("joined", 1000, "guest")], []).head_count).toBe(2);
  });

  test("has somebody who was let in within the same second", () => {
    const letIn = [move("joined", 1000, "cy"), move("waited", 1000, "cy"), move("waiting", 1000, "cy")];
    expect(names(presenceOf(letIn).present)).toEqual(["cy"]);
  });

  test("names who of the expected is missing and who waits to be let in", () => {
    const view = callView(
      [
        move("joined", 1000, "a", { name: "Ana Ruiz" }),
        move("waiting", 1000, "b", { email: "bo@example.com" }),
      ],
      [{ name: "ana ruiz", email: "ana@example.com" }, { email: "bo@example.com" }, { name: "Cy" }],
    );
    expect(view).toEqual({
      head_count: 1,
      present: ["Ana Ruiz"],
      missing: ["bo@example.com", "Cy"],
      waiting: ["bo@example.com"],
    });
  });

  test("is the same in whatever order and however often movements come", () => {
    const movement = fc
      .record({
        type: fc.constantFrom<Movement["type"]>("waiting", "waited", "joined", "left"),
        at: fc.nat(20),
        key: fc.constantFrom("a", "b", "c"),
      })
      .map(({ type, at, key }) => move(type, at * 1000, key));
    fc.assert(
      fc.property(
        fc
          .array(movement, { maxLength: 20 })
          .chain((all) =>
            fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
          ),
        ([all, shuffled]) => {
          const view = callView(all, []);
          const again = callView(shuffled, []);
          expect({ ...again, present: again.present.toSorted(), waiting: again.waiting.toSorted() }).toEqual({
            ...view,
            present: view.present.toSorted(),
            waiting: view.waiting.toSorted(),
          });
        },
      ),
    );
  });
});

describe("stays", () => {
  test("are told by movements, the waiting room apart, one that nobody ended up to the end of the call", () => {
    const stays = staysFrom(
      [
        move("waiting", 0, "a"),
        move("waited", 10_000, "a"),
        move("joined", 10_000, "a"),
        move("left", 60_000, "a"),
        move("joined", 20_000, "b"),
      ],
      90_000,
    );
    expect(stays).toEqual([
      { name: "a", joinMs: 0, leaveMs: 10_000, inWaitingRoom: true },
      { name: "a", joinMs: 10_000, leaveMs: 60_000, inWaitingRoom: false },
      { name: "b", joinMs: 20_000, leaveMs: 90_000, inWaitingRoom: false },
    ]);
  });
});
