/** Who may come in, who is in, and what they did. */

// ── API keys ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type ApiKeyRole = "viewer" | "responder" | "admin";

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

type NewApiKey = Pick<ApiKey, "id" | "name" | "role"> &
  Partial<Pick<ApiKey, "prefix" | "created_by" | "expires_at">> & { hash: string };

export type ApiKeys = {
  create(key: NewApiKey): Promise<ApiKey>;
  findByHash(hash: string): Promise<ApiKey | undefined>;
  /** It was used; written at most once a minute. */
  touch(id: string): Promise<void>;
  list(): Promise<ApiKey[]>;
  remove(id: string): Promise<boolean>;
  /** Removes it, unless no admin's key that is good would be left. */
  revoke(id: string): Promise<"revoked" | "unknown" | "last_admin">;
  count(): Promise<number>;
};

/** Links that sign an administrator in, known by their hashes. */
export type AdminLinks = {
  create(hash: string, lifeMs: number): Promise<void>;
  /** true once, while it is good. */
  take(hash: string): Promise<boolean>;
};

// ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────

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

type NewSession = Pick<ConsoleSession, "id" | "method" | "person" | "name" | "role"> & {
  hash: string;
  /** The key that it was opened with: it ends with that. */
  key_id?: string | null;
  lifeMs: number;
};

export type Sessions = {
  create(session: NewSession): Promise<ConsoleSession>;
  /** While neither it nor its key has expired, and it was used in the last `idleMs`. */
  findByHash(hash: string, idleMs: number): Promise<ConsoleSession | undefined>;
  /** It was used; written at most once a minute. */
  touch(id: string): Promise<void>;
  /** Those that are open, newest first. */
  list(idleMs: number): Promise<ConsoleSession[]>;
  remove(id: string): Promise<boolean>;
  /** Those that have ended, some thousands at once. Answers how many were removed. */
  purge(idleMs: number): Promise<number>;
};

// ── audit log ────────────────────────────────────────────────────────────────────────────────────────────────────

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

type NewAuditEntry = Pick<AuditEntry, "actor_kind" | "actor_id" | "actor_name" | "action" | "summary"> &
  Partial<Pick<AuditEntry, "target" | "status" | "request_id" | "address">>;

type AuditQuery = {
  /** Id or name, whatever its case. */
  who?: string | undefined;
  target?: string | undefined;
  since?: string | undefined;
  before?: string | undefined;
  limit: number;
};

export type Audit = {
  record(entry: NewAuditEntry): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<{ entries: AuditEntry[]; next: string | null }>;
  /** As of sessions; nothing younger than a day goes. */
  purge(olderThanMs: number): Promise<number>;
};
