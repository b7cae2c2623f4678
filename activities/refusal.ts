import { ApplicationFailure } from "@temporalio/common";
import type { FailureCode } from "../domain/failures.ts";
import { failure } from "../domain/failures.ts";
import { ZoomError } from "../zoom/errors.ts";

type Explanation = { field?: string; advice?: string };

/** What an action refuses by itself; trying again would not help. */
export const refusal = (code: FailureCode, message: string, more: Explanation = {}): ApplicationFailure =>
  ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: true,
    details: [failure(code, message, more)],
  });

/** The same error of Zoom's, with what is known better here: the input's field, and what to do. */
export const explained = (error: ZoomError, more: Explanation): ZoomError => {
  const { message, code, method, path, status, zoomCode, retryAfterMs, scopes, field, advice } = error;
  const facts = { message, code, method, path, status, zoomCode, retryAfterMs, scopes, field, advice };
  return new ZoomError({ ...facts, trackingId: error.trackingId, mayBeAbsent: error.mayBeAbsent, ...more });
};

/** Zoom's names of fields, and those of our inputs. */
const ourFields: readonly (readonly [zooms: RegExp, ours: string])[] = [
  [/^password\b/, "passcode"],
  [/^duration\b/, "duration_minutes"],
  [/^settings\.alternative_hosts\b.*/, "alternative_hosts"],
  [/^settings\.meeting_invitees\b.*/, "invitees"],
  [/^settings\.breakout_room\.rooms\b.*/, "rooms"],
  [/^settings\.breakout_room\b.*/, "settings.breakout_rooms"],
  [/^recurrence\./, ""],
];

/** Errors name the fields of the step's input rather than Zoom's. */
export const inOurWords = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ZoomError) || error.field === undefined) throw error;
    const field = ourFields.reduce((name, [zooms, ours]) => name.replace(zooms, ours), error.field);
    throw explained(error, { field });
  }
};
