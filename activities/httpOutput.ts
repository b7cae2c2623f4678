import type { Json } from "../domain/plan.ts";
import { secretForms } from "./secrets.ts";

const longestBody = 10_000;
const longestJson = 64 * 1024;

/** An answer as a step's outputs, which go into histories: bounded, and without the secrets that were sent. */
export const shownBody = (
  text: string,
  secrets: readonly string[],
): { body: string; json: Json; truncated: boolean } => {
  const shown = withoutSecrets(text, secrets);
  const json = shown.length <= longestJson ? jsonIn(shown) : null;
  return { body: shown.slice(0, longestBody), json, truncated: shown.length > longestBody };
};

const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets
    .flatMap(secretForms)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, "[…]"), text);

const jsonIn = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
};
