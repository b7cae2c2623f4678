import type { Kysely } from "kysely";
import { sql } from "kysely";
import { connectorColumns, connectorRow } from "./connectorRow.ts";
import { createGrants } from "./grants.ts";
import { codeOf } from "./storeError.ts";
import type { Tables } from "./tables.ts";
import type { ConnectorRow, Connectors } from "./types.ts";
import { json } from "./values.ts";

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

/** The first one that works is the default. No row: the name is taken. */
const inserting = (db: Kysely<Tables>, { hosts, ...connector }: NewConnector) =>
  db
    .insertInto("connectors")
    .values({
      ...connector,
      hosts: json(hosts),
      is_default: sql<boolean>`${connector.state === "connected"} and not exists (select from connectors where is_default)`,
    })
    .onConflict((conflict) => conflict.expression(sql`lower(name)`).doNothing());

/** The oldest one that is left takes the default's place. */
const removing = (id: string) => sql`
  with gone as (
    delete from connectors where id = ${id} returning is_default
  ),
  heir as (
    update connectors set is_default = true
    where exists (select from gone where is_default) and id = (
      select id from connectors where id <> ${id} and state = 'connected' order by created_at, id limit 1
    )
  )
  select is_default from gone`;
