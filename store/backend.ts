import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** What differs between PostgreSQL and the embedded database. */
export type Backend = {
  db: Kysely<Tables>;
  /** A connection for migrations, which may take their time. Closed by whoever asked for it. */
  forMigrations(): { db: Kysely<Tables>; close(): Promise<void> };
  /** Passes on what is notified on the channel `timeline`; `onGap` when some may have been missed. */
  listen(onPayload: (payload: string) => void, onGap: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
};

export const timelineChannel = "timeline";
