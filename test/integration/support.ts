import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { HttpClient } from "../../client/http.ts";
import { createHttpClient } from "../../client/http.ts";
import type { SimulatorOptions } from "../../simulator/app.ts";
import { serverToServerAccount } from "../../connectors/zoomAccount.ts";
import { startSimulator } from "../support/simulator.ts";
import { startPostgres, withoutPostgres } from "../support/postgres.ts";
import type { Program } from "../support/program.ts";
import { startProgram } from "../support/program.ts";
import { taskQueueFor, testEnvironment } from "../support/temporal.ts";
import { freePort } from "../support/temporalServer.mjs";
import { controlsOf } from "./zoom.ts";

export { withoutPostgres };

/** The simulator's default app; these stand in its README and open nothing else. */
const simulatedApp = { accountId: "sim-account", clientId: "sim-client", clientSecret: "sim-secret" };
export const webhookSecret = "sim-webhook-secret";

export type TopologyOptions = {
  /** Names the task queue, which keeps files apart that share a Temporal server. */
  title: string;
  simulator?: SimulatorOptions;
  /** How many workers to start with. */
  workers?: number;
  logLevel?: string;
  /** Variables that gateway and workers are given besides. */
  variables?: Record<string, string>;
  /** Variables that workers are given besides. */
  workerVariables?: Record<string, string>;
  /** Part of the URL that workers and gateway are given; this PostgreSQL lets everybody in. */
  databasePassword?: string;
  /** Runbooks that ship, by key; those that are saved before the test begins. */
  runbooks?: string[];
  /** Which events Zoom sends; all of them unless told. */
  events?: string[];
  /** Starts what stands between the product and Zoom's API, and answers where it listens. */
  before?: (apiUrl: string) => Promise<{ url: string; stop: () => Promise<void> }>;
};

export type Topology = Awaited<ReturnType<typeof startTopology>>;

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A runbook as it ships, its waits for people shortened. */
const shipped = (key: string): string =>
  readFileSync(`${repository}runbooks/${key}.yaml`, "utf8").replace("duration: 1m", "duration: 1s");

const cleanup = () => {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    later: (step: () => Promise<unknown>) => void steps.push(step),
    close: async () => {
      for (const step of steps.splice(0).toReversed()) await step();
    },
  };
};

/**
 * The product as it is deployed: PostgreSQL, Temporal, a gateway and workers, each a process of its own; and the
 * stand-in for Zoom, which runs in this process.
 */
export const startTopology = async (options: TopologyOptions) => {
  const { later, close } = cleanup();
  try {
    return await start(options, later, close);
  } catch (error) {
    await close();
    throw error;
  }
};

type Later = ReturnType<typeof cleanup>["later"];

const start = async (options: TopologyOptions, later: Later, close: () => Promise<void>) => {
  const { title, workers = 1, runbooks = ["incident-bridge"], events } = options;
  const temporal = await testEnvironment();
  later(temporal.close);
  const postgres = await startPostgres();
  later(postgres.stop);
  const simulator = await startSimulator(options.simulator);
  later(() => simulator.close());
  const zoom = controlsOf(simulator);
  const simulatedApi = `${simulator.url}/v2`;
  const between = await options.before?.(simulatedApi);
  if (between) later(between.stop);

  const taskQueue = taskQueueFor(title);
  const common = {
    DATABASE_URL: withPassword(postgres.url, options.databasePassword),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_TASK_QUEUE: taskQueue,
    LOG_LEVEL: options.logLevel ?? "info",
    ZOOM_API_URL: between?.url ?? simulatedApi,
    ZOOM_OAUTH_URL: `${simulator.url}/oauth`,
    ...options.variables,
  };
  const programs: Program[] = [];
  const launch = async (...given: Parameters<typeof startProgram>): Promise<Program> => {
    const program = await startProgram(...given);
    programs.push(program);
    return program;
  };
  later(() => Promise.all(programs.map((program) => program.kill())));

  const startWorker = async (): Promise<Program> => {
    const port = await freePort();
    const environment = {
      ...common,
      ...accountOfWorkers,
      ...options.workerVariables,
      WORKER_HEALTH_PORT: String(port),
    };
    return launch({
      file: "worker/main.js",
      environment,
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
  };

  const apiKey = `test-${randomBytes(16).toString("hex")}`;
  const gatewayPort = await freePort();
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  const startGateway = (): Promise<Program> =>
    launch({
      file: "gateway/main.js",
      environment: {
        ...common,
        PORT: String(gatewayPort),
        ADMIN_API_KEY: apiKey,
        ZOOM_WEBHOOK_SECRET_TOKEN: webhookSecret,
      },
      readyUrl: `${gatewayUrl}/readyz`,
    });

  const api = createHttpClient({ url: gatewayUrl, apiKey });
  const [gateway, ...startedWorkers] = await Promise.all([
    startGateway(),
    ...Array.from({ length: workers }, startWorker),
  ]);
  await prepare(api, runbooks);
  await subscribed(zoom, { url: `${gatewayUrl}/webhooks/zoom`, ...(events && { events }) });

  return {
    api,
    apiKey,
    gatewayUrl,
    zoom,
    taskQueue,
    temporal,
    postgres,
    sql: database(postgres.url, later),
    /** Those that it began with. */
    gateway,
    workers: startedWorkers as [Program, ...Program[]],
    /** Every process that was started, ended ones too. */
    programs: programs as readonly Program[],
    startWorker,
    startGateway,
    close,
  };
};

const withPassword = (url: string, password = ""): string =>
  Object.assign(new URL(url), { password }).toString();

/** The simulated account, for what its administrators do. */
export const simulatedAccount = (simulatorUrl: string) =>
  serverToServerAccount({
    apiUrl: `${simulatorUrl}/v2`,
    oauthUrl: `${simulatorUrl}/oauth`,
    ...simulatedApp,
    hosts: [],
  });

const accountOfWorkers = {
  ZOOM_ACCOUNT_ID: simulatedApp.accountId,
  ZOOM_CLIENT_ID: simulatedApp.clientId,
  ZOOM_CLIENT_SECRET: simulatedApp.clientSecret,
  ZOOM_HOSTS: [1, 2, 3, 4, 5].map((n) => `host${n}@example.com`).join(","),
};

const prepare = async (api: HttpClient, runbooks: string[]): Promise<void> => {
  for (const key of runbooks) await api.applyRunbook(key, shipped(key));
};

const subscribed = async (
  zoom: Topology["zoom"],
  endpoint: { url: string; events?: string[] },
): Promise<void> => {
  const { active, reason } = await zoom.subscribe({ ...endpoint, secretToken: webhookSecret });
  if (!active) throw new Error(`The gateway's webhook address was not accepted: ${reason}`);
};

type Row = Record<string, unknown>;

/** Questions to the database, and locks in it that hold a process at a chosen moment. */
const database = (url: string, later: Later) => {
  const connect = async () => {
    const client = new pg.Client({ connectionString: url, application_name: "test" });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  let reader: Promise<pg.Client> | undefined;
  later(async () => (await reader)?.end());

  const query = async (text: string, values: unknown[] = []): Promise<Row[]> => {
    reader ??= connect();
    return (await (await reader).query(text, values)).rows as Row[];
  };

  /** Holds what the statement locks. The release first cuts off whoever waits for it, as if its machine were gone. */
  const lock = async (text: string, values: unknown[] = []) => {
    const client = await connect();
    await client.query("begin");
    const { rowCount } = await client.query(text, values);
    return {
      rows: rowCount ?? 0,
      /** How many wait for a lock right now, for this one or another. */
      waiting: async (): Promise<number> => (await waitingBackends(query)).length,
      release: async ({ cutOff = false } = {}) => {
        if (cutOff) await query(`select pg_terminate_backend(pid) from (${waitingSql}) as waiting`);
        await client.query("rollback");
        await client.end();
      },
    };
  };
  return { query, lock };
};

const waitingSql = `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;

const waitingBackends = (query: (text: string) => Promise<Row[]>): Promise<Row[]> => query(waitingSql);
