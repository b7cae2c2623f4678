import type { Backend } from "./backend.ts";
import { openEmbedded } from "./embedded.ts";
import { openPostgres } from "./postgres.ts";
import { storeOn } from "./storeOn.ts";
import type { Store, StoreLog } from "./types.ts";

export { StoreError, isStoreError } from "./storeError.ts";
export type * from "./subscriberTypes.ts";
export type * from "./types.ts";

export type StoreOptions = {
  /** PostgreSQL. Without it, the embedded database (PGlite) is used. */
  databaseUrl?: string | undefined;
  /** Folder of the embedded database; in memory when left out. One process at a time. */
  dataDir?: string | undefined;
  log?: StoreLog | undefined;
  /** Connections to PostgreSQL, 10 unless told; subscriptions take one more. */
  poolSize?: number | undefined;
  /** Longest a statement may take on PostgreSQL, 15 s unless told. */
  statementTimeoutMs?: number | undefined;
};

const silent: StoreLog = { info: () => undefined, warn: () => undefined };

/** Opens the store and brings its tables up to date; safe when several processes do so at once. */
export const openStore = async ({ log = silent, ...options }: StoreOptions = {}): Promise<Store> => {
  const backend = await openBackend(options, log);
  try {
    return await storeOn(backend, log);
  } catch (error) {
    await backend.close();
    throw error;
  }
};

const openBackend = (options: StoreOptions, log: StoreLog): Promise<Backend> => {
  const { databaseUrl, dataDir, poolSize = 10, statementTimeoutMs = 15_000 } = options;
  return databaseUrl === undefined
    ? openEmbedded(dataDir)
    : openPostgres({ databaseUrl, poolSize, statementTimeoutMs, log });
};
