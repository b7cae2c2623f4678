import { createHmac, randomBytes } from "node:crypto";
import { APP } from "./defaults.ts";
import { seededRandom, takeWebhookFault } from "./faults.ts";
import { requestId, trackingId } from "./ids.ts";
import type { Attempt, Cloud, Delivery, FaultRule, WebhookEndpoint } from "./state.ts";
import { remember } from "./collections.ts";

const ANSWER_WITHIN_MS = 3_000;
const MINUTE_MS = 60_000;
/** Waits before the second, third and fourth try; nothing follows the fourth. */
const RETRY_AFTER_MS = [5 * MINUTE_MS, 20 * MINUTE_MS, 60 * MINUTE_MS];

export type Announcement = { meetingId?: number; payload: object; topLevel?: object };

/** Sends an event to the subscriber, after those of the same meeting that came before it. */
export function announce(cloud: Cloud, event: string, { meetingId, payload, topLevel }: Announcement): void {
  const { endpoint } = cloud.webhooks;
  if (endpoint === undefined || endpoint.events?.includes(event) === false) return;
  const body = JSON.stringify({
    event,
    event_ts: cloud.clock.now(),
    payload: { account_id: cloud.accountId, ...payload },
    ...topLevel,
  });
  cloud.tap?.webhook(body);
  const delivery = newDelivery(cloud, { event, body, ...(meetingId !== undefined && { meetingId }) });
  dispatch(cloud, delivery, takeWebhookFault(cloud, event, meetingId));
}

export type Validation = { validated: boolean; reason?: string };

/** The handshake Zoom does before it sends anything to a new address. */
export async function validateEndpoint(cloud: Cloud, endpoint: WebhookEndpoint): Promise<Validation> {
  const plainToken = randomBytes(16).toString("base64url");
  const body = JSON.stringify({
    payload: { plainToken },
    event_ts: cloud.clock.now(),
    event: "endpoint.url_validation",
  });
  try {
    const response = await post(cloud, endpoint, body, requestId());
    if (response.status !== 200) return { validated: false, reason: `answered ${response.status}` };
    const answer = (await response.json()) as { plainToken?: unknown; encryptedToken?: unknown };
    const expected = createHmac("sha256", endpoint.secretToken).update(plainToken).digest("hex");
    const isRight = answer.plainToken === plainToken && answer.encryptedToken === expected;
    return isRight ? { validated: true } : { validated: false, reason: "answered with wrong tokens" };
  } catch (error) {
    return { validated: false, reason: describe(error) };
  }
}

function newDelivery(cloud: Cloud, about: Pick<Delivery, "event" | "body" | "meetingId">): Delivery {
  const delivery: Delivery = { ...about, requestId: requestId(), state: "pending", attempts: [] };
  remember(cloud.webhooks.deliveries, delivery);
  return delivery;
}

/** What is being sent right now, or queues for its turn; not what is to be sent later. */
export const webhooksUnderWay = ({ webhooks }: Cloud): number => webhooks.sending + webhooks.queues.size;

function dispatch(cloud: Cloud, delivery: Delivery, fault: FaultRule | undefined): void {
  switch (fault?.kind) {
    case "dropWebhook":
      delivery.state = "dropped";
      return;
    case "doubleWebhook":
      sendInTurn(cloud, delivery);
      sendInTurn(cloud, delivery);
      return;
    case "delayWebhook":
      cloud.clock.after(fault.delayMs, () => void attempt(cloud, delivery));
      return;
    case "shuffleWebhook":
      cloud.clock.after(
        fault.delayMs * seededRandom(fault.seed + 1, fault.fired),
        () => void attempt(cloud, delivery),
      );
      return;
    default:
      sendInTurn(cloud, delivery);
  }
}

function sendInTurn(cloud: Cloud, delivery: Delivery): void {
  const { queues } = cloud.webhooks;
  const queue = String(delivery.meetingId);
  const sent = (queues.get(queue) ?? Promise.resolve()).then(() => attempt(cloud, delivery));
  queues.set(queue, sent);
  void sent.then(() => queues.get(queue) === sent && queues.delete(queue));
}

/** `tries` counts those of this copy: of a doubled event each is tried again by itself. */
async function attempt(cloud: Cloud, delivery: Delivery, tries = 1): Promise<void> {
  const { webhooks } = cloud;
  webhooks.sending += 1;
  await tryAndPlan(cloud, delivery, tries).finally(() => (webhooks.sending -= 1));
}

async function tryAndPlan(cloud: Cloud, delivery: Delivery, tries: number): Promise<void> {
  const { webhooks } = cloud;
  if (webhooks.endpoint === undefined) {
    delivery.state = "failed";
    return;
  }
  const result = await tryOnce(cloud, webhooks.endpoint, delivery);
  delivery.attempts.push(result);
  const state = judge(result, tries);
  if (delivery.state !== "delivered") delivery.state = state;
  const waitMs = RETRY_AFTER_MS[tries - 1];
  const isForgotten = cloud.webhooks !== webhooks || cloud.closing.signal.aborted;
  if (state === "retrying" && waitMs !== undefined && !isForgotten) {
    cloud.clock.after(waitMs, () => void attempt(cloud, delivery, tries + 1));
  }
}

/** Only 5xx and transport failures are tried again; a 4xx or 3xx loses the event. */
function judge({ status }: Attempt, tries: number): Delivery["state"] {
  if (status !== undefined && status >= 200 && status < 300) return "delivered";
  const mayRetry = status === undefined || status >= 500;
  return mayRetry && tries <= RETRY_AFTER_MS.length ? "retrying" : "failed";
}

async function tryOnce(cloud: Cloud, endpoint: WebhookEndpoint, delivery: Delivery): Promise<Attempt> {
  const atMs = cloud.clock.now();
  try {
    const response = await post(cloud, endpoint, delivery.body, delivery.requestId);
    await response.body?.cancel();
    return { atMs, status: response.status };
  } catch (error) {
    return { atMs, error: describe(error) };
  }
}

/** Signed afresh each time: the timestamp header is in seconds, though the body's is in milliseconds. */
function post(cloud: Cloud, endpoint: WebhookEndpoint, body: string, id: string): Promise<Response> {
  const timestamp = String(Math.floor(cloud.clock.now() / 1000));
  const signature = createHmac("sha256", endpoint.secretToken)
    .update(`v0:${timestamp}:${body}`)
    .digest("hex");
  const patience = new AbortController();
  // Not AbortSignal.timeout: within `any` Node 20 lets it be collected, and then nothing ever times out.
  const timer = setTimeout(
    () => patience.abort(new Error("timeout: no answer within three seconds")),
    ANSWER_WITHIN_MS,
  );
  return fetch(endpoint.url, {
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.any([patience.signal, cloud.closing.signal]),
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Zoom Marketplace/1.0a",
      clientid: APP.clientId,
      traceparent: `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-02`,
      "x-zm-request-id": id,
      "x-zm-request-timestamp": timestamp,
      "x-zm-signature": `v0=${signature}`,
      "x-zm-trackingid": trackingId(),
    },
    body,
  }).finally(() => clearTimeout(timer));
}

/** fetch hides the reason in the cause. */
function describe(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  return [message, cause?.message].filter((part) => part !== undefined).join(": ");
}
