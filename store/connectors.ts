import type { Kysely } from "kysely";
import { sql } from "kysely";
import { connectorColumns, connectorRow } from "./connectorRow.ts";
import { createGrants } from "./grants.ts";
import { codeOf } from "./storeError.ts";
import type { Tables } from "./tables.ts";
import type { ConnectorChange, ConnectorRow, Connectors } from "./types.ts";
import { iso, json } from "./values.ts";

const maxConnectors = 200;

export const createConnectors = (db: Kysely<Tables>): Connectors => ({
  ...createGrants(db),

  create: (connector) => create(db, connector),

  async list() {
    const rows = await db
      .selectFrom("connectors")
      .select(connectorColumns)
      .orderBy("created_at")
      .orderBy("id")
      .limit(maxConnectors)
      .execute();
    return rows.map(connectorRow);
  },

  async get(id) {
    const row = await db
      .selectFrom("connectors")
      .select(connectorColumns)
      .where("id", "=", id)
      .executeTakeFirst();
    return row && connectorRow(row);
  },

  change: (id, change) => changeOne(db, id, change),

  async heard(id) {
    await sql`
      insert into webhooks_heard as h (connector_id) values (${id})
      on conflict (connector_id) do update set heard_at = clock_timestamp()
        where h.heard_at < clock_timestamp() - interval '1 minute'`.execute(db);
  },

  async heardAt(id) {
    const row = await db
      .selectFrom("webhooks_heard")
      .select("heard_at")
      .where("connector_id", "=", id)
      .executeTakeFirst();
    return row && iso(row.heard_at);
  },

  async makeDefault(id) {
    const { numUpdatedRows } = await db
      .updateTable("connectors")
      .set({ is_default: sql<boolean>`id = ${id}` })
      .where(sql<boolean>`(is_default or id = ${id})`)
      .where(sql<boolean>`exists (select from connectors where id = ${id} and state = 'connected')`)
      .executeTakeFirst();
    return Number(numUpdatedRows) > 0;
  },

  async remove(id) {
    const { rows } = await removing(id).execute(db);
    return rows.length > 0;
  },
});

const exclusionViolation = "23P01";
const uniqueViolation = "23505";

type NewConnector = Parameters<Connectors["create"]>[0];

const create = async (db: Kysely<Tables>, connector: NewConnector): Promise<ConnectorRow | undefined> => {
  try {
    const row = await inserting(db, connector).returning(connectorColumns).executeTakeFirst();
    return row && connectorRow(row);
  } catch (error) {
    // Two first ones at once: the other one is the default now.
    if (codeOf(error) === exclusionViolation) return create(db, connector);
    throw error;
  }
};

const changeOne = async (
  db: Kysely<Tables>,
  id: string,
  { hosts, meeting_defaults, secrets, ...change }: ConnectorChange,
): Promise<ConnectorRow | "name_taken" | undefined> => {
  const now = sql<Date>`clock_timestamp()`;
  try {
    const row = await db
      .updateTable("connectors")
      .set({
        ...change,
        ...(hosts && { hosts: json(hosts) }),
        ...(meeting_defaults !== undefined && { meeting_defaults: jsonOrNull(meeting_defaults) }),
        ...(secrets && { sealed_secrets: secrets.sealed }),
        ...(secrets?.isNewKey && { authorized_at: now }),
        updated_at: now,
      })
      .where("id", "=", id)
      .$if(secrets !== undefined, (query) => query.where("sealed_secrets", "=", secrets?.before ?? ""))
      .returning(connectorColumns)
      .executeTakeFirst();
    return row && connectorRow(row);
  } catch (error) {
    if (codeOf(error) === uniqueViolation) return "name_taken";
    throw error;
  }
};

const jsonOrNull = (document: object | null | undefined): string | null =>
  document === null || document === undefined ? null : json(document);

/** The first one that works is the default. No row: the name is taken. */
const inserting = (db: Kysely<Tables>, { hosts, meeting_defaults, ...connector }: NewConnector) =>
  db
    .insertInto("connectors")
    .values({
      ...connector,
      hosts: json(hosts),
      meeting_defaults: jsonOrNull(meeting_defaults),
      is_default: sql<boolean>`${connector.state === "connected"} and not exists (select from connectors where is_default)`,
    })
    .onConflict((conflict) => conflict.expression(sql`lower(name)`).doNothing());

/** The oldest one that is left takes the default's place. */
const removing = (id: string) => sql`
  with gone as (
    delete from connectors where id = ${id} returning is_default
  ),
  unheard as (delete from webhooks_heard where connector_id = ${id}),
  heir as (
    update connectors set is_default = true
    where exists (select from gone where is_default) and id = (
      select id from connectors where id <> ${id} and state = 'connected' order by created_at, id limit 1
    )
  )
  select is_default from gone`;
