import { PGlite } from "@electric-sql/pglite";
import pg from "pg";

let statements = 0;

const counted = <Method extends string>(queries: Record<Method, unknown>, method: Method): void => {
  const original = queries[method] as (...given: unknown[]) => unknown;
  queries[method] = function query(this: unknown, ...given: unknown[]) {
    statements += 1;
    return original.apply(this, given);
  };
};

/** From now on every statement of this process is counted, whichever database it goes to and by whichever way. */
export const countStatements = (): void => {
  // What each statement passes through, prepared or not.
  counted(PGlite.prototype as Record<"_runExclusiveQuery", unknown>, "_runExclusiveQuery");
  counted(pg.Client.prototype as Record<"query", unknown>, "query");
};

export const statementsSoFar = (): number => statements;
