import { z } from "zod";
import { line } from "./line.ts";

export const apiKeyRoles = ["viewer", "responder", "admin"] as const;

export type ApiKeyRole = (typeof apiKeyRoles)[number];

/** An API key, without the key itself. */
export type ApiKey = {
  id: string;
  name: string;
  role: ApiKeyRole;
  /** What it begins with, to recognise it by; null for a configured one, which may be no random text. */
  prefix: string | null;
  created_at: string;
  created_by: string | null;
  last_used_at: string | null;
  /** null: good until it is revoked. */
  expires_at: string | null;
};

/** Somebody who signed in at a browser. */
export type ConsoleSession = {
  id: string;
  method: "key" | "link" | "oidc";
  /** Who it is, as the key's or the identity provider's id says. */
  person: string;
  name: string;
  role: ApiKeyRole;
  created_at: string;
  seen_at: string;
  expires_at: string;
};

/** One change: who did what to what, and how it came out. Never a secret, never what was sent. */
export type AuditEntry = {
  id: string;
  at: string;
  /** `zoom`: told by a webhook; `system`: nobody asked for it. */
  actor_kind: "key" | "session" | "zoom" | "system";
  actor_id: string;
  actor_name: string;
  /** A route, such as `DELETE /api/keys/:id`, or what happened without one. */
  action: string;
  summary: string;
  target: string | null;
  status: number | null;
  request_id: string | null;
  address: string | null;
};

export type AuditQuery = {
  /** Id or name of a key or person. */
  who?: string | undefined;
  target?: string | undefined;
  since?: string | undefined;
  before?: string | undefined;
  limit?: number | undefined;
};

/** An API key that is to be made. */
export const newApiKeySchema = z.strictObject({
  name: line(100).meta({ description: "Who or what uses it: timelines and the audit log name it" }),
  role: z.enum(apiKeyRoles),
  expires_at: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: "Refused from then on; left out, it is good until it is revoked" }),
});
