import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { ControlRefusal, readControl } from "./controlBodies.ts";
import {
  clockSchema,
  faultsSchema,
  settingsSchema,
  uninstallSchema,
  webhooksSchema,
} from "./controlSchemas.ts";
import { APP, fillCloud } from "./defaults.ts";
import type { CloudOptions } from "./defaults.ts";
import { addLiveCallControls } from "./liveCallControls.ts";
import { changeSettings } from "./settings.ts";
import { addSessionControls } from "./sessionControls.ts";
import type { Cloud } from "./state.ts";
import { cloudView, deliveryView } from "./stateViews.ts";
import { isoTime } from "./time.ts";
import { revokeUser } from "./tokens.ts";
import { findUser } from "./users.ts";
import { announce, validateEndpoint, webhooksUnderWay } from "./webhooks.ts";

/** What tests and the demo do to the simulated world. None of it exists at Zoom. */
export function addControls(app: FastifyInstance, cloud: Cloud, options: CloudOptions): void {
  app.post("/_sim/reset", () => {
    cloud.clock.reset();
    fillCloud(cloud, options);
    return { reset: true };
  });
  app.get("/_sim/state", () => cloudView(cloud));
  app.get("/_sim/requests", () => ({ requests: cloud.requests }));
  app.get("/_sim/clock", () => clockView(cloud));
  app.post("/_sim/clock", (request) => changeClock(cloud, readControl(clockSchema, request)));
  app.get("/_sim/settings", () => cloud.settings);
  app.post("/_sim/settings", (request) => changeSettings(cloud, readControl(settingsSchema, request)));
  app.get("/_sim/webhooks", () => webhooksView(cloud));
  app.get("/_sim/webhooks/under_way", () => ({ under_way: webhooksUnderWay(cloud) }));
  app.post("/_sim/webhooks", (request) => configureWebhooks(cloud, readControl(webhooksSchema, request)));
  app.get("/_sim/faults", () => ({ faults: cloud.faults }));
  app.post("/_sim/faults", (request) => addFaults(cloud, request));
  app.delete("/_sim/faults", () => {
    cloud.faults = [];
    return { faults: [] };
  });
  app.post("/_sim/uninstall", (request) => uninstall(cloud, readControl(uninstallSchema, request)));
  addSessionControls(app, cloud);
  addLiveCallControls(app, cloud);
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ControlRefusal) return reply.code(error.status).send({ error: error.message });
    throw error;
  });
}

const clockView = ({ clock }: Cloud) => ({
  now: isoTime(clock.now()),
  nowMs: clock.now(),
  scale: clock.scale(),
});

function changeClock(cloud: Cloud, { advanceMs, scale }: z.infer<typeof clockSchema>) {
  if (scale !== undefined) cloud.clock.setScale(scale);
  if (advanceMs !== undefined) cloud.clock.advance(advanceMs);
  return clockView(cloud);
}

function addFaults(cloud: Cloud, request: FastifyRequest) {
  const added = readControl(faultsSchema, request).map((rule) => {
    cloud.counters.faults += 1;
    return { ...rule, id: `fault-${cloud.counters.faults}`, matched: 0, fired: 0 };
  });
  cloud.faults.push(...added);
  return { added };
}

/** Somebody removes the app on Zoom's Marketplace; `signature` and names are as in Zoom's notice. */
function uninstall(cloud: Cloud, { email }: z.infer<typeof uninstallSchema>) {
  const user = findUser(cloud, email ?? lastGrantor(cloud) ?? "");
  if (user === undefined) throw new ControlRefusal(404, "There is no such user.");
  revokeUser(cloud, user.id);
  announce(cloud, "app_deauthorized", {
    payload: {
      user_id: user.id,
      signature: createHash("sha256").update(user.id).digest("hex"),
      deauthorization_time: new Date(cloud.clock.now()).toISOString(),
      client_id: APP.clientId,
    },
  });
  return { uninstalled: user.email };
}

const lastGrantor = ({ grants }: Cloud): string | undefined => [...grants.values()].at(-1)?.userId;

async function configureWebhooks(cloud: Cloud, wish: z.infer<typeof webhooksSchema>) {
  delete cloud.webhooks.endpoint;
  if (wish.url === null) return { active: false };
  const endpoint = {
    url: wish.url,
    secretToken: wish.secretToken ?? APP.webhookSecretToken,
    events: wish.events,
  };
  const validation = wish.validate ? await validateEndpoint(cloud, endpoint) : { validated: false };
  const active = validation.validated || !wish.validate;
  if (active) cloud.webhooks.endpoint = endpoint;
  return { active, ...validation };
}

function webhooksView({ webhooks }: Cloud) {
  const { endpoint, deliveries } = webhooks;
  return {
    active: endpoint !== undefined,
    ...(endpoint && { url: endpoint.url, events: endpoint.events }),
    pending: deliveries.filter(({ state }) => state === "pending" || state === "retrying").length,
    deliveries: deliveries.map(deliveryView),
  };
}
