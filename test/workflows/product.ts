import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "@temporalio/worker";
import { catalogue } from "../../activities/actions/index.ts";
import { createActivities } from "../../activities/index.ts";
import { createHttpClient } from "../../client/http.ts";
import { createRunbooksClient } from "../../client/temporal.ts";
import { buildGateway } from "../../gateway/app.ts";
import type { Store } from "../../store/index.ts";
import { createOutgoingHttp } from "../../outgoing/http.ts";
import { createSubscribers } from "../../subscribers/subscribers.ts";
import { createConnectors } from "../../connectors/connectors.ts";
import { openEmbeddedVault } from "../../connectors/vault.ts";
import { serverToServerAccount } from "../../connectors/zoomAccount.ts";
import { controlOf } from "../support/control.ts";
import { oneAccount } from "../support/oneAccount.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import { startSimulator } from "../support/simulator.ts";
import {
  registerSearchAttributes,
  taskQueueFor,
  timeSkippingEnvironment,
  workflowBundle,
} from "../support/temporal.ts";
import { freePort } from "../support/temporalServer.mjs";
import { until } from "../support/until.ts";

const webhookSecret = "sim-webhook-secret";
const minuteMs = 60_000;

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** One clock for all: it goes as this machine's does, and is moved on where Temporal's server skips. */
const createClock = () => {
  const skips = [{ sinceMs: 0, aheadMs: 0 }];
  const aheadMs = () => skips.at(-1)?.aheadMs ?? 0;
  return {
    nowMs: (): number => Date.now() + aheadMs(),
    skip: (byMs: number): void => void skips.push({ sinceMs: Date.now(), aheadMs: aheadMs() + byMs }),
    /** A time of this machine's, which is what the database tells, on this clock. */
    fromWall: (wallMs: number): number =>
      wallMs + (skips.findLast(({ sinceMs }) => sinceMs <= wallMs)?.aheadMs ?? 0),
  };
};

type Clock = ReturnType<typeof createClock>;

/** The database has a clock of its own, which nothing skips. */
const onClock = (store: Store, clock: Clock): Store => ({
  ...store,
  meetings: {
    ...store.meetings,
    heardAtMs: async (meetingId) => {
      const atMs = await store.meetings.heardAtMs(meetingId);
      return atMs === null ? null : clock.fromWall(atMs);
    },
  },
});

/**
 * The whole product on a clock that skips hours: gateway and simulator speak to each other over HTTP, and a worker
 * works for Temporal. The gateway can be stopped and started again; a worker that
 * stops would leave this server's clock standing still.
 */
export const startProduct = async (title: string, { hosts }: { hosts: string[] }) => {
  const environment = await timeSkippingEnvironment();
  await registerSearchAttributes(environment);
  const simulator = await startSimulator();
  const control = controlOf(simulator.url);
  const clock = createClock();
  const store = await openMemoryStore();
  const taskQueue = taskQueueFor(title);

  /** The server's clock leads, Zoom's and ours follow. */
  const keepTime = async (): Promise<void> => {
    const laterMs = Math.floor((await environment.currentTimeMs()) - clock.nowMs());
    if (laterMs <= 0) return;
    clock.skip(laterMs);
    await control("/clock", { advanceMs: laterMs });
  };

  const zoom = serverToServerAccount({
    apiUrl: `${simulator.url}/v2`,
    oauthUrl: `${simulator.url}/oauth`,
    accountId: "sim-account",
    clientId: "sim-client",
    clientSecret: "sim-secret",
    hosts,
  });
  const activities = Object.fromEntries(
    Object.entries(
      createActivities({ store: onClock(store, clock), zoom: oneAccount(zoom), nowMs: clock.nowMs }),
    ).map(([name, activity]) => [
      name,
      async (request: never) => {
        await keepTime();
        return (activity as (given: never) => Promise<unknown>)(request);
      },
    ]),
  );

  const startWorker = async () => {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      namespace: environment.namespace,
      taskQueue,
      workflowBundle,
      activities,
      shutdownGraceTime: "10 seconds",
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  };

  const apiKey = randomBytes(16).toString("hex");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const vault = await openEmbeddedVault();
  const connectors = createConnectors({
    store,
    vault,
    zoom: { apiUrl: `${simulator.url}/v2`, oauthUrl: `${simulator.url}/oauth` },
    environment: { webhookSecretTokens: [webhookSecret] },
    publicUrl: url,
  });
  const startGateway = async () => {
    const app = await buildGateway({
      store,
      runbooks: createRunbooksClient(environment.client, { taskQueue }),
      catalogue,
      connectors,
      subscribers: createSubscribers({ store, vault, http: createOutgoingHttp(), now: clock.nowMs }),
      links: { publicUrl: url },
      ready: async () => ({ database: true, temporal: true }),
      limits: { requestsPerMinute: 1_000_000 },
      adminApiKey: apiKey,
      now: clock.nowMs,
    });
    await app.listen({ host: "127.0.0.1", port });
    return () => app.close();
  };

  const stopWorker = await startWorker();
  let stopGateway = await startGateway();
  const api = createHttpClient({ url, apiKey });
  const runbook = readFileSync(`${repository}runbooks/incident-bridge.yaml`, "utf8");
  await api.applyRunbook("incident-bridge", runbook);
  const users = hosts.map((email) => ({ email, licensed: true }));
  await control("/settings", { limits: false, users, listOnePersonMeetings: false });
  await control("/webhooks", { url: `${url}/webhooks/zoom`, secretToken: webhookSecret });

  const isQuiet = async () => {
    const { under_way } = await control<{ under_way: number }>("/webhooks/under_way");
    return under_way === 0 ? true : undefined;
  };
  /** What Zoom had to tell by now has been told. */
  const webhooksAreSent = () => until("the last of the webhooks", isQuiet, { everyMs: 2 });

  return {
    api,
    control,
    store,
    environment,
    nowMs: clock.nowMs,
    webhooksAreSent,
    /** In steps, since the gateway takes no webhooks that are five minutes old. */
    pass: async (durationMs: number, stepMs = minuteMs): Promise<void> => {
      const endMs = clock.nowMs() + durationMs;
      for (let restMs = durationMs; restMs > 0; restMs = endMs - clock.nowMs()) {
        await environment.sleep(Math.min(restMs, stepMs));
        await keepTime();
        await webhooksAreSent();
      }
    },
    withoutGateway: async (work: () => Promise<void>): Promise<void> => {
      await stopGateway();
      await work();
      stopGateway = await startGateway();
    },
    [Symbol.asyncDispose]: async () => {
      await stopGateway();
      await stopWorker();
      await simulator.close();
      await environment.close();
      await store.close();
    },
  };
};

export type Product = Awaited<ReturnType<typeof startProduct>>;
