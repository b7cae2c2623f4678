import { sql } from "kysely";

/** So that one statement stays short, however much has gathered. */
export const purgedAtOnce = 5000;

/** By the database's clock, which wrote the rows. */
export const olderThan = (ageMs: number) =>
  sql<Date>`clock_timestamp() - make_interval(secs => ${ageMs / 1000})`;
