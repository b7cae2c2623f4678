import type { IncomingMessage, ServerResponse } from "node:http";
import type { PayloadCodec } from "@temporalio/common";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { RunbooksClient } from "../client/temporal.ts";
import type { Connectors } from "../connectors/connectors.ts";
import type { Means } from "../domain/catalogue.ts";
import type { Store } from "../store/index.ts";
import type { Gate } from "./access.ts";
import type { Subscribers } from "../subscribers/subscribers.ts";
import type { Metrics } from "./metrics.ts";
import type { OidcSettings } from "./oidc.ts";
import type { Sessions } from "./sessions.ts";
import type { TimelineHub } from "./timelineHub.ts";

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Whether each thing that the gateway needs answers: `{ database: true, temporal: false }`. */
export type Readiness = { [part: string]: boolean };

export type GatewayDeps = Omit<Means, "connectors"> & {
  store: Store;
  runbooks: RunbooksClient;
  connectors: Connectors;
  subscribers: Subscribers;
  /** Of Temporal's histories; without keys there is none. */
  historyCodec?: PayloadCodec | undefined;
  links: { publicUrl: string; temporalUiUrl?: string | undefined; namespace?: string | undefined };
  ready(): Promise<Readiness>;
  log?: FastifyBaseLogger | undefined;
  now?: (() => number) | undefined;
  /** A key that always is an admin's, from the configuration. */
  adminApiKey?: string | undefined;
  /** The identity provider that people sign in with, if there is one. */
  oidc?: OidcSettings | undefined;
  /** How long the audit log is kept: a year unless told. */
  auditKeptMs?: number | undefined;
  limits?: Partial<Limits> | undefined;
  /** Proxies whose X-Forwarded-For is believed. */
  trustedProxies?: string[] | undefined;
  /** How long after an incident is over its people are known; for ever unless told. */
  personalDataDays?: number | undefined;
};

export type Limits = {
  /** Requests of one caller, and five times as many of one address, which an office shares; not webhooks and health. */
  requestsPerMinute: number;
  /** Wrong API keys of one address. */
  wrongKeysPerMinute: number;
  /** Open timeline streams, in all and of one key. */
  streams: number;
  streamsPerKey: number;
  heartbeatMs: number;
  /** A stream ends after this and is opened again, so that a removed key does not listen for ever. */
  streamMs: number;
};

export const defaultLimits: Limits = {
  requestsPerMinute: 600,
  wrongKeysPerMinute: 20,
  streams: 1000,
  streamsPerKey: 100,
  heartbeatMs: 15_000,
  streamMs: 3_600_000,
};

/** What routes are made from. */
export type RouteContext = Omit<GatewayDeps, "limits" | "now"> & {
  limits: Limits;
  now: () => number;
  metrics: Metrics;
  hub: TimelineHub;
  gate: Gate;
  sessions: Sessions;
  /** A connector may let us in again: whoever waits for that goes on. */
  resumeParked: () => void;
};
