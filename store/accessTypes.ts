import type { ApiKey, AuditEntry, AuditQuery, ConsoleSession } from "../domain/access.ts";

export type { ApiKey, ApiKeyRole, AuditEntry, ConsoleSession } from "../domain/access.ts";

/** Who may come in, who is in, and what they did. */

// ── API keys ─────────────────────────────────────────────────────────────────────────────────────────────────────

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

type NewAuditEntry = Pick<AuditEntry, "actor_kind" | "actor_id" | "actor_name" | "action" | "summary"> &
  Partial<Pick<AuditEntry, "target" | "status" | "request_id" | "address">>;

export type Audit = {
  record(entry: NewAuditEntry): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery & { limit: number }): Promise<{ entries: AuditEntry[]; next: string | null }>;
  /** As of sessions; nothing younger than a day goes. */
  purge(olderThanMs: number): Promise<number>;
};
