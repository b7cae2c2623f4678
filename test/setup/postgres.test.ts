import { describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { postgresPrograms } from "../../setup/postgres.mjs";
import { startPostgres, withoutPostgres } from "../support/postgres.ts";

test("without programs on PATH or in Debian's folder there is no PostgreSQL", () => {
  const empty = mkdtempSync(join(tmpdir(), "no-postgres-"));
  expect(postgresPrograms({ searchPath: empty, debianFolder: join(empty, "none") })).toBeUndefined();
  rmSync(empty, { recursive: true });
});

(withoutPostgres === undefined ? describe : describe.skip)("a PostgreSQL for tests", () => {
  test("keeps its data when it is killed and started again", async () => {
    const postgres = await startPostgres();
    try {
      const url = await postgres.createDatabase("kept");
      await query(url, "create table note as select 'still here' as text");
      process.kill(postgres.pid(), "SIGKILL");
      await postgres.restart();
      expect(await query(url, "select text from note")).toEqual([{ text: "still here" }]);
    } finally {
      await postgres.stop();
    }
    expect(() => process.kill(postgres.pid(), 0)).toThrow("ESRCH");
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // Killing the server ends the connection.
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
