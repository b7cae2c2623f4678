import { createHash } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import type { MeetingWorkflowInput } from "../domain/messages.ts";
import { expectedPeople } from "../domain/people.ts";
import type { MeetingRow } from "../store/index.ts";
import { parseWebhook } from "../zoom/webhookEvents.ts";
import type { WebhookEvent } from "../zoom/webhookEvents.ts";
import { webhookIdentity } from "../zoom/webhookIdentity.ts";
import type { UrlValidationAnswer, WebhookHeaders } from "../zoom/webhooks.ts";
import { urlValidationAnswer, verifyWebhook } from "../zoom/webhooks.ts";
import type { MeetingNews } from "./meetingEvents.ts";
import { meetingNews } from "./meetingEvents.ts";
import type { WebhookResult } from "./metrics.ts";
import type { RouteContext } from "./types.ts";

export type IntakeAnswer = { result: WebhookResult; validation?: UrlValidationAnswer };

type Delivery = { rawBody: Buffer; headers: WebhookHeaders; log: FastifyBaseLogger };

/** How long a meeting counts as not ours: short, since it may be made and saved a moment from now. */
const strangerMs = 2_000;
const maxStrangers = 5_000;

/** An account's other meetings make many events; each is asked for once in a while only. */
const createStrangers = (now: () => number) => {
  const until = new Map<string, number>();
  return {
    has: (meetingId: string): boolean => (until.get(meetingId) ?? 0) > now(),
    add: (meetingId: string): void => {
      if (until.size >= maxStrangers) until.clear();
      until.set(meetingId, now() + strangerMs);
    },
  };
};

/** Zoom repeats a delivery with the same request id and body, and may send one event twice under two request ids. */
const receiptKeys = (event: WebhookEvent, { rawBody, headers }: Delivery): string[] => {
  const requestId = headers["x-zm-request-id"];
  const delivery =
    typeof requestId === "string" && requestId !== "" && requestId.length <= 200
      ? `request:${requestId}`
      : `body:${createHash("sha256").update(rawBody).digest("hex")}`;
  return [delivery, `event:${webhookIdentity(event)}`];
};

const inputFor = async (
  { store }: RouteContext,
  { meeting, life }: MeetingRow,
): Promise<MeetingWorkflowInput> => {
  const row = await store.incidents.get(meeting.incident_id);
  return {
    meetingId: meeting.meeting_id,
    incidentId: meeting.incident_id,
    topic: meeting.topic,
    expected: row ? expectedPeople(row.incident) : [],
    ...(life && { life }),
  };
};

const handOver = async (
  context: RouteContext,
  row: MeetingRow,
  { event }: MeetingNews,
  keys: string[],
): Promise<void> => {
  const { store, runbooks } = context;
  try {
    await runbooks.signalMeeting(await inputFor(context, row), event);
  } catch (error) {
    await store.receipts.forget(keys);
    throw error;
  }
  await store.receipts.handled(keys);
};

/** Verifies, reads and hands over what Zoom sends; everything but HTTP. */
export const createIntake = (context: RouteContext) => {
  const { store, webhooks, now } = context;
  const strangers = createStrangers(now);

  const ourMeeting = async (meetingId: string): Promise<MeetingRow | undefined> => {
    if (strangers.has(meetingId)) return undefined;
    const row = await store.meetings.get(meetingId);
    if (!row) strangers.add(meetingId);
    return row;
  };

  const take = async (event: WebhookEvent, delivery: Delivery): Promise<WebhookResult> => {
    const { log } = delivery;
    if (event.event === "other" && event.problem !== undefined) {
      log.warn({ event: event.name, fields: event.problem }, "a webhook could not be read");
      return "unreadable";
    }
    const news = meetingNews(event, now());
    if (!news) return "ignored";
    const row = await ourMeeting(news.meetingId);
    if (!row) return "not_ours";
    const keys = receiptKeys(event, delivery);
    if (!(await store.receipts.accept(keys))) return "duplicate";
    await handOver(context, row, news, keys);
    log.info({ event: event.event, meetingId: news.meetingId }, "webhook taken");
    return "accepted";
  };

  return async (delivery: Delivery): Promise<IntakeAnswer> => {
    const { rawBody, headers, log } = delivery;
    const secretTokens = await webhooks.secretTokens();
    const verdict = verifyWebhook({ rawBody, headers, secretTokens, nowMs: now() });
    if (!verdict.ok) {
      log.warn({ reason: verdict.reason }, "a webhook was refused");
      return { result: "forged" };
    }
    const event = parseWebhook(rawBody);
    if (!event) return { result: "unreadable" };
    if (event.event === "endpoint.url_validation") {
      const secret = secretTokens[verdict.secretIndex] ?? "";
      return { result: "validation", validation: urlValidationAnswer(event.plainToken, secret) };
    }
    return { result: await take(event, delivery) };
  };
};
