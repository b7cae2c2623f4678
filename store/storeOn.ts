import { sql } from "kysely";
import { createAdminLinks } from "./adminLinks.ts";
import { createApiKeys } from "./apiKeys.ts";
import { createAudit } from "./audit.ts";
import type { Backend } from "./backend.ts";
import { createConnectors } from "./connectors.ts";
import { createDeliveries } from "./deliveries.ts";
import { createExecutions } from "./executions.ts";
import { createFollowUps } from "./followUps.ts";
import { createIncidents } from "./incidents.ts";
import { createIntents } from "./intents.ts";
import { createMeetings } from "./meetings.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";
import { createNotes } from "./notes.ts";
import { createPeople } from "./people.ts";
import { createReceipts } from "./receipts.ts";
import { createRunbooks } from "./runbooks.ts";
import { createSealed } from "./sealed.ts";
import { createSendings } from "./sendings.ts";
import { createSessions } from "./sessions.ts";
import { createSignIns } from "./signIns.ts";
import { createSubscribers } from "./subscribers.ts";
import { createTimeline } from "./timeline.ts";
import type { Store, StoreLog } from "./types.ts";

/** A store on an open database, its tables brought up to date. Closing the store closes the database. */
export const storeOn = async (backend: Backend, log: StoreLog): Promise<Store> => {
  await migrateBackend(backend, log);
  const { db } = backend;
  const notes = createNotes(backend, log);
  const closeAll = async (): Promise<void> => {
    await notes.close();
    await backend.close();
  };
  let closing: Promise<void> | undefined;
  return {
    incidents: createIncidents(db),
    timeline: createTimeline(db, notes.subscribe),
    runbooks: createRunbooks(db),
    executions: createExecutions(db),
    meetings: createMeetings(db),
    followUps: createFollowUps(db),
    intents: createIntents(db),
    sendings: createSendings(db),
    receipts: createReceipts(db),
    apiKeys: createApiKeys(db),
    adminLinks: createAdminLinks(db),
    sessions: createSessions(db),
    audit: createAudit(db),
    connectors: createConnectors(db),
    signIns: createSignIns(db),
    subscribers: createSubscribers(db),
    deliveries: createDeliveries(db),
    sealed: createSealed(db),
    people: createPeople(db),
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    close: () => (closing ??= closeAll()),
  };
};

const migrateBackend = async (backend: Backend, log: StoreLog): Promise<void> => {
  const connection = backend.forMigrations();
  try {
    await migrate(connection.db, migrations, log);
  } finally {
    await connection.close();
  }
};
