import type { Kysely, Migration } from "kysely";
import { Migrator } from "kysely";
import { StoreError, reasonOf } from "./storeError.ts";
import type { StoreLog } from "./types.ts";

/**
 * Brings the tables up to date: all of what is missing, or nothing. Kysely lets one process at a time do it (an advisory
 * lock); the others wait and find it done.
 */
export const migrate = async <T>(
  db: Kysely<T>,
  migrations: Record<string, Migration>,
  log: StoreLog,
): Promise<void> => {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results.find((result) => result.status === "Error")?.migrationName;
    throw new StoreError("migration_failed", explain(error, failed), { cause: error });
  }
  if (results.length > 0)
    log.info({ migrations: results.map((it) => it.migrationName) }, "The store was migrated");
};

const explain = (error: unknown, failed: string | undefined): string => {
  const reason = reasonOf(error);
  if (failed !== undefined)
    return `Migration ${failed} failed, and the database is as it was before: ${reason}`;
  if (/previously executed migration/.test(reason))
    return `The database was migrated by a newer version of zoom-runbooks; run that version (${reason})`;
  return `The database could not be migrated: ${reason}`;
};
