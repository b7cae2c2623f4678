import type { FailureCode } from "../domain/failures.ts";
import { failures } from "../domain/failures.ts";
import type { ZoomError } from "../zoom/errors.ts";

/** The failures' own advice speaks of steps; here somebody connects an account. */
const whileConnecting: Partial<Record<FailureCode, string>> = {
  authentication:
    "Check the account id, the client id and the client secret, and that the app is activated in Zoom's Marketplace.",
  missing_scope: "Add one of the named scopes to the app in Zoom's Marketplace, then try again.",
  unexpected_answer: "Try again; if it fails again, report this message.",
};

/** What to do about Zoom's no, for whoever is at hand when no run is waiting. */
export const adviceOn = ({ code, retryable, advice }: ZoomError): string => {
  if (retryable) return "Try again in a minute. See status.zoom.us if it lasts.";
  return advice ?? whileConnecting[code] ?? failures[code].advice;
};

export const sentence = (text: string): string => {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
};

export const explained = (error: ZoomError): string => `${sentence(error.message)} ${adviceOn(error)}`;
