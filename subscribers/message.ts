import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { IncidentFacts, Outgoing } from "../store/index.ts";
import type { RecordedEvent } from "../domain/timeline.ts";
import type { Secrets } from "./secrets.ts";

/** A webhook's body. */
export type TimelineWebhook = {
  type: "timeline.event";
  /** When the event happened. */
  timestamp: string;
  data: { incident: IncidentFacts; event: RecordedEvent };
};

export type Message = { id: string; body: string };

/** The same for the same event, however often and to whom it is sent. Incidents' ids may hold dots, which ids of messages may not. */
export const messageOf = ({ incident, event }: Outgoing): Message => {
  const webhook: TimelineWebhook = { type: "timeline.event", timestamp: event.at, data: { incident, event } };
  const digest = createHash("sha256").update(`${incident.id}/${event.id}`).digest("base64url");
  return { id: `msg_${digest.slice(0, 27)}`, body: JSON.stringify(webhook) };
};

/** A message that asks for nothing, to try a subscriber out. */
export const testMessage = (id: string, nowMs: number): Message => ({
  id: `msg_test_${id}`,
  body: JSON.stringify({ type: "subscriber.test", timestamp: new Date(nowMs).toISOString(), data: {} }),
});

/** Headers of one try. While a secret is rotated, both sign, and the receiver takes either. */
export const headersOf = (
  { id, body }: Message,
  { secret, oldSecret }: Secrets,
  nowMs: number,
): Record<string, string> => {
  const at = new Date(nowMs);
  const sign = (each: string): string => new Webhook(each).sign(id, at, body);
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(nowMs / 1000)),
    "webhook-signature": [secret, oldSecret].flatMap((each) => (each ? [sign(each)] : [])).join(" "),
  };
};
