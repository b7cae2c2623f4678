import { afterAll, beforeAll, beforeEach, describe } from "@jest/globals";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Incident } from "../../domain/incident.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { Movement, Participant } from "../../domain/movements.ts";
import type { Execution } from "../../domain/plan.ts";
import type { TimelineEvent } from "../../domain/timeline.ts";
import type { Backend } from "../../store/backend.ts";
import type { Store, StoreLog, TrackedMeeting } from "../../store/index.ts";
import { openPostgres } from "../../store/postgres.ts";
import { storeOn } from "../../store/storeOn.ts";
import type { Tables } from "../../store/tables.ts";
import { openMemoryBackend } from "../support/memoryStore.ts";
import { startPostgres, withoutPostgres } from "../support/postgres.ts";

export const silent: StoreLog = { info: () => undefined, warn: () => undefined };

/** One PostgreSQL for each test file that asks for it, ended with the file. */
let server: ReturnType<typeof startPostgres> | undefined;
let databases = 0;

export const postgresServer = () => (server ??= startPostgres());

afterAll(async () => {
  await (await server)?.stop();
});

export const freshDatabase = async (): Promise<string> =>
  (await postgresServer()).createDatabase(`store${++databases}`);

/** A suite that needs PostgreSQL: skipped, with the reason, where there is none. */
export const describeOnPostgres = (title: string, suite: () => void): void =>
  withoutPostgres === undefined
    ? describe(title, suite)
    : describe.skip(`${title} (skipped: ${withoutPostgres})`, suite);

export const postgresOptions = (databaseUrl: string) => ({
  databaseUrl,
  poolSize: 10,
  statementTimeoutMs: 15_000,
  log: silent,
});

export type Opened = {
  store: Store;
  /** The same data by other connections; the same store where there is only one connection. */
  other: Store;
  db: Kysely<Tables>;
};

/** Runs one suite on both databases, each opened once and emptied before every test. */
export const onBothDatabases = (suite: (opened: () => Opened) => void): void => {
  describe("on PGlite", () => suite(opening(openEmbeddedPair)));
  describeOnPostgres("on PostgreSQL", () => suite(opening(openPostgresPair)));
};

const opening = (open: () => Promise<Backend[]>): (() => Opened) => {
  let backends: Backend[] = [];
  let stores: Store[] = [];

  const opened = (): Opened => ({ store: stores[0]!, other: stores.at(-1)!, db: backends[0]!.db });

  beforeAll(async () => {
    backends = await open();
    stores = await Promise.all(backends.map((backend) => storeOn(backend, silent)));
  }, 60_000);
  beforeEach(() => empty(opened().db));
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });
  return opened;
};

const openEmbeddedPair = async () => [await openMemoryBackend()];

const openPostgresPair = async () => {
  const options = postgresOptions(await freshDatabase());
  return Promise.all([openPostgres(options), openPostgres(options)]);
};

const empty = async (db: Kysely<Tables>): Promise<void> => {
  await sql`
    truncate incidents, timeline_events, runbooks, runbook_versions, executions, meetings, meeting_movements,
      attendances, follow_ups, intents, sendings, receipts, api_keys, console_sessions, admin_links,
      connectors, connector_sign_ins, subscribers, subscriber_streams, dead_letters, webhooks_heard
  `.execute(db);
};

// ── things to store ──────────────────────────────────────────────────────────────────────────────────────────────

export const incidentOf = (id: string, fields: Partial<Incident> = {}): Incident => ({
  ...declaredIncident({ title: `Incident ${id}`, severity: "1" }, id, "2026-03-01T10:00:00.000Z"),
  ...fields,
});

export const eventOf = (id: string, fields: Partial<TimelineEvent> = {}): TimelineEvent => ({
  id,
  kind: "note",
  at: "2026-03-01T10:00:01.000Z",
  title: `Event ${id}`,
  source: { type: "api" },
  ...fields,
});

export const executionOf = (id: string, incidentId: string, fields: Partial<Execution> = {}): Execution => ({
  id,
  incident_id: incidentId,
  runbook: "bridge",
  title: "Open the bridge",
  state: "running",
  started_by: "Ada",
  started_at: "2026-03-01T10:00:00.000Z",
  ended_at: null,
  steps: [{ id: "meet", title: "Make the meeting", state: "pending" }],
  ...fields,
});

export const meetingOf = (
  id: string,
  incidentId: string,
  fields: Partial<TrackedMeeting> = {},
): TrackedMeeting => ({
  meeting_id: id,
  incident_id: incidentId,
  execution_id: `runbook-${incidentId}-bridge-1`,
  step: "meet",
  purpose: "bridge",
  topic: "SEV1: checkout is down",
  join_url: `https://zoom.example/j/${id}`,
  passcode: "123456",
  host: "host1@example.com",
  marker: "zrb:abc",
  created_at: "2026-03-01T10:00:00.000Z",
  ...fields,
});

/** Looks again and again until something holds. */
export const eventually = async (
  holds: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> => {
  const deadlineMs = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`Still not so after ${withinMs} ms: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** A movement of session `u`. */
export const movement = (
  type: Movement["type"],
  atMs: number,
  key: string,
  person: Partial<Participant> = {},
): Movement => ({ type, uuid: "u", atMs, person: { key, name: key, ...person } });
