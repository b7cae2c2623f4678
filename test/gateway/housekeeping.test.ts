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

test("a gateway removes sessions that have ended, and what is old in the audit log", async () => {
  const backend = await openMemoryBackend();
  const store = await storeOn(backend, silent);
  const { db } = backend;
  const session = { method: "link", person: "p", name: "p", role: "admin" } as const;
  await store.sessions.create({ ...session, id: "over", hash: "over", lifeMs: 0 });
  await store.sessions.create({ ...session, id: "new", hash: "new", lifeMs: 60_000 });
  await sql`
    insert into audit_log (at, actor_kind, actor_id, actor_name, action, summary)
    select clock_timestamp() - make_interval(days => age), 'system', 'x', 'x', age || ' days ago', ''
    from unnest(array[1, 6, 8]) as age`.execute(db);

  await using _gateway = await startGateway({ store, auditKeptMs: 7 * 86_400_000 });
  const left = async () => {
    const { entries } = await store.audit.list({ limit: 10 });
    const { rows } = await sql<{ id: string }>`select id from console_sessions`.execute(db);
    return [...entries.map(({ action }) => action), ...rows.map(({ id }) => id)];
  };
  await until("the purge", async () => ((await left()).length === 3 ? true : undefined), { instead: left });
  expect(await left()).toEqual(["6 days ago", "1 days ago", "new"]);
});
