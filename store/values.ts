import { StoreError } from "./storeError.ts";

/**
 * A document as JSON text. What PostgreSQL's jsonb cannot hold, U+0000 and lone surrogates, becomes U+FFFD, so that a
 * stray character in somebody's display name never blocks a timeline. `JSON.stringify` writes both as escapes.
 */
export const json = (document: unknown): string => {
  const text = JSON.stringify(document);
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return text.replace(/\\(?:u(?:0000|d[89a-f][0-9a-f]{2})|.)/g, (escape) =>
    escape.length > 2 ? "\uFFFD" : escape,
  );
};

/** PostgreSQL's text cannot hold U+0000. */
export const cleanParameter = (value: unknown): unknown =>
  typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\uFFFD") : value;

export const iso = (instant: Date): string => instant.toISOString();

/** Every list is bounded, whatever is asked for. */
export const bounded = (limit: number, most: number): number =>
  Number.isFinite(limit) ? Math.min(Math.max(Math.trunc(limit), 1), most) : most;

type Cursor = { at: string; id: string };

const isoPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

const toCursor = ({ at, id }: Cursor): string => Buffer.from(JSON.stringify([at, id])).toString("base64url");

export const fromCursor = (text: string): Cursor => {
  const parts = parsed(Buffer.from(text, "base64url").toString());
  const [at, id] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (
    typeof at === "string" &&
    typeof id === "string" &&
    isoPattern.test(at) &&
    !Number.isNaN(Date.parse(at))
  )
    return { at, id };
  throw new StoreError(
    "cursor_invalid",
    "The page asked for does not exist: use the `next` of the page before it",
  );
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** One page of rows that were read with one row more than asked for, and the cursor of the next page if there is one. */
export const paged = <Row>(rows: Row[], limit: number, cursorOf: (row: Row) => Cursor) => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { page, next: more ? { next: toCursor(cursorOf(last)) } : {} };
};
