import type { Kysely } from "kysely";
import { sql } from "kysely";
import { connectorColumns, connectorRow } from "./connectorRow.ts";
import type { Tables } from "./tables.ts";
import type { Grants } from "./types.ts";
import { json } from "./values.ts";

/**
 * Grants of those who signed in. Renewing one is a request to Zoom between two statements: a row lock would keep a
 * transaction and its connection for as long as Zoom takes, and PGlite has one connection for everybody. So a claim is a
 * lease, a compare-and-set on the row, that ends by itself should its process die.
 */
export const createGrants = (db: Kysely<Tables>): Grants => ({
  async readGrant(id) {
    const { rows } = await sql<{ version: number; sealed: string; ageMs: number }>`
      select grant_version as version, sealed_grant as sealed,
        floor(extract(epoch from clock_timestamp() - granted_at) * 1000)::float8 as "ageMs"
      from connectors where id = ${id} and state = 'connected' and sealed_grant is not null`.execute(db);
    return rows[0];
  },

  async claimGrant(id, version, leaseMs) {
    const { numUpdatedRows } = await versionOf(db, id, version)
      .set({ renewing_until: sql`clock_timestamp() + make_interval(secs => ${leaseMs / 1000})` })
      .where(sql<boolean>`coalesce(renewing_until < clock_timestamp(), true)`)
      .executeTakeFirst();
    return Number(numUpdatedRows) > 0;
  },

  async releaseGrant(id, version) {
    await versionOf(db, id, version).set({ renewing_until: null }).execute();
  },

  async replaceGrant(id, version, sealed) {
    const row = await versionOf(db, id, version)
      .set(granted(sealed))
      .returning("grant_version")
      .executeTakeFirst();
    return row?.grant_version;
  },

  buryGrant: (id, version) => bury(db, id, version),

  authorize: (id, authorization) => authorize(db, id, authorization),
});

/** With its line in the audit log, since nobody asked for it. */
const bury = async (db: Kysely<Tables>, id: string, version: number): Promise<boolean> => {
  const { rows } = await sql`
    with buried as (
      update connectors set state = 'needs_authorization', renewing_until = null
      where id = ${id} and grant_version = ${version}
      returning id, name
    )
    insert into audit_log (actor_kind, actor_id, actor_name, action, summary, target)
    select 'zoom', 'zoom', 'Zoom', 'connector.grant_lost',
      'Zoom accepts what was granted to "' || name || '" no more: somebody has to sign in again', id
    from buried returning id`.execute(db);
  return rows.length > 0;
};

const authorize = async (
  db: Kysely<Tables>,
  ...[id, { sealed_grant, account_id, user_id, host }]: Parameters<Grants["authorize"]>
): ReturnType<Grants["authorize"]> => {
  const row = await db
    .updateTable("connectors")
    .set({
      ...granted(sealed_grant),
      account_id,
      user_id,
      hosts: sql<string>`case when hosts = '[]' and host_group is null then ${json([host])}::jsonb else hosts end`,
      is_default: sql<boolean>`is_default or not exists (select from connectors where is_default)`,
      authorized_at: sql`clock_timestamp()`,
      updated_at: sql`clock_timestamp()`,
    })
    .where("id", "=", id)
    .where("kind", "=", "sign_in")
    .where(sql<boolean>`coalesce(account_id = ${account_id}, true)`)
    .returning(connectorColumns)
    .executeTakeFirst();
  return row && connectorRow(row);
};

const versionOf = (db: Kysely<Tables>, id: string, version: number) =>
  db.updateTable("connectors").where("id", "=", id).where("grant_version", "=", version);

/** Also brings back to life what seemed dead: somebody slow may have had the next one all along. */
const granted = (sealed: string) => ({
  sealed_grant: sealed,
  grant_version: sql<number>`grant_version + 1`,
  granted_at: sql<Date>`clock_timestamp()`,
  renewing_until: null,
  state: "connected" as const,
});
