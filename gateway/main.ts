import { Client, Connection } from "@temporalio/client";
import type { Logger } from "pino";
import { pino } from "pino";
import { catalogue } from "../activities/actions/index.ts";
import { createHistoryCodec } from "../client/historyCodec.ts";
import { createRunbooksClient } from "../client/temporal.ts";
import { forgetSecrets, gatewayConfig } from "../config.ts";
import { createConnectors } from "../connectors/connectors.ts";
import { createVault } from "../connectors/vault.ts";
import { createOutgoingHttp } from "../outgoing/http.ts";
import { withoutContacts } from "../domain/contacts.ts";
import type { Store } from "../store/index.ts";
import { openStore } from "../store/index.ts";
import { createSubscribers } from "../subscribers/subscribers.ts";
import type { Readiness } from "./app.ts";
import { buildGateway } from "./app.ts";
import { createAdminLink, createFirstKey } from "./keys.ts";

const answers = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );

const readiness = (store: Store, connection: Connection) => async (): Promise<Readiness> => {
  const askTemporal = () => connection.workflowService.getSystemInfo({});
  const [database, temporal] = await Promise.all([
    answers(store.ping()),
    answers(connection.withDeadline(Date.now() + 2_000, askTemporal)),
  ]);
  return { database, temporal };
};

/** Shown once, to the person at the terminal, and never logged. */
const showFirstKey = async (store: Store, publicUrl: string): Promise<void> => {
  const key = await createFirstKey(store);
  if (key === undefined) return;
  const link = await createAdminLink(store.adminLinks, publicUrl);
  process.stderr.write(
    `\nThis is the first start. An admin's API key, shown this once:\n\n    ${key}\n
and a link that signs an administrator in at a browser, once, within a quarter of an hour:\n\n    ${link}\n\n`,
  );
};

const createLog = (level: string): Logger =>
  pino({
    level,
    name: "gateway",
    redact: ["authorization", "cookie"].flatMap((each) => [
      `req.headers.${each}`,
      `headers.${each}`,
      `*.${each}`,
    ]),
    hooks: { streamWrite: withoutContacts },
    // What was searched for may be somebody's name.
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, url: url.split("?", 1)[0] }),
    },
  });

type Config = ReturnType<typeof gatewayConfig>;

/** Lazy: the gateway starts without Temporal, and says on /readyz and in its answers that it is missing. */
const createTemporal = ({ temporal, encryptionKeys, encryptHistories }: Config) => {
  const historyCodec = encryptionKeys && createHistoryCodec(encryptionKeys, { encrypts: encryptHistories });
  const connection = Connection.lazy(temporal.connection);
  const client = new Client({
    connection,
    namespace: temporal.namespace,
    dataConverter: { payloadCodecs: historyCodec ? [historyCodec] : [] },
  });
  return { historyCodec, connection, client };
};

/** The gateway as a process of its own: on SIGTERM it ends streams, answers what is under way, and closes. */
const main = async (): Promise<void> => {
  const config = gatewayConfig();
  forgetSecrets();
  const log = createLog(config.logLevel);
  const store = await openStore({ databaseUrl: config.databaseUrl, log });
  const vault = config.encryptionKeys && createVault(config.encryptionKeys);
  const { historyCodec, connection, client } = createTemporal(config);
  const app = await buildGateway({
    store,
    runbooks: createRunbooksClient(client, { taskQueue: config.temporal.taskQueue }),
    catalogue,
    historyCodec,
    connectors: createConnectors({ ...config, store, vault }),
    subscribers: createSubscribers({
      store,
      vault,
      http: createOutgoingHttp({ allow: config.outgoingAllow }),
      now: Date.now,
    }),
    meetingDefaults: config.meetingDefaults,
    links: {
      publicUrl: config.publicUrl,
      temporalUiUrl: config.temporalUiUrl,
      namespace: config.temporal.namespace,
    },
    ready: readiness(store, connection),
    log,
    adminApiKey: config.apiKey,
    oidc: config.oidc,
    trustedProxies: config.trustedProxies,
    auditKeptMs: config.auditKeptMs,
    personalDataDays: config.personalDataDays,
  });
  await showFirstKey(store, config.publicUrl);

  let isClosing = false;
  const close = async (): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    await app.close();
    await store.close();
    log.info("gateway stopped");
    // Temporal's connection is not closed: the SDK would throw out of a timer if it is retrying a call just then.
    process.exit();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  await app.listen({ host: config.host, port: config.port });
};

main().catch((error: Error) => {
  console.error(error.name === "ConfigError" ? error.message : error);
  // The store's connections would keep a process alive that does not listen.
  process.exit(1);
});
