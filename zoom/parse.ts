import { z } from "zod";

/**
 * Readers for Zoom's answers and webhooks, in which every field is optional, ids change their type and what is not
 * known is an empty string.
 */

/** Ids are numbers in some answers and strings in others; ours are strings. They fit into 2^53. */
export const id = z.union([z.number().int(), z.string().min(1)]).transform(String);

export const optionalText = z
  .union([z.string(), z.number()])
  .transform((value) => (value === "" ? undefined : String(value)))
  .optional()
  .catch(undefined);

/** Text where our types want none of `undefined`. */
export const text = z.string().catch("");

export const count = z.coerce.number().int().nonnegative().catch(0);

/** ISO 8601 or epoch milliseconds, as epoch milliseconds. */
export const optionalTimeMs = z
  .union([z.number(), z.string()])
  .transform((value) => {
    const timeMs = typeof value === "number" ? value : Date.parse(value);
    return Number.isNaN(timeMs) ? undefined : timeMs;
  })
  .optional()
  .catch(undefined);

/** A list whose unreadable entries are left out. */
export const listOf = <T>(entry: z.ZodType<T>) =>
  z.array(z.unknown()).transform((entries) =>
    entries.flatMap((each): T[] => {
      const parsed = entry.safeParse(each);
      return parsed.success ? [parsed.data] : [];
    }),
  );

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The record without its undefined fields: an optional field is absent, never undefined. */
export const defined = <T extends object>(record: T): Defined<T> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
