import { z } from "zod";

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
  state: "connected" | "needs_authorization";
  /** Where an administrator signs in with Zoom. */
  sign_in_url: string | null;
  created_at: string | null;
  created_by: string | null;
};

type HostCheck = {
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
  actions: ActionCheck[];
};

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, "must be one line");

const secret = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[\x21-\x7e]*$/, "must be of visible ASCII characters, without spaces");

const common = {
  name: line(100).meta({ description: "How people call it; unique, whatever its case" }),
  client_id: line(200).meta({ description: "Of the app in Zoom's Marketplace" }),
  client_secret: secret.meta({ description: "Kept sealed, and never shown again" }),
  webhook_secret_tokens: z
    .array(secret)
    .max(5)
    .default([])
    .meta({ description: "Of the app's event subscription; two while one is rotated" }),
  hosts: z
    .array(line(200))
    .max(500)
    .default([])
    .meta({ description: "Users of the account who host; a step may name its own" }),
};

/** What an administrator gives to connect a Zoom account. */
export const newConnectorSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("account_credentials").meta({ description: "A Server-to-Server OAuth app" }),
    account_id: line(200),
    ...common,
  }),
  z.strictObject({
    kind: z.literal("sign_in").meta({ description: "A General app: somebody signs in with Zoom" }),
    ...common,
  }),
]);

export type NewConnector = z.output<typeof newConnectorSchema>;
