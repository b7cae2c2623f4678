import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Kysely } from "kysely";
import { PGliteDialect } from "kysely-pglite-dialect";
import type { Backend } from "./backend.ts";
import { timelineChannel } from "./backend.ts";
import { preparing } from "./embeddedStatements.ts";
import { lockFolder } from "./folderLock.ts";
import type { Tables } from "./tables.ts";

/** Opens PGlite in a folder, which is then this process's alone, or in memory. */
export const openEmbedded = async (dataDir: string | undefined): Promise<Backend> => {
  if (dataDir === undefined) return embeddedOn(await PGlite.create());
  const unlock = await lockFolder(dataDir);
  try {
    return embeddedOn(await PGlite.create(join(dataDir, "pglite")), unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
};

/** On a PGlite that is open. */
export const embeddedOn = (database: PGlite, unlock?: () => Promise<void>): Backend => {
  const statements = preparing(database);
  // The dialect uses no more than these two methods.
  const db = new Kysely<Tables>({ dialect: new PGliteDialect(statements as unknown as PGlite) });
  return {
    db,
    // The only connection there is.
    forMigrations: () => ({ db, close: () => Promise.resolve() }),
    listen: (onPayload) => database.listen(timelineChannel, onPayload),
    close: async () => {
      // PostgreSQL's end as a program sets the exit code of this process.
      const { exitCode } = process;
      await statements.close();
      process.exitCode = exitCode;
      await unlock?.();
    },
  };
};
