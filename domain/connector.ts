import { z } from "zod";
import { line } from "./line.ts";
import { meetingDefaultsSchema } from "./meetingDefaults.ts";

/** Through which connector something was made, and in which of Zoom's accounts: another connector may reach that too. */
export type MadeIn = { connector: string; account_id: string | null };

/** Of Zoom: what an account may do, and how much. */
export const zoomPlans = ["free", "pro", "business", "enterprise"] as const;

export type ZoomPlan = (typeof zoomPlans)[number];

/** A Zoom account that runbooks may work in, as people see it: without any secret. */
export type Connector = {
  id: string;
  name: string;
  kind: "account_credentials" | "sign_in";
  /** Where it is configured; what the environment configures cannot be changed here. */
  source: "store" | "environment";
  account_id: string | null;
  client_id: string;
  is_default: boolean;
  hosts: string[];
  /** Or whoever is in this group of Zoom's, by id or name. */
  host_group: string | null;
  plan: ZoomPlan | null;
  /** What its meetings have where a step says nothing. */
  meeting_defaults: { [field: string]: unknown } | null;
  /** How many secret tokens its webhooks may be signed with; null if its secrets cannot be opened. */
  webhook_secret_tokens: number | null;
  state: "connected" | "needs_authorization";
  /** Where an administrator signs in with Zoom. */
  sign_in_url: string | null;
  created_at: string | null;
  created_by: string | null;
};

type WebhookCheck = {
  /** When one was last verified by a secret token of the connector; null: never. */
  heard_at: string | null;
  problem: string | null;
  advice: string | null;
};

export type HostCheck = {
  host: string;
  verdict: "licensed" | "basic" | "unusable" | "unknown";
  problem: string | null;
};

type ActionCheck = {
  action: string;
  title: string;
  verdict: "works" | "limited" | "missing";
  /** Of each list any one scope will do. */
  missing_scopes: string[][];
  problem: string | null;
  advice: string | null;
};

/** What a connector can do, and what it lacks. */
export type ConnectorCheck = {
  connector: Connector;
  /** It authenticates, and every action works. */
  works: boolean;
  problem: string | null;
  advice: string | null;
  /** Undefined granted scopes: Zoom did not say. */
  scopes: string[] | null;
  hosts: HostCheck[];
  webhooks: WebhookCheck;
  actions: ActionCheck[];
};

const secret = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[\x21-\x7e]*$/, "must be of visible ASCII characters, without spaces");

/** What may be changed later. */
const fields = {
  name: line(100).meta({ description: "How people call it, and runbooks; unique, whatever its case" }),
  client_secret: secret.meta({ description: "Kept sealed, and never shown again" }),
  webhook_secret_tokens: z
    .array(secret)
    .max(5)
    .meta({ description: "Of the app's event subscription; two while one is rotated" }),
  hosts: z
    .array(line(200))
    .max(500)
    .meta({ description: "Users of the account who host; a step may name its own" }),
  host_group: line(200)
    .nullable()
    .meta({ description: "Or whoever is licensed in this group of Zoom's, by its name or id" }),
  plan: z
    .enum(zoomPlans)
    .nullable()
    .meta({ description: "Of the account in Zoom: what it cannot do is told before a step fails" }),
  meeting_defaults: meetingDefaultsSchema.nullable().meta({
    description: "What its meetings have where a step says nothing, for all and by severity",
  }),
};

const common = {
  ...fields,
  client_id: line(200).meta({ description: "Of the app in Zoom's Marketplace" }),
  webhook_secret_tokens: fields.webhook_secret_tokens.default([]),
  hosts: fields.hosts.default([]),
  host_group: fields.host_group.optional(),
  plan: fields.plan.optional(),
  meeting_defaults: fields.meeting_defaults.optional(),
};

type Pool = { hosts?: string[] | undefined; host_group?: string | null | undefined };

const onePool = ({ hosts = [], host_group }: Pool): boolean => hosts.length === 0 || !host_group;

const twoPools = { path: ["host_group"], error: "stands instead of hosts: give the one or the other" };

/** What an administrator gives to connect a Zoom account. */
export const newConnectorSchema = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("account_credentials").meta({ description: "A Server-to-Server OAuth app" }),
      account_id: line(200),
      ...common,
    })
    .refine(onePool, twoPools),
  z
    .strictObject({
      kind: z.literal("sign_in").meta({ description: "A General app: somebody signs in with Zoom" }),
      ...common,
    })
    .refine(onePool, twoPools),
]);

export type NewConnector = z.output<typeof newConnectorSchema>;

/** What an administrator changes of a connector; what is left out stays. A host group takes the hosts' place, and they its. */
export const connectorEditSchema = z
  .strictObject(fields)
  .partial()
  .refine(onePool, twoPools)
  .refine((given) => Object.keys(given).length > 0, "names nothing to change");

export type ConnectorEdit = z.output<typeof connectorEditSchema>;
