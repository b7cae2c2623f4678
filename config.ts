import { loadClientConnectConfig } from "@temporalio/envconfig";
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
class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Given<Names extends Name> = { [Each in Names]: NonNullable<Values<Names>[Each]> };

/** Values of the variables named, and of those that must be set, each with the reason why. */
const read = <Names extends Name, Musts extends Name = never>(
  names: readonly Names[],
  required: Record<Musts, string> = {} as Record<Musts, string>,
): Values<Names> & Given<Musts> => {
  const problems: string[] = [];
  const valueOf = (name: Name): unknown => {
    // An empty variable is as good as none: that is how compose files leave one out.
    const given = process.env[name] === "" ? undefined : process.env[name];
    const parsed = variables[name].safeParse(given);
    if (!parsed.success)
      problems.push(`${name}: ${parsed.error.issues.map(({ message }) => message).join("; ")}`);
    else if (parsed.data === undefined && name in required) {
      problems.push(`${name} is not set: ${required[name as Musts]}`);
    }
    return parsed.data;
  };
  const all: Name[] = [...names, ...(Object.keys(required) as Musts[])];
  const entries = all.map((name) => [name, valueOf(name)] as const);
  if (problems.length > 0) throw new ConfigError(`The environment is not valid.\n  ${problems.join("\n  ")}`);
  return Object.fromEntries(entries) as Values<Names> & Given<Musts>;
};

export type ZoomConfig = {
  apiUrl: string;
  oauthUrl: string;
  accountId: string;
  clientId: string;
  clientSecret: string;
  hosts: string[];
};

const ofTheApp = "it stands in the Server-to-Server OAuth app in Zoom's Marketplace, under App Credentials";
const sharedDatabase = "gateway and worker share one PostgreSQL; `npm run demo` needs none";

const zoomVariables = ["ZOOM_API_URL", "ZOOM_OAUTH_URL", "ZOOM_HOSTS"] as const;
const zoomMusts = { ZOOM_ACCOUNT_ID: ofTheApp, ZOOM_CLIENT_ID: ofTheApp, ZOOM_CLIENT_SECRET: ofTheApp };

const zoomFrom = (env: ReturnType<typeof readZoom>): ZoomConfig => ({
  apiUrl: env.ZOOM_API_URL,
  oauthUrl: env.ZOOM_OAUTH_URL,
  accountId: env.ZOOM_ACCOUNT_ID,
  clientId: env.ZOOM_CLIENT_ID,
  clientSecret: env.ZOOM_CLIENT_SECRET,
  hosts: env.ZOOM_HOSTS,
});

const readZoom = () => read(zoomVariables, zoomMusts);

export const zoomConfig = (): ZoomConfig => zoomFrom(readZoom());

/** Whether credentials of a real Zoom account are given; the demo uses the simulator otherwise. */
export const hasZoomCredentials = (): boolean => read(["ZOOM_ACCOUNT_ID"]).ZOOM_ACCOUNT_ID !== undefined;

export const webhookSecretTokens = (): string[] =>
  read(["ZOOM_WEBHOOK_SECRET_TOKEN"]).ZOOM_WEBHOOK_SECRET_TOKEN;

/** Address, TLS and API key come from Temporal's own variables and profiles, for Temporal Cloud too. */
const temporalConfig = () => {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const { TEMPORAL_TASK_QUEUE } = read(["TEMPORAL_TASK_QUEUE"]);
  return { connection: connectionOptions, namespace: namespace ?? "default", taskQueue: TEMPORAL_TASK_QUEUE };
};

/** Where people reach the gateway; worker and gateway must be told the same. */
const publicUrlOf = (env: Values<"HOST" | "PORT" | "PUBLIC_URL">): string =>
  env.PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`;

export const workerConfig = () => {
  const env = read(["WORKER_HEALTH_PORT", "LOG_LEVEL", "HOST", "PORT", "PUBLIC_URL", ...zoomVariables], {
    DATABASE_URL: sharedDatabase,
    ...zoomMusts,
  });
  return {
    databaseUrl: env.DATABASE_URL,
    host: env.HOST,
    healthPort: env.WORKER_HEALTH_PORT,
    publicUrl: publicUrlOf(env),
    logLevel: env.LOG_LEVEL,
    temporal: temporalConfig(),
    zoom: zoomFrom(env),
  };
};

const gatewayVariables = [
  "HOST",
  "PORT",
  "PUBLIC_URL",
  "TEMPORAL_UI_URL",
  "ADMIN_API_KEY",
  "ZOOM_WEBHOOK_SECRET_TOKEN",
  "LOG_LEVEL",
] as const;

export const gatewayConfig = () => {
  const env = read(gatewayVariables, { DATABASE_URL: sharedDatabase });
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: publicUrlOf(env),
    databaseUrl: env.DATABASE_URL,
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
