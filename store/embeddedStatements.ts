import type { messages, PGlite, Results } from "@electric-sql/pglite";
import { parse, protocol } from "@electric-sql/pglite";
import { cleanParameter } from "./values.ts";

const { serialize } = protocol;

const maxPrepared = 500;

type Prepared = {
  name: string;
  parameterTypes: number[];
  /** What its rows look like; without it, they have none. */
  description: messages.RowDescriptionMessage[];
  /** Of the types in its rows: all there are would be copied for each result. */
  parsers: PGlite["parsers"];
};

type Statements = {
  /** One after the other, as Kysely has it with a single connection. */
  query(text: string, parameters: readonly unknown[]): Promise<Results>;
  close(): Promise<void>;
};

/**
 * PGlite's `query` parses each statement anew, in six steps into its machine; here one that takes parameters is parsed
 * once, and run in one step. Statements of this kind outlive transactions and their failures.
 */
export const preparing = (database: PGlite): Statements => {
  const prepared = new Map<string, Prepared>();

  const prepare = async (text: string): Promise<Prepared> => {
    const name = `s${prepared.size}`;
    const message = Buffer.concat([
      serialize.parse({ name, text }),
      serialize.describe({ type: "S", name }),
      serialize.sync(),
    ]);
    const answer = await database.execProtocolStream(message, { syncToFs: false });
    const statement = { name, ...described(database, answer) };
    prepared.set(text, statement);
    return statement;
  };

  const run = async (text: string, parameters: readonly unknown[]): Promise<Results> => {
    const { name, parameterTypes, description, parsers } = prepared.get(text) ?? (await prepare(text));
    const values = parameters.map((value, place) => textOf(database, value, parameterTypes[place]));
    const message = Buffer.concat([
      serialize.bind({ statement: name, values }),
      serialize.execute({}),
      serialize.sync(),
    ]);
    const answer = await database.execProtocolStream(message, { syncToFs: true });
    const [result] = parse.parseResults([...description, ...answer], parsers);
    return result ?? { rows: [], fields: [] };
  };

  const execute = (text: string, parameters: readonly unknown[]): Promise<Results> => {
    const values = parameters.map(cleanParameter);
    const isPrepared = values.length > 0 && (prepared.has(text) || prepared.size < maxPrepared);
    return isPrepared ? database.runExclusive(() => run(text, values)) : database.query(text, values);
  };

  // PGlite closes at once, and a statement that comes to its machine then would never end.
  let isClosed = false;
  let latest: Promise<unknown> = Promise.resolve();
  return {
    query: async (text, parameters) => {
      if (isClosed) throw new Error("The embedded database is closed");
      const result = execute(text, parameters);
      latest = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      isClosed = true;
      await latest;
      await database.close();
    },
  };
};

type Answer = Awaited<ReturnType<PGlite["execProtocolStream"]>>;

const described = (database: PGlite, answer: Answer): Omit<Prepared, "name"> => {
  const description = answer.filter(
    (message): message is messages.RowDescriptionMessage => message.name === "rowDescription",
  );
  const types = description.flatMap(({ fields }) => fields.map(({ dataTypeID }) => dataTypeID));
  const known = types.flatMap((type) => {
    const parser = database.parsers[type];
    return parser ? [[type, parser] as const] : [];
  });
  return {
    parameterTypes: parse.parseDescribeStatementResults(answer),
    description,
    parsers: Object.fromEntries(known),
  };
};

/** As PGlite writes a parameter. */
const textOf = (database: PGlite, value: unknown, type = 0): string | null => {
  if (value === null || value === undefined) return null;
  const write = database.serializers[type];
  return write ? write(value) : String(value as string | number);
};
