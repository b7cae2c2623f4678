import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { phoneNumber } from "../../activities/people/phones.ts";
import { phoneKey } from "../../zoom/invitees.ts";

test.each([
  ["+1 (800) 555-0100", "+18005550100"],
  ["0049 170 1234567", "+491701234567"],
  ["+49.170/1234567 ext. 12", "+491701234567-12"],
  ["+491701234567 x12", "+491701234567-12"],
  ["+491701234567#12", "+491701234567-12"],
])("%s is dialled as %s", (given, dialled) => {
  expect(phoneNumber(given)).toBe(dialled);
});

test.each([["800 555 0100"], ["+0170 1234567"], ["+12"], ["call me"], [""], [undefined]])(
  "%s is no number that can be dialled from everywhere",
  (given) => {
    expect(phoneNumber(given)).toBeUndefined();
  },
);

test("a number is the same however it is written, and Zoom's integer of it has the same key", () => {
  const separator = fc.constantFrom("", " ", "-", ".", "/", "(", ")");
  fc.assert(
    fc.property(
      fc.integer({ min: 10_000_000, max: 999_999_999_999 }),
      fc.array(separator, { minLength: 15, maxLength: 15 }),
      (number, separators) => {
        const written = String(number).replaceAll(
          /\d/g,
          (digit, at: number) => digit + (separators[at] ?? ""),
        );
        const dialled = phoneNumber(`+${written}`);
        expect(dialled).toBe(`+${number}`);
        expect(phoneKey(dialled ?? "")).toBe(phoneKey(String(number)));
        expect(phoneKey(`${dialled}-12`)).toBe(phoneKey(String(number)));
      },
    ),
  );
});
