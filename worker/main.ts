import { DefaultLogger, NativeConnection, Runtime } from "@temporalio/worker";
import type { Logger } from "pino";
import { pino } from "pino";
import { openArchive } from "../archive/open.ts";
import { forgetSecrets, workerConfig } from "../config.ts";
import { createHistoryCodec } from "../client/historyCodec.ts";
import { createAccounts } from "../connectors/accounts.ts";
import { createVault } from "../connectors/vault.ts";
import { withoutContacts } from "../domain/contacts.ts";
import { createOutside } from "../outgoing/outside.ts";
import { openStore } from "../store/index.ts";
import { serveHealth } from "./health.ts";
import { createWorker } from "./worker.ts";

const levels = { TRACE: "trace", DEBUG: "debug", INFO: "info", WARN: "warn", ERROR: "error" } as const;

/** What Temporal's SDK says goes into our log, in our form. */
const temporalLogger = (log: Logger): DefaultLogger =>
  new DefaultLogger("DEBUG", ({ level, message, meta }) => log[levels[level]](meta ?? {}, message));

/** A worker as a process of its own: ends cleanly on SIGTERM, after the activities that run. */
const main = async (): Promise<void> => {
  const config = workerConfig();
  forgetSecrets();
  const log = pino({ level: config.logLevel, name: "worker", hooks: { streamWrite: withoutContacts } });
  // We end on signals ourselves, below, in the right order.
  Runtime.install({ shutdownSignals: [], logger: temporalLogger(log) });
  const store = await openStore({ databaseUrl: config.databaseUrl, log });
  const connection = await NativeConnection.connect(config.temporal.connection);
  const outside = createOutside(config.outside);
  const { encryptionKeys, encryptHistories } = config;
  const vault = encryptionKeys && createVault(encryptionKeys);
  const accounts = createAccounts({ ...config, store, vault });
  const worker = await createWorker({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    codec: encryptionKeys && createHistoryCodec(encryptionKeys, { encrypts: encryptHistories }),
    encryptsHistories: encryptHistories,
    store,
    zoom: accounts.account,
    archive: config.archive && (await openArchive(config.archive)),
    outside,
    publicUrl: config.publicUrl,
    meetingDefaults: config.meetingDefaults,
  });
  const health = await serveHealth({ host: config.host, port: config.healthPort }, async () => {
    await store.ping();
    if (worker.getState() !== "RUNNING") throw new Error(`the worker is ${worker.getState()}`);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => worker.shutdown());
  log.info({ taskQueue: worker.options.taskQueue, healthPort: health.port }, "worker started");
  await worker.run();
  outside.close();
  await health.close();
  await connection.close();
  await store.close();
  log.info("worker stopped");
};

main().catch((error: Error) => {
  console.error(error.name === "ConfigError" ? error.message : error);
  process.exitCode = 1;
});
