import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";
import type { SignIns } from "./types.ts";

export const createSignIns = (db: Kysely<Tables>): SignIns => ({
  async begin({ lifeMs, ...signIn }) {
    await sql`
      with over as (delete from connector_sign_ins where expires_at < clock_timestamp())
      insert into connector_sign_ins (state_hash, browser_hash, connector_id, sealed_verifier, started_by, expires_at)
      values (
        ${signIn.state_hash}, ${signIn.browser_hash}, ${signIn.connector_id}, ${signIn.sealed_verifier},
        ${signIn.started_by}, clock_timestamp() + make_interval(secs => ${lifeMs / 1000})
      )`.execute(db);
  },

  take: (stateHash, browserHash) =>
    db
      .deleteFrom("connector_sign_ins")
      .where("state_hash", "=", stateHash)
      .where("browser_hash", "=", browserHash)
      .where("expires_at", ">", sql<Date>`clock_timestamp()`)
      .returning(["connector_id", "sealed_verifier", "started_by"])
      .executeTakeFirst(),
});
