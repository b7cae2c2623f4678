import { createHash } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import type { MeetingEvent } from "../domain/meetingLife.ts";
import { isLiveEvent } from "../domain/liveState.ts";
import { isMovement, seenAs, sessionOf } from "../domain/meetingLife.ts";
import type { MeetingWorkflowInput } from "../domain/messages.ts";
import { lifeChange, scopeOf } from "../domain/milestones.ts";
import type { Movement } from "../domain/movements.ts";
import { identified } from "../domain/movements.ts";
import type { MeetingRow } from "../store/index.ts";
import { parseWebhook } from "../zoom/webhookEvents.ts";
import type { WebhookEvent } from "../zoom/webhookEvents.ts";
import { webhookIdentity } from "../zoom/webhookIdentity.ts";
import type { UrlValidationAnswer, WebhookHeaders } from "../zoom/webhooks.ts";
import { urlValidationAnswer, verifyWebhook } from "../zoom/webhooks.ts";
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

const inputOf = ({ meeting }: MeetingRow): MeetingWorkflowInput => ({
  meetingId: meeting.meeting_id,
  incidentId: meeting.incident_id,
  topic: meeting.topic,
});

/** What happened is written first; the meeting's workflow then hears that there is something to read. */
const handOver = async (
  context: RouteContext,
  row: MeetingRow,
  event: MeetingEvent,
  isNews: boolean,
): Promise<void> => {
  const { store, runbooks, now } = context;
  await store.meetings.changeLife(
    row.meeting.meeting_id,
    (before, current) => lifeChange(before, [event], scopeOf(current), now()),
    { heard: true },
  );
  if (isNews) await runbooks.signalMeeting(inputOf(row), event);
};

/**
 * Who comes and goes is a row of its own, the same however often it is told, and nothing that the workflow need hear
 * of: a call of a thousand people costs it no more than one of ten. A responder's first join is a milestone; a join of
 * a session that nobody told us of begins it.
 */
const takeMovement = async (
  context: RouteContext,
  row: MeetingRow,
  told: Movement,
): Promise<WebhookResult> => {
  const { meetings } = context.store;
  const movement = identified(told, row.meeting.registrants);
  const added = await meetings.addMovements(row.meeting.meeting_id, [movement]);
  if (movement.type === "joined") {
    const session = row.life && sessionOf(row.life, movement.uuid);
    const isSeen = (name: string): boolean => session?.seen[name] !== undefined;
    const isMilestone = !session || !seenAs(movement.person, row.expected).every(isSeen);
    if (isMilestone) await handOver(context, row, movement, !session);
  }
  return added > 0 ? "accepted" : "duplicate";
};

type Deauthorized = Extract<WebhookEvent, { event: "app_deauthorized" }>;

/** Somebody removed the app in Zoom: all that is left of its connector is what the audit log says. */
const takeLeave = async (
  { connectors, store }: RouteContext,
  event: Deauthorized,
  secretToken: string,
  log: FastifyBaseLogger,
): Promise<WebhookResult> => {
  const { event: _name, ...notice } = event;
  const removed = await connectors.uninstalled({ ...notice, secretToken });
  if (removed.length === 0) return "not_ours";
  log.warn(
    { connectors: removed, accountId: event.accountId },
    "the app was removed in Zoom, and the connector with it",
  );
  for (const target of removed) {
    await store.audit.record({
      actor_kind: "zoom",
      actor_id: event.accountId,
      actor_name: "Zoom",
      action: "app_deauthorized",
      summary: "The app was removed in Zoom, and the connector with it",
      target,
    });
  }
  return "accepted";
};

/** The secret token that it is signed with; undefined if with none of ours. */
const verified = async (
  { connectors, now }: RouteContext,
  { rawBody, headers, log }: Delivery,
): Promise<string | undefined> => {
  const secretTokens = (await connectors.signers()).map(({ token }) => token);
  const verdict = verifyWebhook({ rawBody, headers, secretTokens, nowMs: now() });
  if (verdict.ok) return secretTokens[verdict.secretIndex] ?? "";
  log.warn({ reason: verdict.reason }, "a webhook was refused");
  return undefined;
};

/** Verifies, reads and hands over what Zoom sends; everything but HTTP. */
export const createIntake = (context: RouteContext) => {
  const { store, connectors, now } = context;
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
    const news = meetingNews(event);
    if (!news) return "ignored";
    const row = await ourMeeting(news.meetingId);
    if (!row) return "not_ours";
    if (isMovement(news.event)) return takeMovement(context, row, news.event);
    const keys = receiptKeys(event, delivery);
    if (!(await store.receipts.accept(keys))) return "duplicate";
    try {
      await handOver(context, row, news.event, !isLiveEvent(news.event));
    } catch (error) {
      await store.receipts.forget(keys);
      throw error;
    }
    await store.receipts.handled(keys);
    log.info({ event: event.event, meetingId: news.meetingId }, "webhook taken");
    return "accepted";
  };

  return async (delivery: Delivery): Promise<IntakeAnswer> => {
    const { rawBody, log } = delivery;
    const secret = await verified(context, delivery);
    if (secret === undefined) return { result: "forged" };
    // Zoom's answer does not wait for that.
    connectors.heard(secret).catch((error: unknown) => log.warn({ err: error }, "a webhook was not noted"));
    const event = parseWebhook(rawBody);
    if (!event) return { result: "unreadable" };
    if (event.event === "app_deauthorized") return { result: await takeLeave(context, event, secret, log) };
    if (event.event === "endpoint.url_validation") {
      return { result: "validation", validation: urlValidationAnswer(event.plainToken, secret) };
    }
    return { result: await take(event, delivery) };
  };
};
