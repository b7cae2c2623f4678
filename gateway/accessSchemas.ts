import { z } from "zod";
import type {
  ApiKeyList,
  ApiKeyMade,
  ApiKey,
  AuditEntry,
  AuditPage,
  ConsoleSession,
  OpenSessionList,
  SessionView,
} from "../client/api.ts";
import { apiKeyRoles } from "../domain/access.ts";
import { instant } from "./schemaParts.ts";

const role = z.enum(apiKeyRoles);

const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    prefix: z.string().nullable().meta({ description: "What it begins with; null for a configured one" }),
    created_at: instant,
    created_by: z.string().nullable(),
    last_used_at: instant.nullable().meta({ description: "To the minute" }),
    expires_at: instant.nullable().meta({ description: "null: good until it is revoked" }),
  })
  .meta({ id: "ApiKey" }) satisfies z.ZodType<ApiKey>;

export const apiKeyList = z.object({ keys: z.array(apiKey) }) satisfies z.ZodType<ApiKeyList>;

export const apiKeyMade = z
  .object({ ...apiKey.shape, key: z.string().meta({ description: "Keep it: it is shown this once" }) })
  .meta({ id: "ApiKeyMade" }) satisfies z.ZodType<ApiKeyMade>;

export const session = z
  .object({
    kind: z.enum(["key", "session"]).meta({ description: "An API key, or somebody signed in at a browser" }),
    id: z.string(),
    name: z.string(),
    role,
    expires_at: instant.nullable(),
  })
  .meta({ id: "Session" }) satisfies z.ZodType<SessionView>;

const openSession = z
  .object({
    id: z.string(),
    method: z.enum(["key", "link", "oidc"]),
    person: z.string(),
    name: z.string(),
    role,
    created_at: instant,
    seen_at: instant.meta({ description: "To the minute" }),
    expires_at: instant,
  })
  .meta({ id: "OpenSession" }) satisfies z.ZodType<ConsoleSession>;

export const openSessionList = z.object({
  sessions: z.array(openSession),
}) satisfies z.ZodType<OpenSessionList>;

const auditEntry = z
  .object({
    id: z.string(),
    at: instant,
    actor_kind: z.enum(["key", "session", "zoom", "system"]),
    actor_id: z.string(),
    actor_name: z.string(),
    action: z.string().meta({ description: "A route, or what happened without one" }),
    summary: z.string(),
    target: z.string().nullable(),
    status: z.number().nullable().meta({ description: "What it was answered with" }),
    request_id: z.string().nullable(),
    address: z.string().nullable(),
  })
  .meta({ id: "AuditEntry" }) satisfies z.ZodType<AuditEntry>;

export const auditPage = z.object({
  entries: z.array(auditEntry),
  next: z.string().nullable().meta({ description: "Give it as `before` for the next page" }),
}) satisfies z.ZodType<AuditPage>;
