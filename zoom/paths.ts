import { ZoomError } from "./errors.ts";

declare const isPath: unique symbol;

/** A path below the API's base, its segments encoded. Made by `path` alone, so that no id can lead elsewhere. */
export type ZoomPath = string & { readonly [isPath]: true };

/** A segment that is encoded already. */
export type EncodedSegment = { readonly encoded: string };

/** path`/meetings/${id}/recordings`: literal text as it stands, values as one encoded segment each. */
export const path = (
  texts: TemplateStringsArray,
  ...segments: readonly (string | number | EncodedSegment)[]
): ZoomPath =>
  texts.reduce((whole, text, index) => `${whole}${segmentText(segments[index - 1])}${text}`) as ZoomPath;

/**
 * A session's UUID as a segment: encoded once, and twice if it starts with `/` or contains `//`, as Zoom asks.
 */
export const uuidSegment = (uuid: string): EncodedSegment => {
  const once = encoded(uuid);
  return { encoded: uuid.startsWith("/") || uuid.includes("//") ? encodeURIComponent(once) : once };
};

/** For paths that take a meeting's id (its latest session) or a session's UUID. */
export const meetingSegment = (idOrUuid: string): EncodedSegment =>
  /^\d+$/.test(idOrUuid) ? { encoded: idOrUuid } : uuidSegment(idOrUuid);

const segmentText = (segment: string | number | EncodedSegment | undefined): string =>
  typeof segment === "object" ? segment.encoded : encoded(String(segment ?? "")).replaceAll("%40", "@");

/** An empty segment or dots would make the request one for something else. */
const encoded = (segment: string): string => {
  if (/^\.{0,2}$/.test(segment.trim())) throw badSegment(segment);
  try {
    return encodeURIComponent(segment);
  } catch {
    throw badSegment(segment);
  }
};

const badSegment = (segment: string): ZoomError =>
  new ZoomError({
    code: "invalid_input",
    message: `${JSON.stringify(segment.slice(0, 80))} cannot be the id of anything in Zoom`,
    method: "GET",
    path: "/",
  });
