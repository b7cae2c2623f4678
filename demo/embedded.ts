import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client, Connection } from "@temporalio/client";
import type { Worker } from "@temporalio/worker";
import { DefaultLogger, NativeConnection, Runtime } from "@temporalio/worker";
import { catalogue } from "../activities/actions/index.ts";
import { createRunbooksClient } from "../client/temporal.ts";
import { openArchive } from "../archive/open.ts";
import {
  archiveConfig,
  hasZoomCredentials,
  meetingDefaults,
  outsideConfig,
  webhookSecretTokens,
  zoomConfig,
} from "../config.ts";
import { taskQueue } from "../domain/messages.ts";
import type { GatewayDeps } from "../gateway/app.ts";
import { buildGateway } from "../gateway/app.ts";
import { startSimulator } from "../simulator/app.ts";
import { createOutside } from "../outgoing/outside.ts";
import type { Store } from "../store/index.ts";
import { openStore } from "../store/index.ts";
import { createWorker } from "../worker/worker.ts";
import type { ZoomSettings } from "../worker/zoomAccount.ts";
import { serverToServerAccount } from "../worker/zoomAccount.ts";
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

export const simulatorSecret = "sim-webhook-secret";

/** The simulator's default app: it stands in its README and opens nothing else. */
export const simulated = (url: string): ZoomSettings => ({
  apiUrl: `${url}/v2`,
  oauthUrl: `${url}/oauth`,
  accountId: "sim-account",
  clientId: "sim-client",
  clientSecret: "sim-secret",
  hosts: [1, 2, 3, 4, 5].map((n) => `host${n}@example.com`),
});

/** What was started, ended in reverse order; one that fails to end does not keep the others from it. */
export const teardown = () => {
  const steps: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of steps.splice(0).toReversed()) await step().catch(() => undefined);
  };
  return { later: (step: () => Promise<unknown>) => void steps.push(step), close };
};

/** Everything on this machine: Temporal's dev server, the store in memory, worker, gateway and, unless real, Zoom. */
export const startEmbedded = async (say: (text: string) => void): Promise<Embedded> => {
  const { later, close } = teardown();
  try {
    say("starting Temporal");
    const temporal = await startTemporal();
    later(() => temporal.close());

    const simulator = hasZoomCredentials() ? undefined : await startSimulator({ clock: { scale: 1 } });
    if (simulator) later(() => simulator.close());
    say(
      simulator
        ? "starting a stand-in for Zoom, the store, a worker and the gateway"
        : "using your Zoom account",
    );

    const store = await openStore({});
    later(() => store.close());
    const apiKey = `demo-${randomBytes(16).toString("hex")}`;
    const secretTokens = simulator ? [simulatorSecret] : webhookSecretTokens();
    const url = await startGateway({ temporal, store, apiKey, secretTokens }, later);
    await startWorker(temporal, store, simulator ? simulated(simulator.url) : zoomConfig(), later, url);
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
  zoom: ZoomSettings,
  later: Later,
  publicUrl?: string,
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
    zoom: serverToServerAccount(zoom),
    archive: await openArchive(archiveConfig() ?? { url: demoArchive() }),
    outside,
    meetingDefaults: meetingDefaults(),
    ...(publicUrl !== undefined && { publicUrl }),
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
  secretTokens: string[];
  limits?: GatewayDeps["limits"];
};

/** Answers the address it listens on. */
export const startGateway = async (
  { temporal, store, apiKey, secretTokens, limits }: GatewayParts,
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
    webhooks: { secretTokens: () => secretTokens },
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
