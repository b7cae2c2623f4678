import { expect, test } from "@jest/globals";
import { sql } from "kysely";
import { storeOn } from "../../store/storeOn.ts";
import { openMemoryBackend } from "../support/memoryStore.ts";
import { until } from "../support/until.ts";
import { startGateway } from "./startGateway.ts";

const silent = { info: () => undefined, warn: () => undefined };

test("a gateway removes what keeps repetitions apart once nothing will be repeated any more", async () => {
  const backend = await openMemoryBackend();
  const store = await storeOn(backend, silent);
  const { db } = backend;
  await store.receipts.accept(["old", "handled"]);
  await sql`update receipts set accepted_at = clock_timestamp() - interval '8 days'`.execute(db);
  await store.sendings.claim("old", null);
  await store.sendings.sent("old");
  await sql`update sendings set claimed_at = clock_timestamp() - interval '91 days'`.execute(db);
  await store.receipts.accept(["new"]);
  await store.sendings.claim("a month ago", null);
  await sql`update sendings set claimed_at = clock_timestamp() - interval '30 days' where key <> 'old'`.execute(
    db,
  );

  await using _gateway = await startGateway({ store });
  const left = async () => {
    const { rows } = await sql<{ key: string }>`
      select key from receipts union all select key from sendings order by key`.execute(db);
    return rows.map(({ key }) => key);
  };
  await until("the purge", async () => ((await left()).length === 2 ? true : undefined), { instead: left });
  expect(await left()).toEqual(["a month ago", "new"]);
});
