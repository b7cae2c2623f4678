import type { Kysely } from "kysely";
import { sql } from "kysely";
import { olderThan, purgedAtOnce } from "./purge.ts";
import { StoreError } from "./storeError.ts";
import type { Tables } from "./tables.ts";
import type { Audit, AuditEntry } from "./types.ts";
import { bounded, iso } from "./values.ts";

const maxPage = 500;

export const createAudit = (db: Kysely<Tables>): Audit => ({
  async record(entry) {
    await db.insertInto("audit_log").values(entry).execute();
  },

  async list({ who, target, since, before, limit }) {
    const count = bounded(limit, maxPage);
    let query = db.selectFrom("audit_log").selectAll();
    if (who !== undefined)
      query = query.where((row) =>
        row.or([row("actor_id", "=", who), row(sql`lower(actor_name)`, "=", sql`lower(${who})`)]),
      );
    if (target !== undefined) query = query.where("target", "=", target);
    if (since !== undefined) query = query.where("at", ">=", sql<Date>`${since}::timestamptz`);
    if (before !== undefined) query = query.where("id", "<", cursor(before));
    const rows = await query
      .orderBy("id", "desc")
      .limit(count + 1)
      .execute();
    const entries = rows.slice(0, count).map(auditEntry);
    return { entries, next: rows.length > count ? (entries.at(-1)?.id ?? null) : null };
  },

  async purge(olderThanMs) {
    const { numDeletedRows } = await db
      .deleteFrom("audit_log")
      .where("id", "in", (old) =>
        old
          .selectFrom("audit_log")
          .select("id")
          .where("at", "<", olderThan(olderThanMs))
          .orderBy("at")
          .limit(purgedAtOnce),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  },
});

const cursor = (text: string): string => {
  if (/^\d{1,18}$/.test(text)) return text;
  throw new StoreError(
    "cursor_invalid",
    "The page asked for does not exist: use the `next` of the page before it",
  );
};

const auditEntry = ({
  id,
  at,
  ...entry
}: Omit<AuditEntry, "id" | "at"> & { id: unknown; at: Date }): AuditEntry => ({
  ...entry,
  id: String(id),
  at: iso(at),
});
