import { readFileSync } from "node:fs";
import ipaddr from "ipaddr.js";
import { parse } from "yaml";
import { z } from "zod";
import { keysText } from "./connectors/keys.ts";
import { apiKeyRoles } from "./domain/access.ts";
import type { MeetingDefaults } from "./domain/meetingDefaults.ts";
import { meetingDefaultsFrom } from "./domain/meetingDefaults.ts";
import { taskQueue } from "./domain/messages.ts";
import { addressRules } from "./outgoing/addresses.ts";

/** What may stand in the environment, one by one; docs/configuration.md lists it. `config.ts` reads it. */

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean),
);

const isRules = (allowed: string[]): boolean => {
  try {
    return Boolean(addressRules(allowed));
  } catch {
    return false;
  }
};

/** YAML, and JSON with it. */
const documentOf = (path: string): { document: unknown } | { problems: string[] } => {
  try {
    return { document: parse(readFileSync(path, "utf8"), { maxAliasCount: 50 }) };
  } catch (error) {
    return { problems: [`is no readable YAML or JSON: ${(error as Error).message}`] };
  }
};

const meetingDefaultsFile = z.string().transform((path, context): MeetingDefaults => {
  const read = documentOf(path);
  const found = "document" in read ? meetingDefaultsFrom(read.document) : read;
  if (!("problems" in found)) return found;
  for (const message of found.problems) context.addIssue({ code: "custom", message: `${path}: ${message}` });
  return z.NEVER;
});

const rolesSchema = z
  .record(z.string().min(1), z.enum(apiKeyRoles))
  .refine((roles) => Object.keys(roles).length > 0);

/** `admins=admin, on-call=responder`, or JSON for names with commas. */
const groupRoles = z.string().transform((text, context) => {
  const parsed = rolesSchema.safeParse(rolesIn(text));
  if (parsed.success) return parsed.data;
  context.addIssue(
    `must be like admins=admin,on-call=responder,*=viewer, or a JSON object of them; roles are ${apiKeyRoles.join(", ")}`,
  );
  return z.NEVER;
});

const rolesIn = (text: string): unknown => {
  if (!text.trim().startsWith("{")) {
    const pairs = text.split(",").map((pair) => /^\s*(.+?)\s*=\s*(\w+)\s*$/.exec(pair)?.slice(1) ?? ["", ""]);
    return Object.fromEntries(pairs);
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isLoopback = (url: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);

/** Whoever can change what an identity provider answers on its way decides who comes in. */
const issuerUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => url.startsWith("https:") || isLoopback(url),
    "must be https://, unless it is on this machine",
  );

const isProxy = (text: string): boolean => ipaddr.isValid(text) || ipaddr.isValidCIDR(text);

const port = z.coerce.number().int().min(0).max(65_535);

export const variables = {
  HOST: z.string().default("127.0.0.1"),
  PORT: port.default(8080),
  PUBLIC_URL: z.url().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must be a postgres:// URL")
    .optional(),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default(taskQueue),
  TEMPORAL_UI_URL: z.url().optional(),
  TRUSTED_PROXIES: list.refine((all) => all.every(isProxy), "must be addresses or networks").default([]),
  AUDIT_KEPT_DAYS: z.coerce.number().int().min(1).max(3650).default(365),
  OIDC_ISSUER_URL: issuerUrl.optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_SCOPES: z
    .string()
    .regex(/^openid( |$)/, "must begin with openid")
    .default("openid profile email"),
  OIDC_GROUPS_CLAIM: z.string().min(1).default("groups"),
  OIDC_ROLES: groupRoles.optional(),
  ADMIN_API_KEY: z.string().min(20, "must be at least 20 characters").optional(),
  PERSONAL_DATA_DAYS: z.coerce.number("must be a number of days").int().min(1).max(36_500).optional(),
  ZOOM_API_URL: z.url().default("https://api.zoom.us/v2"),
  ZOOM_OAUTH_URL: z.url().default("https://zoom.us/oauth"),
  ZOOM_ACCOUNT_ID: z.string().min(1).optional(),
  ZOOM_CLIENT_ID: z.string().min(1).optional(),
  ZOOM_CLIENT_SECRET: z.string().min(1).optional(),
  ZOOM_WEBHOOK_SECRET_TOKEN: list.default([]),
  ZOOM_HOSTS: list.default([]),
  ENCRYPTION_KEYS: keysText.optional(),
  ENCRYPTION_KEYS_FILE: z.string().min(1).optional(),
  ENCRYPT_HISTORIES: z.stringbool({ error: "must be true or false" }).default(false),
  ARCHIVE_URL: z
    .url({ protocol: /^(file|s3)$/, error: "must be file:///folder or s3://bucket/prefix" })
    .optional(),
  AWS_ENDPOINT_URL: z.url().optional(),
  AWS_ENDPOINT_URL_S3: z.url().optional(),
  AWS_REGION: z.string().min(1).optional(),
  AWS_DEFAULT_REGION: z.string().min(1).optional(),
  MEETING_DEFAULTS_FILE: meetingDefaultsFile.optional(),
  SMTP_URL: z
    .string()
    .refine(
      (url) => /^smtps?:\/\/./.test(url) && URL.canParse(url),
      "must be smtp:// or smtps://user:password@host",
    )
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, "must be an address, or Name <address>")
    .optional(),
  SECRETS_FILE: z.string().optional(),
  OUTGOING_ALLOW: list
    .refine(isRules, "must be hosts, addresses or networks such as 10.1.0.0/16")
    .default([]),
  WORKER_HEALTH_PORT: port.default(9090),
  ZOOM_RUNBOOKS_URL: z.url().default("http://127.0.0.1:8080"),
  ZOOM_RUNBOOKS_API_KEY: z.string().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
} as const;
