import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Runbook } from "../domain/runbook.ts";
import type { Tables } from "./tables.ts";
import type { RunbookRow, Runbooks } from "./types.ts";
import { iso, json } from "./values.ts";

const maxRunbooks = 1000;

export const createRunbooks = (db: Kysely<Tables>): Runbooks => ({
  put: (runbook, source, by) => put(db, runbook, source, by),

  async get(key) {
    const row = await selectRunbooks(db).where("key", "=", key).executeTakeFirst();
    return row && runbookRow(row);
  },

  async list() {
    const rows = await selectRunbooks(db).orderBy("key").limit(maxRunbooks).execute();
    return rows.map(runbookRow);
  },

  async remove(key) {
    const { numUpdatedRows } = await db
      .updateTable("runbooks")
      .set({ removed_at: sql`clock_timestamp()` })
      .where("key", "=", key)
      .where("removed_at", "is", null)
      .executeTakeFirst();
    return Number(numUpdatedRows) > 0;
  },
});

const put = async (
  db: Kysely<Tables>,
  runbook: Runbook,
  source: string,
  by: string,
): Promise<{ version: number; changed: boolean }> => {
  const { rows } = await putting(runbook, source, by).execute(db);
  const saved = rows[0];
  if (saved !== undefined) return { version: saved.version, changed: true };
  const current = await selectRunbooks(db).where("key", "=", runbook.key).executeTakeFirst();
  // Removed by somebody else in between: then ours is a change after all.
  return current ? { version: current.version, changed: false } : put(db, runbook, source, by);
};

const selectRunbooks = (db: Kysely<Tables>) =>
  db
    .selectFrom("runbooks")
    .select(["doc", "source", "version", "updated_at", "updated_by"])
    .where("removed_at", "is", null);

/** Answers the new version; nothing when the runbook is there as it is. */
const putting = (runbook: Runbook, source: string, by: string) => sql<{ version: number }>`
  with saved as (
    insert into runbooks as r (key, version, doc, source, updated_by)
    values (${runbook.key}, 1, ${json(runbook)}::json, ${source}, ${by})
    on conflict (key) do update
      set version = r.version + 1, doc = excluded.doc, source = excluded.source,
          updated_at = clock_timestamp(), updated_by = excluded.updated_by, removed_at = null
      where r.removed_at is not null or r.source <> excluded.source or r.doc::text <> excluded.doc::text
    returning *
  )
  insert into runbook_versions (key, version, doc, source, created_at, created_by)
  select key, version, doc, source, updated_at, updated_by from saved
  returning version`;

const runbookRow = (row: {
  doc: Runbook;
  source: string;
  version: number;
  updated_at: Date;
  updated_by: string;
}): RunbookRow => ({
  runbook: row.doc,
  source: row.source,
  version: row.version,
  updated_at: iso(row.updated_at),
  updated_by: row.updated_by,
});
