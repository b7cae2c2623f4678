import { z } from "zod";
import { taskQueue } from "./domain/messages.ts";

/**
 * The only reader of the environment. Each program asks for its part; every mistake is named at once.
 * docs/configuration.md lists the variables.
 */
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean),
);

const port = z.coerce.number().int().min(0).max(65_535);

const variables = {
  HOST: z.string().default("127.0.0.1"),
  PORT: port.default(8080),
  PUBLIC_URL: z.url().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must be a postgres:// URL")
    .optional(),
  TEMPORAL_ADDRESS: z.string().default("127.0.0.1:7233"),
  TEMPORAL_NAMESPACE: z.string().default("default"),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default(taskQueue),
  TEMPORAL_UI_URL: z.url().optional(),
  ADMIN_API_KEY: z.string().min(20, "must be at least 20 characters").optional(),
  ZOOM_API_URL: z.url().default("https://api.zoom.us/v2"),
  ZOOM_OAUTH_URL: z.url().default("https://zoom.us/oauth"),
  ZOOM_ACCOUNT_ID: z.string().min(1).optional(),
  ZOOM_CLIENT_ID: z.string().min(1).optional(),
  ZOOM_CLIENT_SECRET: z.string().min(1).optional(),
  ZOOM_WEBHOOK_SECRET_TOKEN: list.default([]),
  ZOOM_HOSTS: list.default([]),
  WORKER_HEALTH_PORT: port.default(9090),
  ZOOM_RUNBOOKS_URL: z.url().default("http://127.0.0.1:8080"),
  ZOOM_RUNBOOKS_API_KEY: z.string().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
} as const;

type Name = keyof typeof variables;
type Values<Names extends Name> = { [Each in Names]: z.output<(typeof variables)[Each]> };

/** Something is wrong with the environment: the message names every variable at fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const read = <Names extends Name>(names: readonly Names[]): Values<Names> => {
  const problems: string[] = [];
  const entries = names.map((name) => {
    // An empty variable is as good as none: that is how compose files leave one out.
    const given = process.env[name] === "" ? undefined : process.env[name];
    const parsed = variables[name].safeParse(given);
    if (!parsed.success)
      problems.push(`${name}: ${parsed.error.issues.map(({ message }) => message).join("; ")}`);
    return [name, parsed.data] as const;
  });
  if (problems.length > 0) throw new ConfigError(`The environment is not valid.\n  ${problems.join("\n  ")}`);
  return Object.fromEntries(entries) as Values<Names>;
};

const missing = (name: Name, why: string): never => {
  throw new ConfigError(`${name} is not set: ${why}`);
};

export type ZoomConfig = {
  apiUrl: string;
  oauthUrl: string;
  accountId: string;
  clientId: string;
  clientSecret: string;
  hosts: string[];
};

export const zoomConfig = (): ZoomConfig => {
  const env = read([
    "ZOOM_API_URL",
    "ZOOM_OAUTH_URL",
    "ZOOM_ACCOUNT_ID",
    "ZOOM_CLIENT_ID",
    "ZOOM_CLIENT_SECRET",
    "ZOOM_HOSTS",
  ]);
  const why = "it stands in the Server-to-Server OAuth app in Zoom's Marketplace, under App Credentials";
  return {
    apiUrl: env.ZOOM_API_URL,
    oauthUrl: env.ZOOM_OAUTH_URL,
    accountId: env.ZOOM_ACCOUNT_ID ?? missing("ZOOM_ACCOUNT_ID", why),
    clientId: env.ZOOM_CLIENT_ID ?? missing("ZOOM_CLIENT_ID", why),
    clientSecret: env.ZOOM_CLIENT_SECRET ?? missing("ZOOM_CLIENT_SECRET", why),
    hosts: env.ZOOM_HOSTS,
  };
};

/** Whether credentials of a real Zoom account are given; the demo uses the simulator otherwise. */
export const hasZoomCredentials = (): boolean => read(["ZOOM_ACCOUNT_ID"]).ZOOM_ACCOUNT_ID !== undefined;

export const webhookSecretTokens = (): string[] =>
  read(["ZOOM_WEBHOOK_SECRET_TOKEN"]).ZOOM_WEBHOOK_SECRET_TOKEN;

const sharedDatabase = "gateway and worker share one PostgreSQL; `npm run demo` needs none";

export const temporalConfig = () => {
  const env = read(["TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_TASK_QUEUE"]);
  return {
    address: env.TEMPORAL_ADDRESS,
    namespace: env.TEMPORAL_NAMESPACE,
    taskQueue: env.TEMPORAL_TASK_QUEUE,
  };
};

export const workerConfig = () => {
  const env = read(["DATABASE_URL", "WORKER_HEALTH_PORT", "LOG_LEVEL", "HOST"]);
  return {
    databaseUrl: env.DATABASE_URL ?? missing("DATABASE_URL", sharedDatabase),
    host: env.HOST,
    healthPort: env.WORKER_HEALTH_PORT,
    logLevel: env.LOG_LEVEL,
    temporal: temporalConfig(),
    zoom: zoomConfig(),
  };
};

export const gatewayConfig = () => {
  const env = read([
    "HOST",
    "PORT",
    "PUBLIC_URL",
    "DATABASE_URL",
    "TEMPORAL_UI_URL",
    "ADMIN_API_KEY",
    "ZOOM_WEBHOOK_SECRET_TOKEN",
    "LOG_LEVEL",
  ]);
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`,
    databaseUrl: env.DATABASE_URL ?? missing("DATABASE_URL", sharedDatabase),
    temporalUiUrl: env.TEMPORAL_UI_URL,
    apiKey: env.ADMIN_API_KEY,
    webhookSecretTokens: env.ZOOM_WEBHOOK_SECRET_TOKEN,
    logLevel: env.LOG_LEVEL,
    temporal: temporalConfig(),
  };
};

export const cliConfig = () => {
  const env = read(["ZOOM_RUNBOOKS_URL", "ZOOM_RUNBOOKS_API_KEY"]);
  return { url: env.ZOOM_RUNBOOKS_URL, apiKey: env.ZOOM_RUNBOOKS_API_KEY };
};
