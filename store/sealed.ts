import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";
import type { Sealed, SealedValue } from "./types.ts";

/** A column of sealed values; the row's key, and what names the owner that they are sealed for. */
type Place = { table: keyof Tables; column: string; key: string; owner: string };

/** Whatever is sealed: a new column is a line here. */
const places: readonly Place[] = [
  { table: "connectors", column: "sealed_secrets", key: "id", owner: "id" },
  { table: "connectors", column: "sealed_grant", key: "id", owner: "id" },
  { table: "subscribers", column: "sealed_secrets", key: "id", owner: "id" },
  { table: "connector_sign_ins", column: "sealed_verifier", key: "state_hash", owner: "connector_id" },
];

const readAtOnce = 100;

export const createSealed = (db: Kysely<Tables>): Sealed => ({
  async *all() {
    for (const place of places) yield* ofPlace(db, place);
  },
});

async function* ofPlace(db: Kysely<Tables>, place: Place): AsyncGenerator<SealedValue> {
  let after = "";
  for (;;) {
    const rows = await readAfter(db, place, after);
    for (const { key, ...value } of rows)
      yield { ...value, replace: replacing(db, place, key, value.sealed) };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
  }
}

const readAfter = async (db: Kysely<Tables>, { table, column, key, owner }: Place, after: string) => {
  const { rows } = await sql<{ key: string; owner: string; sealed: string; place: string }>`
    select ${sql.ref(key)} as key, ${sql.ref(owner)} as owner, ${sql.ref(column)} as sealed,
      ${`${table}.${column}`} as place
    from ${sql.table(table)}
    where ${sql.ref(key)} > ${after} and ${sql.ref(column)} is not null
    order by ${sql.ref(key)}
    limit ${readAtOnce}`.execute(db);
  return rows;
};

const replacing =
  (db: Kysely<Tables>, { table, column, key }: Place, id: string, before: string) =>
  async (after: string): Promise<boolean> => {
    const { rows } = await sql`
      update ${sql.table(table)} set ${sql.ref(column)} = ${after}
      where ${sql.ref(key)} = ${id} and ${sql.ref(column)} = ${before}
      returning ${sql.ref(key)}`.execute(db);
    return rows.length > 0;
  };
