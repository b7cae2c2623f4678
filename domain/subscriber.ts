import { z } from "zod";
import { line } from "./line.ts";
import type { Severity } from "./severity.ts";
import { severities } from "./severity.ts";
import type { TimelineKind } from "./timeline.ts";
import { timelineKinds } from "./timeline.ts";

/** Who is sent the events of timelines as webhooks, as people see it: without its secret. */
export type Subscriber = {
  id: string;
  name: string;
  url: string;
  /** Only these kinds of event, and incidents of these severities; all of them when empty. */
  kinds: TimelineKind[];
  severities: Severity[];
  /** `failing`: it has accepted nothing since something was refused. */
  state: "working" | "failing" | "disabled";
  failing_since: string | null;
  /** Why the latest delivery failed, or why it is disabled. */
  problem: string | null;
  last_accepted_at: string | null;
  /** Incidents of which events wait to be delivered, and events that were given up. */
  incidents_waiting: number;
  dead: number;
  /** The secret before the current one signs as well, until then. */
  old_secret_until: string | null;
  created_at: string;
  created_by: string;
};

/** One event on its way to a subscriber, or given up. */
export type Delivery = {
  state: "pending" | "dead";
  incident_id: string;
  seq: number;
  kind: TimelineKind;
  title: string;
  recorded_at: string;
  /** How often its incident's events were tried since one was accepted. */
  tries: number;
  /** null: it waits for the event before it, or was given up. */
  next_try_at: string | null;
  problem: string | null;
};

/** What webhooks are signed with is shown once, and not where it was given. */
export type WithSecret = { subscriber: Subscriber; secret: string | null };

/** How a webhook that only tries a subscriber out came out. */
export type Tried = { accepted: boolean; status: number | null; problem: string | null };

/** `failed`: incidents that it stopped at; `left`: dead ones that are left. */
export type Resent = { sent: number; failed: number; left: number; problem: string | null };

const prefix = "whsec_";

/** As https://www.standardwebhooks.com has it: 24 to 64 bytes. */
const isSecret = (text: string): boolean => {
  const encoded = text.slice(prefix.length);
  const isBase64 =
    text.startsWith(prefix) && /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(encoded);
  const bytes = Math.floor((encoded.replaceAll("=", "").length * 3) / 4);
  return isBase64 && bytes >= 24 && bytes <= 64;
};

const secret = z
  .string()
  .trim()
  .max(200)
  .refine(isSecret, "must be whsec_ and 24 to 64 random bytes in base64")
  .meta({
    description:
      "What webhooks are signed with, whsec_…; made when left out. Kept sealed, and never shown again",
  });

const fields = {
  name: line(100).meta({ description: "How people call it; unique, whatever its case" }),
  url: z
    .url({ protocol: /^https?$/, error: "must be https://host/path" })
    .max(2000)
    .meta({ description: "Where webhooks are sent" }),
  kinds: z
    .array(z.enum(timelineKinds))
    .max(timelineKinds.length)
    .meta({ description: "Only these kinds of event; all when empty" }),
  severities: z.array(z.enum(severities)).max(severities.length).meta({
    description: "Only incidents of these severities, as they are when an event is sent; all when empty",
  }),
};

export const newSubscriberSchema = z.strictObject({
  name: fields.name,
  url: fields.url,
  kinds: fields.kinds.default([]),
  severities: fields.severities.default([]),
  secret: secret.optional(),
});

export type NewSubscriber = z.output<typeof newSubscriberSchema>;

export const subscriberPatchSchema = z
  .strictObject({
    ...fields,
    enabled: z
      .boolean()
      .meta({ description: "What happens while it is disabled is sent once it is enabled again" }),
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, "name at least one field to change");

export type SubscriberPatch = z.output<typeof subscriberPatchSchema>;

export const newSecretSchema = z.strictObject({ secret: secret.optional() });
