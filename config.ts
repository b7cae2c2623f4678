import { readFileSync } from "node:fs";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import { z } from "zod";
import type { EncryptionKeys } from "./connectors/keys.ts";
import { keysFrom } from "./connectors/keys.ts";
import type { AccountSettings, ZoomAddress } from "./connectors/zoomAccount.ts";
import { variables } from "./configVariables.ts";
import type { MeetingDefaults } from "./domain/meetingDefaults.ts";
import { secretNamePattern } from "./domain/secrets.ts";

/**
 * The only reader of the environment. Each program asks for its part; every mistake is named at once.
 */
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

const ofTheApp = "it stands in the Server-to-Server OAuth app in Zoom's Marketplace, under App Credentials";
const sharedDatabase = "gateway and worker share one PostgreSQL; `npm run demo` needs none";

const accountVariables = ["ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"] as const;
const zoomVariables = [
  "ZOOM_API_URL",
  "ZOOM_OAUTH_URL",
  "ZOOM_HOSTS",
  "ZOOM_WEBHOOK_SECRET_TOKEN",
  "ENCRYPTION_KEYS",
  "ENCRYPTION_KEYS_FILE",
  "ENCRYPT_HISTORIES",
  ...accountVariables,
] as const;

type ZoomEnvironment = Values<(typeof zoomVariables)[number]>;

/** An account of the environment may be left out, but not in part. */
const accountMusts = (): object => {
  const given = read(accountVariables);
  const isGiven = accountVariables.some((name) => given[name] !== undefined);
  return isGiven ? Object.fromEntries(accountVariables.map((name) => [name, ofTheApp])) : {};
};

const accountFrom = (env: ZoomEnvironment): AccountSettings | undefined => {
  const { ZOOM_ACCOUNT_ID: accountId, ZOOM_CLIENT_ID: clientId, ZOOM_CLIENT_SECRET: clientSecret } = env;
  if (accountId === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return { accountId, clientId, clientSecret, hosts: env.ZOOM_HOSTS };
};

const keysFromFile = (path: string): EncryptionKeys => {
  try {
    return keysFrom(readFileSync(path, "utf8"));
  } catch (error) {
    const isUnread = (error as NodeJS.ErrnoException).code !== undefined;
    const why = isUnread ? "cannot be read" : (error as Error).message;
    throw new ConfigError(`ENCRYPTION_KEYS_FILE: ${path} ${why}`);
  }
};

const keysOf = ({ ENCRYPTION_KEYS: given, ENCRYPTION_KEYS_FILE: path }: ZoomEnvironment) => {
  if (given && path) throw new ConfigError("ENCRYPTION_KEYS and ENCRYPTION_KEYS_FILE: set one of them");
  return path === undefined ? given : keysFromFile(path);
};

export type ZoomConfig = {
  zoom: ZoomAddress;
  environment: { account: AccountSettings | undefined; webhookSecretTokens: string[] };
  encryptionKeys: EncryptionKeys | undefined;
  /** What workflows are told, tell and keep is written to Temporal encrypted. */
  encryptHistories: boolean;
};

const zoomFrom = (env: ZoomEnvironment): ZoomConfig => {
  const encryptionKeys = keysOf(env);
  if (env.ENCRYPT_HISTORIES && !encryptionKeys)
    throw new ConfigError("ENCRYPT_HISTORIES: needs ENCRYPTION_KEYS or ENCRYPTION_KEYS_FILE");
  return {
    zoom: { apiUrl: env.ZOOM_API_URL, oauthUrl: env.ZOOM_OAUTH_URL },
    environment: { account: accountFrom(env), webhookSecretTokens: env.ZOOM_WEBHOOK_SECRET_TOKEN },
    encryptionKeys,
    encryptHistories: env.ENCRYPT_HISTORIES,
  };
};

export const zoomConfig = (): ZoomConfig => zoomFrom(read(zoomVariables, accountMusts()));

/** Credentials for S3 are read by its own client, from AWS's usual variables and places. */
export const archiveConfig = () => {
  const env = read([
    "ARCHIVE_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
  ]);
  if (env.ARCHIVE_URL === undefined) return undefined;
  const endpoint = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? (endpoint && "us-east-1");
  return { url: env.ARCHIVE_URL, endpoint, region };
};

/** What meetings have where a runbook says nothing; worker and gateway must be told the same. */
export const meetingDefaults = (): MeetingDefaults | undefined =>
  read(["MEETING_DEFAULTS_FILE"]).MEETING_DEFAULTS_FILE;

/** Address, TLS and API key come from Temporal's own variables and profiles, for Temporal Cloud too. */
const temporalConfig = () => {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const { TEMPORAL_TASK_QUEUE } = read(["TEMPORAL_TASK_QUEUE"]);
  return { connection: connectionOptions, namespace: namespace ?? "default", taskQueue: TEMPORAL_TASK_QUEUE };
};

/** `ZOOM_RUNBOOKS_SECRET_TEAM_SLACK` is the secret `team_slack`. */
const secretPrefix = "ZOOM_RUNBOOKS_SECRET_";

const secretsOfEnvironment = (): [string, string][] =>
  Object.entries(process.env).flatMap(([variable, value]) =>
    variable.startsWith(secretPrefix) && value
      ? [[variable.slice(secretPrefix.length).toLowerCase(), value]]
      : [],
  );

const secretsSchema = z.record(z.string().regex(secretNamePattern), z.string().min(1));

/** What is wrong with the file is told without a word of what is in it. */
const secretsOfFile = (path: string | undefined): [string, string][] => {
  if (path === undefined) return [];
  try {
    return Object.entries(secretsSchema.parse(JSON.parse(readFileSync(path, "utf8"))));
  } catch {
    throw new ConfigError(
      `SECRETS_FILE: ${path} is no readable JSON object such as {"team_slack": "https://…"}, its names of lower-case letters, digits and underscores`,
    );
  }
};

/** How to reach people and systems other than Zoom. All of it may be left out. */
export const outsideConfig = () => {
  const env = read(["SMTP_URL", "MAIL_FROM", "SECRETS_FILE", "OUTGOING_ALLOW"]);
  const { SMTP_URL: url, MAIL_FROM: from } = env;
  if ((url === undefined) !== (from === undefined))
    throw new ConfigError("SMTP_URL and MAIL_FROM: mail needs both or neither");
  const secrets = [...secretsOfFile(env.SECRETS_FILE), ...secretsOfEnvironment()];
  return {
    mail: url !== undefined && from !== undefined ? { url, from } : undefined,
    allow: env.OUTGOING_ALLOW,
    // A file's last line ends with a line break, which no URL and no header has.
    secrets: new Map(secrets.map(([name, value]) => [name, value.trim()] as const)),
  };
};

/** Where people reach the gateway; worker and gateway must be told the same. */
const publicUrlOf = (env: Values<"HOST" | "PORT" | "PUBLIC_URL">): string =>
  env.PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`;

const workerVariables = [
  "WORKER_HEALTH_PORT",
  "LOG_LEVEL",
  "HOST",
  "PORT",
  "PUBLIC_URL",
  "MEETING_DEFAULTS_FILE",
  ...zoomVariables,
] as const;

export const workerConfig = () => {
  const env = read(workerVariables, { DATABASE_URL: sharedDatabase, ...accountMusts() });
  return {
    databaseUrl: env.DATABASE_URL,
    host: env.HOST,
    healthPort: env.WORKER_HEALTH_PORT,
    publicUrl: publicUrlOf(env),
    logLevel: env.LOG_LEVEL,
    temporal: temporalConfig(),
    ...zoomFrom(env),
    meetingDefaults: env.MEETING_DEFAULTS_FILE,
    archive: archiveConfig(),
    outside: outsideConfig(),
  };
};

const oidcVariables = [
  "OIDC_ISSUER_URL",
  "OIDC_CLIENT_ID",
  "OIDC_CLIENT_SECRET",
  "OIDC_SCOPES",
  "OIDC_GROUPS_CLAIM",
  "OIDC_ROLES",
] as const;

/** The identity provider that people sign in with: none, or all that it takes. */
const oidcFrom = (env: Values<(typeof oidcVariables)[number]>) => {
  const { OIDC_ISSUER_URL: issuerUrl, OIDC_CLIENT_ID: clientId, OIDC_ROLES: roles } = env;
  if (issuerUrl === undefined && clientId === undefined && roles === undefined) return undefined;
  if (issuerUrl === undefined || clientId === undefined || roles === undefined)
    throw new ConfigError("OIDC_ISSUER_URL, OIDC_CLIENT_ID and OIDC_ROLES: signing in needs all or none");
  const more = {
    clientSecret: env.OIDC_CLIENT_SECRET,
    scopes: env.OIDC_SCOPES,
    groupsClaim: env.OIDC_GROUPS_CLAIM,
  };
  return { issuerUrl, clientId, roles, ...more };
};

const gatewayVariables = [
  "HOST",
  "PORT",
  "PUBLIC_URL",
  "TEMPORAL_UI_URL",
  "ADMIN_API_KEY",
  "TRUSTED_PROXIES",
  "AUDIT_KEPT_DAYS",
  ...oidcVariables,
  "PERSONAL_DATA_DAYS",
  "MEETING_DEFAULTS_FILE",
  "OUTGOING_ALLOW",
  "LOG_LEVEL",
  ...zoomVariables,
] as const;

export const gatewayConfig = () => {
  const env = read(gatewayVariables, { DATABASE_URL: sharedDatabase, ...accountMusts() });
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: publicUrlOf(env),
    databaseUrl: env.DATABASE_URL,
    temporalUiUrl: env.TEMPORAL_UI_URL,
    apiKey: env.ADMIN_API_KEY,
    oidc: oidcFrom(env),
    trustedProxies: env.TRUSTED_PROXIES,
    auditKeptMs: env.AUDIT_KEPT_DAYS * 86_400_000,
    personalDataDays: env.PERSONAL_DATA_DAYS,
    ...zoomFrom(env),
    meetingDefaults: env.MEETING_DEFAULTS_FILE,
    outgoingAllow: env.OUTGOING_ALLOW,
    logLevel: env.LOG_LEVEL,
    temporal: temporalConfig(),
  };
};

const isSecret = (name: string): boolean =>
  /SECRET|TOKEN|PASSWORD|_KEYS?(_|$)|^(DATABASE|SMTP)_URL$/.test(name) &&
  // Amazon's client reads these when it needs them.
  !name.startsWith("AWS_");

/**
 * Takes secrets out of the environment once everything is read: Node's diagnostic reports list all of it. From Node 22.13
 * on they can be kept from doing so.
 */
export const forgetSecrets = (): void => {
  for (const name of Object.keys(process.env).filter(isSecret)) delete process.env[name];
  Object.assign(process.report ?? {}, { excludeEnv: true });
};

export const cliConfig = () => {
  const env = read([
    "ZOOM_RUNBOOKS_URL",
    "ZOOM_RUNBOOKS_API_KEY",
    "ZOOM_CLIENT_SECRET",
    "ZOOM_WEBHOOK_SECRET_TOKEN",
  ]);
  return {
    url: env.ZOOM_RUNBOOKS_URL,
    apiKey: env.ZOOM_RUNBOOKS_API_KEY,
    clientSecret: env.ZOOM_CLIENT_SECRET,
    webhookSecretTokens: env.ZOOM_WEBHOOK_SECRET_TOKEN,
  };
};
