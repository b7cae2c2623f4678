import { PGlite } from "@electric-sql/pglite";
import pg from "pg";

type Queries = { query: (...given: never[]) => unknown };

let statements = 0;

const counted = (queries: Queries): void => {
  const original = queries.query;
  queries.query = function query(this: unknown, ...given: never[]) {
    statements += 1;
    return original.apply(this, given);
  };
};

/** From now on every statement of this process is counted, whichever database it goes to. */
export const countStatements = (): void => {
  counted(PGlite.prototype as unknown as Queries);
  counted(pg.Client.prototype as unknown as Queries);
};

export const statementsSoFar = (): number => statements;
