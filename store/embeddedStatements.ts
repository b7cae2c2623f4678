import type { PGlite, Results } from "@electric-sql/pglite";
import { parse, protocol } from "@electric-sql/pglite";
import { cleanParameter } from "./values.ts";

const { serialize } = protocol;

const maxPrepared = 500;

type Prepared = { name: string; parameterTypes: number[] };

type Query = (text: string, parameters: readonly unknown[]) => Promise<Results>;

/**
 * PGlite's `query`, which parses each statement anew in six steps into its machine; here one that takes parameters is
 * parsed once, and run in one step. Statements of this kind outlive transactions and their failures.
 */
export const preparing = (database: PGlite): Query => {
  const prepared = new Map<string, Prepared>();

  const prepare = async (text: string): Promise<Prepared> => {
    const name = `s${prepared.size}`;
    const message = Buffer.concat([
      serialize.parse({ name, text }),
      serialize.describe({ type: "S", name }),
      serialize.sync(),
    ]);
    const answer = await database.execProtocolStream(message, { syncToFs: false });
    const statement = { name, parameterTypes: parse.parseDescribeStatementResults(answer) };
    prepared.set(text, statement);
    return statement;
  };

  const run = async (text: string, parameters: readonly unknown[]): Promise<Results> => {
    // Its machine would run for ever once it is closed.
    await database._checkReady();
    const { name, parameterTypes } = prepared.get(text) ?? (await prepare(text));
    const values = parameters.map((value, place) => textOf(database, value, parameterTypes[place]));
    const message = Buffer.concat([
      serialize.bind({ statement: name, values }),
      serialize.describe({ type: "P" }),
      serialize.execute({}),
      serialize.sync(),
    ]);
    const [result] = parse.parseResults(
      await database.execProtocolStream(message, { syncToFs: true }),
      database.parsers,
    );
    return result ?? { rows: [], fields: [] };
  };

  return (text, parameters) => {
    const values = parameters.map(cleanParameter);
    const isPrepared = values.length > 0 && (prepared.has(text) || prepared.size < maxPrepared);
    if (!isPrepared) return database.query(text, values);
    return database.runExclusive(() => run(text, values));
  };
};

/** As PGlite writes a parameter. */
const textOf = (database: PGlite, value: unknown, type = 0): string | null => {
  if (value === null || value === undefined) return null;
  const write = database.serializers[type];
  return write ? write(value) : String(value as string | number);
};
