import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** What became of a webhook. */
export type WebhookResult =
  | "accepted"
  | "duplicate"
  | "not_ours"
  | "ignored"
  | "validation"
  | "forged"
  | "unreadable"
  | "failed";

export type Metrics = ReturnType<typeof createMetrics>;

export const createMetrics = () => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestSeconds: new Histogram({
      name: "zoom_runbooks_http_request_duration_seconds",
      help: "Time to answer HTTP requests",
      labelNames: ["method", "route", "status"] as const,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    webhooks: new Counter({
      name: "zoom_runbooks_webhooks_total",
      help: "Webhooks from Zoom, by what became of them",
      labelNames: ["result"] as const,
      registers,
    }),
    streams: new Gauge({
      name: "zoom_runbooks_timeline_streams",
      help: "Open timeline streams",
      registers,
    }),
  };
};
