import { createHmac } from "node:crypto";
import { catalogue } from "../../activities/actions/index.ts";
import type { AccountsDeps } from "../../connectors/accounts.ts";
import { createConnectors } from "../../connectors/connectors.ts";
import { openEmbeddedVault } from "../../connectors/vault.ts";
import type { RunbooksClient } from "../../client/temporal.ts";
import type { Incident } from "../../domain/incident.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { Execution } from "../../domain/plan.ts";
import type { TimelineEvent } from "../../domain/timeline.ts";
import type { GatewayDeps } from "../../gateway/app.ts";
import { buildGateway } from "../../gateway/app.ts";
import { hashOfKey } from "../../gateway/secrets.ts";
import { createOutgoingHttp } from "../../outgoing/http.ts";
import type { ApiKeyRole, Store, TrackedMeeting } from "../../store/index.ts";
import { createSubscribers } from "../../subscribers/subscribers.ts";
import { openMemoryStore } from "../support/memoryStore.ts";

export const secret = "sim-webhook-secret";

/** One call that the gateway made to the workflows. */
type Call = [name: keyof RunbooksClient, ...args: unknown[]];

export const anExecution = (over: Partial<Execution> = {}): Execution => ({
  id: "runbook-inc-1-bridge-1",
  incident_id: "inc-1",
  runbook: "bridge",
  title: "Open the bridge",
  state: "running",
  started_by: "platform",
  started_at: "2026-11-23T10:00:00.000Z",
  ended_at: null,
  steps: [{ id: "make", title: "Create the meeting", state: "running" }],
  ...over,
});

/**
 * Stands where Temporal is, since Temporal is not the subject: records what it is asked, and answers what `answers`
 * says, or throws it when it is an error.
 */
const createRecorder = () => {
  const calls: Call[] = [];
  const answers: Partial<Record<keyof RunbooksClient, unknown>> = {};
  const record =
    (name: keyof RunbooksClient, usual: (...args: never[]) => unknown) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      return answer ?? usual(...(args as never[]));
    };
  const command = (name: keyof RunbooksClient) => record(name, (id: string) => anExecution({ id }));
  const runbooks = {
    declareIncident: record("declareIncident", () => undefined),
    changeIncident: record("changeIncident", (incident: Incident, { patch }: { patch: object }) => ({
      ...incident,
      ...patch,
    })),
    executeRunbook: record("executeRunbook", ({ id }: Incident, { runbook }: { runbook: string }) => ({
      executionId: `runbook-${id}-${runbook}-1`,
    })),
    execution: command("execution"),
    retryStep: command("retryStep"),
    skipStep: command("skipStep"),
    approve: command("approve"),
    cancel: command("cancel"),
    signalMeeting: record("signalMeeting", () => undefined),
  } as RunbooksClient;
  return { runbooks, calls, answers, named: (name: string) => calls.filter(([each]) => each === name) };
};

export const keys: Record<ApiKeyRole, string> = {
  viewer: "viewer-key-0123456789",
  responder: "responder-key-0123456789",
  admin: "admin-key-0123456789",
};

const makeKeys = async (store: Store): Promise<void> => {
  for (const role of Object.keys(keys) as ApiKeyRole[]) {
    const hash = hashOfKey(keys[role]);
    if (await store.apiKeys.findByHash(hash)) continue;
    await store.apiKeys.create({ id: `key-${role}`, name: `a ${role}`, role, hash });
  }
};

export const bearer = (role: ApiKeyRole) => ({ authorization: `Bearer ${keys[role]}` });

type Injected = {
  method?: string;
  url: string;
  headers?: Record<string, string>;
  payload?: object | string | undefined;
};

/** `app.inject` over a real connection. (Fastify's own needs a package that Jest cannot load on Node 20.) */
const injector =
  (base: string) =>
  async ({ method = "GET", url, headers = {}, payload }: Injected) => {
    const body = typeof payload === "object" ? JSON.stringify(payload) : payload;
    const json = typeof payload === "object" ? { "content-type": "application/json" } : {};
    const answer = await fetch(`${base}${url}`, {
      method,
      headers: { ...json, ...headers },
      body: body ?? null,
      redirect: "manual",
    });
    const text = await answer.text();
    return {
      statusCode: answer.status,
      headers: Object.fromEntries(answer.headers) as Record<string, string | undefined>,
      body: text,
      // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers freely
      json: (): any => JSON.parse(text),
    };
  };

type Over = Partial<GatewayDeps> & {
  port?: number;
  /** What subscribers' webhooks may reach besides public addresses. */
  outgoingAllow?: string[];
  webhookSecretTokens?: string[];
  /** What the gateway knows of Zoom: no account, and nobody at its address, unless told. */
  zoom?: Partial<AccountsDeps>;
};

const nowhere = { apiUrl: "http://127.0.0.1:9/v2", oauthUrl: "http://127.0.0.1:9/oauth" };

/** A gateway with a store in memory, one key for each role, and a recorder in place of Temporal. */
export const startGateway = async ({
  port = 0,
  webhookSecretTokens = [secret],
  outgoingAllow = [],
  zoom = {},
  ...over
}: Over = {}) => {
  const store = over.store ?? (await openMemoryStore());
  const vault = "vault" in zoom ? zoom.vault : await openEmbeddedVault();
  await makeKeys(store);
  const recorder = createRecorder();
  const app = await buildGateway({
    store,
    runbooks: recorder.runbooks,
    catalogue,
    connectors: createConnectors({
      store,
      vault,
      zoom: nowhere,
      environment: { webhookSecretTokens },
      publicUrl: "http://gateway.test",
      ...zoom,
    }),
    subscribers: createSubscribers({
      store,
      vault,
      http: createOutgoingHttp({ allow: outgoingAllow }),
      now: over.now ?? Date.now,
    }),
    links: { publicUrl: "http://gateway.test", temporalUiUrl: "http://temporal.test" },
    ready: async () => ({ database: true, temporal: true }),
    limits: { requestsPerMinute: 100_000 },
    ...over,
  });
  const url = await app.listen({ host: "127.0.0.1", port });
  const close = async () => {
    await app.close();
    if (!over.store) await store.close();
  };
  return { app, url, store, ...recorder, inject: injector(url), close, [Symbol.asyncDispose]: close };
};

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

export const anIncident = (over: Partial<Incident> = {}): Incident => ({
  ...declaredIncident(
    { title: "Checkout is down", severity: "1" },
    over.id ?? "inc-1",
    "2026-11-23T10:00:00.000Z",
  ),
  ...over,
});

export const anEvent = (over: Partial<TimelineEvent> = {}): TimelineEvent => ({
  id: "test/1",
  kind: "note",
  at: "2026-11-23T10:00:01.000Z",
  title: "Something happened",
  source: { type: "api" },
  ...over,
});

export const aMeeting = (over: Partial<TrackedMeeting> = {}): TrackedMeeting => ({
  meeting_id: "85746065432",
  incident_id: "inc-1",
  execution_id: "runbook-inc-1-bridge-1",
  step: "make",
  purpose: "bridge",
  topic: "SEV1: Checkout is down",
  join_url: "https://zoom.test/j/85746065432",
  host: "host1@example.com",
  marker: "[zr:1]",
  created_at: "2026-11-23T10:00:02.000Z",
  ...over,
});

let requestIds = 0;

/** A webhook as Zoom signs and sends it. */
export const webhook = (
  body: object | string,
  { at = Date.now(), secretToken = secret, requestId = `request-${(requestIds += 1)}` } = {},
) => {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac("sha256", secretToken).update(`v0:${timestamp}:${payload}`).digest("hex");
  return {
    method: "POST" as const,
    url: "/webhooks/zoom",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-zm-request-timestamp": timestamp,
      "x-zm-signature": `v0=${signature}`,
      "x-zm-request-id": requestId,
    },
    payload,
  };
};
