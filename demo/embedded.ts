import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client, Connection } from "@temporalio/client";
import type { Worker } from "@temporalio/worker";
import { DefaultLogger, NativeConnection, Runtime } from "@temporalio/worker";
import { catalogue } from "../activities/actions/index.ts";
import { createRunbooksClient } from "../client/temporal.ts";
import { openArchive } from "../archive/open.ts";
import type { ZoomConfig } from "../config.ts";
import { archiveConfig, meetingDefaults, outsideConfig, zoomConfig } from "../config.ts";
import type { AccountsDeps } from "../connectors/accounts.ts";
import { createAccounts } from "../connectors/accounts.ts";
import { createConnectors } from "../connectors/connectors.ts";
import { createVault, openEmbeddedVault } from "../connectors/vault.ts";
import type { ZoomAddress } from "../connectors/zoomAccount.ts";
import { taskQueue } from "../domain/messages.ts";
import type { GatewayDeps } from "../gateway/app.ts";
import { buildGateway } from "../gateway/app.ts";
import { startSimulator } from "../simulator/app.ts";
import { createOutgoingHttp } from "../outgoing/http.ts";
import { createOutside } from "../outgoing/outside.ts";
import type { Store } from "../store/index.ts";
import { openStore } from "../store/index.ts";
import { createSubscribers } from "../subscribers/subscribers.ts";
import { createWorker } from "../worker/worker.ts";
import type { ConnectorKind, DemoAccount } from "./connect.ts";
import { connect } from "./connect.ts";
import { freePort } from "./ports.ts";
import type { TemporalServer } from "./temporalServer.ts";
import { projectRoot, startTemporal } from "./temporalServer.ts";

export type Embedded = {
  url: string;
  apiKey: string;
  temporal: TemporalServer;
  /** The stand-in for Zoom; absent when a real account is used. */
  simulatorUrl: string | undefined;
  store: Store;
  close(): Promise<void>;
};

const simulatorSecret = "sim-webhook-secret";

/** What both the gateway and the worker know of Zoom. */
export type EmbeddedZoom = Omit<AccountsDeps, "store" | "publicUrl">;

/** The simulator's default app: it stands in its README and opens nothing else. */
export const simulated = (url: string): DemoAccount & ZoomAddress => ({
  apiUrl: `${url}/v2`,
  oauthUrl: `${url}/oauth`,
  accountId: "sim-account",
  clientId: "sim-client",
  clientSecret: "sim-secret",
  webhookSecretTokens: [simulatorSecret],
  hosts: [1, 2, 3, 4, 5].map((n) => `host${n}@example.com`),
});

/** Its account as if the environment configured it, unless a connector is to bring it. */
export const simulatedZoom = async (url: string, connector?: ConnectorKind): Promise<EmbeddedZoom> => {
  const { apiUrl, oauthUrl, webhookSecretTokens, ...account } = simulated(url);
  return {
    vault: await openEmbeddedVault(),
    zoom: { apiUrl, oauthUrl },
    environment: connector ? { webhookSecretTokens: [] } : { account, webhookSecretTokens },
  };
};

const realZoom = async ({ encryptionKeys, ...config }: ZoomConfig): Promise<EmbeddedZoom> => ({
  ...config,
  vault: encryptionKeys ? createVault(encryptionKeys) : await openEmbeddedVault(),
});

/** What was started, ended in reverse order; one that fails to end does not keep the others from it. */
export const teardown = () => {
  const steps: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of steps.splice(0).toReversed()) await step().catch(() => undefined);
  };
  return { later: (step: () => Promise<unknown>) => void steps.push(step), close };
};

type EmbeddedOptions = {
  /** Connect the stand-in for Zoom this way, whatever the environment says. */
  connector?: ConnectorKind | undefined;
};

/** Everything on this machine: Temporal's dev server, the store in memory, worker, gateway and, unless real, Zoom. */
export const startEmbedded = async (
  say: (text: string) => void,
  { connector }: EmbeddedOptions = {},
): Promise<Embedded> => {
  const { later, close } = teardown();
  try {
    say("starting Temporal");
    const temporal = await startTemporal();
    later(() => temporal.close());

    const config = zoomConfig();
    const isReal = config.environment.account !== undefined && connector === undefined;
    const simulator = isReal ? undefined : await startSimulator({ clock: { scale: 1 } });
    if (simulator) later(() => simulator.close());
    say(
      simulator
        ? "starting a stand-in for Zoom, the store, a worker and the gateway"
        : "using your Zoom account",
    );

    const store = await openStore({});
    later(() => store.close());
    const apiKey = `demo-${randomBytes(16).toString("hex")}`;
    const zoom = await (simulator ? simulatedZoom(simulator.url, connector) : realZoom(config));
    const url = await startGateway({ temporal, store, apiKey, zoom }, later);
    await startWorker(temporal, store, zoom, later, url);
    if (simulator && connector) say(await connect({ url, apiKey }, connector, simulated(simulator.url)));
    if (simulator) await subscribe(simulator.url, `${url}/webhooks/zoom`);
    return { url, apiKey, temporal, simulatorUrl: simulator?.url, store, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const demoArchive = (): string => pathToFileURL(join(projectRoot(), ".cache", "recordings")).href;

export type Later = ReturnType<typeof teardown>["later"];

export const startWorker = async (
  temporal: TemporalServer,
  store: Store,
  zoom: EmbeddedZoom,
  later: Later,
  publicUrl = "http://127.0.0.1:8080",
): Promise<{ worker: Worker; connection: NativeConnection }> => {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger("ERROR") });
  const connection = await NativeConnection.connect({ address: temporal.address });
  later(() => connection.close());
  const outside = createOutside(outsideConfig());
  later(async () => outside.close());
  const worker = await createWorker({
    connection,
    namespace: "default",
    store,
    zoom: createAccounts({ ...zoom, store, publicUrl }),
    archive: await openArchive(archiveConfig() ?? { url: demoArchive() }),
    outside,
    meetingDefaults: meetingDefaults(),
    publicUrl,
  });
  const running = worker.run();
  later(async () => {
    worker.shutdown();
    await running;
  });
  return { worker, connection };
};

type GatewayParts = {
  temporal: TemporalServer;
  store: Store;
  apiKey: string;
  zoom: EmbeddedZoom;
  limits?: GatewayDeps["limits"];
};

/** Answers the address it listens on. */
export const startGateway = async (
  { temporal, store, apiKey, zoom, limits }: GatewayParts,
  later: Later,
): Promise<string> => {
  const connection = await Connection.connect({ address: temporal.address });
  later(() => connection.close());
  const client = new Client({ connection });
  const port = await freePort(8080);
  const url = `http://127.0.0.1:${port}`;
  const gateway = await buildGateway({
    store,
    runbooks: createRunbooksClient(client, { taskQueue }),
    catalogue,
    meetingDefaults: meetingDefaults(),
    connectors: createConnectors({ ...zoom, store, publicUrl: url }),
    subscribers: createSubscribers({
      store,
      vault: zoom.vault,
      http: createOutgoingHttp({ allow: outsideConfig().allow }),
      now: Date.now,
    }),
    links: { publicUrl: url, temporalUiUrl: temporal.uiUrl },
    ready: async () => ({ database: true, temporal: true }),
    adminApiKey: apiKey,
    limits,
  });
  later(() => gateway.close());
  await gateway.listen({ port, host: "127.0.0.1" });
  return url;
};

/** Tells the simulator where webhooks go; it checks the address first, as Zoom does. */
export const subscribe = async (simulatorUrl: string, url: string): Promise<void> => {
  const answer = await fetch(`${simulatorUrl}/_sim/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url, secretToken: simulatorSecret }),
  });
  const { validated, reason } = (await answer.json()) as { validated: boolean; reason?: string };
  if (!validated) throw new Error(`The gateway's webhook address was not accepted: ${reason}`);
};
