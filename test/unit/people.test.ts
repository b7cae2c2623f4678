import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Person } from "../../domain/incident.ts";
import { finderIn, isSamePerson, listText } from "../../domain/people.ts";

const person = fc.record(
  {
    name: fc.constantFrom("Ana Ruiz", "ana  ruiz", "Bo Lind", " "),
    email: fc.constantFrom("ana@example.com", "Ana@Example.com", "bo@example.com"),
  },
  { requiredKeys: [] },
);

describe("somebody in a crowd", () => {
  test("is whoever of it is the same person", () => {
    fc.assert(
      fc.property(fc.array(person, { maxLength: 6 }), person, (crowd: Person[], sought: Person) => {
        const found = new Set(finderIn(crowd)(sought));
        expect(found).toEqual(new Set(crowd.filter((each) => isSamePerson(each, sought))));
      }),
    );
  });
});

describe("a list for people", () => {
  test("names the first and counts the others", () => {
    expect(listText(["Ana", "Bo"])).toBe("Ana, Bo");
    expect(listText(["Ana", "Bo", "Cy"], 1)).toBe("Ana and 2 more");
  });
});
