import { randomBytes } from "node:crypto";
import { Client, Connection } from "@temporalio/client";
import type { ZoomAccount } from "../../connectors/zoomAccount.ts";
import type { HttpClient } from "../../client/http.ts";
import { createHttpClient } from "../../client/http.ts";
import type { Later } from "../../demo/embedded.ts";
import { simulated, simulatedZoom, startGateway, startWorker } from "../../demo/embedded.ts";
import { applyRunbooks } from "../../demo/runbooks.ts";
import { startTemporal } from "../../demo/temporalServer.ts";
import type { Store } from "../../store/index.ts";
import { openStore } from "../../store/index.ts";
import { serverToServerAccount } from "../../connectors/zoomAccount.ts";
import { createMarks } from "./marks.ts";
import type { BenchOptions } from "./options.ts";
import { startOurs } from "./ours.ts";
import type { Side } from "./side.ts";
import { bundleTwins, startTwin } from "./twins/sides.ts";
import type { Zoom } from "./zoom.ts";
import { startZoom } from "./zoom.ts";

export type Stack = {
  url: string;
  api: HttpClient;
  client: Client;
  store: Store;
  zoom: Zoom;
  /** Zoom as our own side reaches it. */
  account: ZoomAccount;
  sides: Side[];
};

/** The gateway would take us for an attack. */
const unlimited = { requestsPerMinute: 1_000_000 };

/** One server, one stand-in for Zoom, and every side with a worker of its own. */
export const startStack = async (
  { databaseUrl, zoomLatencyMs, sides }: BenchOptions,
  later: Later,
): Promise<Stack> => {
  const temporal = await startTemporal();
  later(() => temporal.close());
  const zoom = await startZoom(zoomLatencyMs, later);
  const store = await openStore({ databaseUrl });
  later(() => store.close());

  const settings = simulated(zoom.url);
  const simulatedAccount = await simulatedZoom(zoom.url);
  const { worker, connection } = await startWorker(temporal, store, simulatedAccount, later);
  const apiKey = `bench-${randomBytes(16).toString("hex")}`;
  const parts = { temporal, store, apiKey, zoom: simulatedAccount, limits: unlimited };
  const url = await startGateway(parts, later);
  const api = createHttpClient({ url, apiKey });
  await applyRunbooks(api, { isQuick: true });

  const clientConnection = await Connection.connect({ address: temporal.address });
  later(() => clientConnection.close());
  const client = new Client({ connection: clientConnection });
  const marks = createMarks();
  const bundle = await bundleTwins();
  const deps = { client, connection, ours: worker, zoom: () => serverToServerAccount(settings), marks };
  const started = sides.map((name) =>
    name === "ours" ? startOurs({ api, store, client, marks }, later) : startTwin(name, deps, bundle, later),
  );
  const account = serverToServerAccount(settings);
  return { url, api, client, store, zoom, account, sides: await Promise.all(started) };
};
