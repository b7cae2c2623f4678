import { z } from "zod";
import type { DeliveryPage, SubscriberList } from "../client/api.ts";
import { incidentStatuses } from "../domain/incident.ts";
import { severities } from "../domain/severity.ts";
import type { Delivery, Resent, Subscriber, Tried, WithSecret } from "../domain/subscriber.ts";
import { timelineKinds } from "../domain/timeline.ts";
import type { TimelineWebhook } from "../subscribers/message.ts";
import { instant, timelineEvent } from "./schemaParts.ts";

export const subscriber = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    kinds: z.array(z.enum(timelineKinds)).meta({ description: "Only these kinds of event; all when empty" }),
    severities: z.array(z.enum(severities)).meta({ description: "Only such incidents; all when empty" }),
    state: z
      .enum(["working", "failing", "disabled"])
      .meta({ description: "failing: it has accepted nothing since something failed" }),
    failing_since: instant.nullable(),
    problem: z.string().nullable(),
    last_accepted_at: instant.nullable().meta({ description: "To the minute" }),
    incidents_waiting: z.number().meta({ description: "Incidents of which events wait to be delivered" }),
    dead: z.number().meta({ description: "Events that were given up; they can be sent again" }),
    old_secret_until: instant
      .nullable()
      .meta({ description: "Until then, the secret before the current one signs as well" }),
    created_at: instant,
    created_by: z.string(),
  })
  .meta({
    id: "Subscriber",
    description: "Who is sent the events of timelines as webhooks; its secret is shown once",
  }) satisfies z.ZodType<Subscriber>;

export const subscriberList = z.object({
  subscribers: z.array(subscriber),
}) satisfies z.ZodType<SubscriberList>;

export const withSecret = z.object({
  subscriber,
  secret: z.string().nullable().meta({ description: "Shown this once; null where it was given" }),
}) satisfies z.ZodType<WithSecret>;

export const tried = z.object({
  accepted: z.boolean(),
  status: z.number().nullable(),
  problem: z.string().nullable(),
}) satisfies z.ZodType<Tried>;

export const resent = z.object({
  sent: z.number(),
  failed: z.number().meta({ description: "Incidents that it stopped at: one of their events failed again" }),
  left: z.number().meta({ description: "Dead ones that are left; ask again for those that were not tried" }),
  problem: z.string().nullable(),
}) satisfies z.ZodType<Resent>;

export const deliveryPage = z.object({
  deliveries: z.array(
    z.object({
      state: z.enum(["pending", "dead"]),
      incident_id: z.string(),
      seq: z.number(),
      kind: z.enum(timelineKinds),
      title: z.string(),
      recorded_at: instant,
      tries: z.number().meta({
        description:
          "How often its incident's events failed since one was accepted; 0 while it waits for another",
      }),
      next_try_at: instant
        .nullable()
        .meta({ description: "null: it waits for the event before it, or is dead" }),
      problem: z.string().nullable(),
    }) satisfies z.ZodType<Delivery>,
  ),
  next: z.string().nullable().meta({ description: "Give it as `after` for the next page" }),
}) satisfies z.ZodType<DeliveryPage>;

/** What subscribers are sent: OpenAPI's `webhooks`. */
export const timelineWebhook = z
  .object({
    type: z.literal("timeline.event"),
    timestamp: instant.meta({ description: "When the event happened" }),
    data: z.object({
      incident: z
        .object({
          id: z.string(),
          short_id: z.string(),
          title: z.string(),
          severity: z.enum(severities),
          status: z.enum(incidentStatuses),
        })
        .meta({ description: "As it is when the event is sent" }),
      event: timelineEvent,
    }),
  })
  .meta({ id: "TimelineWebhook" }) satisfies z.ZodType<TimelineWebhook>;
