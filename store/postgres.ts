import type { PostgresPool, PostgresPoolClient } from "kysely";
import { Kysely, PostgresDialect } from "kysely";
import type { PoolConfig } from "pg";
import { Pool, types } from "pg";
import type { Backend } from "./backend.ts";
import { listenOnPostgres } from "./postgresListener.ts";
import { StoreError, codeOf, reasonOf } from "./storeError.ts";
import type { Tables } from "./tables.ts";
import type { StoreLog } from "./types.ts";
import { cleanParameter } from "./values.ts";

type PostgresOptions = {
  databaseUrl: string;
  poolSize: number;
  statementTimeoutMs: number;
  log: StoreLog;
};

/** Opens a pool and makes sure that somebody answers. */
export const openPostgres = async (options: PostgresOptions): Promise<Backend> => {
  const config = connectionConfig(options);
  const pool = createPool(config, options.log);
  await firstAnswer(pool);
  const db = kyselyOn(pool);
  return {
    db,
    forMigrations: () => {
      const single = kyselyOn(createPool({ ...config, max: 1, statement_timeout: 0 }, options.log));
      return { db: single, close: () => single.destroy() };
    },
    listen: (onPayload, onGap) => listenOnPostgres({ config, onPayload, onGap, log: options.log }),
    close: () => pool.end(),
  };
};

const int8Oid = 20;

const connectionConfig = (options: PostgresOptions): PoolConfig => ({
  connectionString: options.databaseUrl,
  application_name: "zoom-runbooks",
  max: options.poolSize,
  connectionTimeoutMillis: 10_000,
  statement_timeout: options.statementTimeoutMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  types: {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === int8Oid ? safeInteger : types.getTypeParser(oid, format as "text"),
  },
});

/** `pg` leaves bigint as text; ours are counts, so numbers unless they would lose digits. */
const safeInteger = (text: string): number | string => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
};

const createPool = (config: PoolConfig, log: StoreLog): Pool => {
  const pool = new Pool(config);
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process. The
  // error itself is not logged: it carries the client, and that the address of the database.
  pool.on("error", (error) => log.warn({ reason: error.message }, "An idle database connection broke"));
  return pool;
};

const firstAnswer = async (pool: Pool): Promise<void> => {
  try {
    await pool.query("select 1");
  } catch (error) {
    await pool.end();
    // Without a cause: an invalid URL's error repeats the URL, password included.
    throw new StoreError("database_unreachable", `The database does not answer: ${explain(error)}`);
  }
};

const explain = (error: unknown): string =>
  codeOf(error) === "ERR_INVALID_URL"
    ? "its URL is not like postgres://user:password@host:5432/name"
    : reasonOf(error);

const kyselyOn = (pool: Pool): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });

const maxPrepared = 500;

/**
 * Kysely's pool on `pg`'s. Every statement that takes parameters is prepared once per connection, and a connection
 * that failed rather than refused a statement is not used again.
 */
const preparing = (pool: Pool): PostgresPool => {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const name = names.get(text) ?? (names.size < maxPrepared ? `s${names.size}` : undefined);
    if (name !== undefined) names.set(text, name);
    return name;
  };
  const connect = async () => {
    const client = await pool.connect();
    let broken = false;
    const query = async (text: string, parameters: readonly unknown[]) => {
      const values = parameters.map(cleanParameter);
      try {
        return await client.query(values.length === 0 ? { text } : { name: nameOf(text), text, values });
      } catch (error) {
        broken ||= !isRefusal(error);
        throw error;
      }
    };
    // Cursors, which the type also asks for, are not used.
    return { query, release: () => client.release(broken) } as unknown as PostgresPoolClient;
  };
  return { connect, end: () => pool.end() };
};

/** The server's answer to one statement, after which it takes the next. */
const isRefusal = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "severity" in error && error.severity === "ERROR";
