import { randomInt } from "node:crypto";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { EventDraft } from "./action.ts";
import type { Kind } from "./makeOnce.ts";

const letters = "abcdefghjkmnpqrstuvwxyz";
const numerals = "23456789";

const randomText = (alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");

/** One that keeps to any rule on length and kinds of characters, and one for accounts that want digits alone. */
const newPasscodes = (): string[] => [
  `${randomText(letters, 4)}${randomText(letters.toUpperCase(), 2)}${randomText(numerals, 3)}*`,
  randomText(numerals, 10),
];

type WithPasscode = { id: string; passcode: string };

/**
 * What has no passcode is open to anybody who guesses its number, and an account may be set to make none. Comes back
 * without one only if the account's rules refuse ours.
 */
export const withPasscode = async <Thing extends WithPasscode>(
  kind: Kind<Thing>,
  zoom: ZoomClient,
  made: Thing,
): Promise<Thing> => {
  if (made.passcode) return made;
  for (const passcode of newPasscodes()) {
    const isTaken = await kind.setPasscode(zoom, made.id, passcode).then(() => true, refusedInput);
    if (isTaken) return kind.get(zoom, made.id);
  }
  return made;
};

const refusedInput = (error: unknown): false => {
  if (error instanceof ZoomError && error.code === "invalid_input") return false;
  throw error;
};

export const withoutPasscode = ({ noun }: { noun: string }, { id, passcode }: WithPasscode): EventDraft[] =>
  passcode
    ? []
    : [
        {
          kind: "note",
          id: `meeting-${id}/no_passcode`,
          title: `The ${noun} has no passcode: Zoom refused those we made`,
          detail: `Whoever has the link or guesses the number can join. Set one with zoom.update_${noun}.`,
        },
      ];
