import type { ColumnType, Generated } from "kysely";
import type { ApiKeyRole, AuditEntry, ConsoleSession } from "./accessTypes.ts";

type Instant = ColumnType<Date, string, string>;
type MaybeInstant = ColumnType<Date | null, string | null | undefined, Date | null>;
type Maybe<T> = ColumnType<T | null, T | null | undefined, never>;

export type AccessTables = {
  api_keys: {
    id: string;
    name: string;
    role: ApiKeyRole;
    hash: string;
    prefix: Maybe<string>;
    created_at: Generated<Date>;
    created_by: Maybe<string>;
    last_used_at: ColumnType<Date | null, never, Date | null>;
    expires_at: MaybeInstant;
  };
  admin_links: { hash: string; expires_at: Instant };
  console_sessions: {
    id: string;
    hash: string;
    method: ConsoleSession["method"];
    person: string;
    name: string;
    role: ApiKeyRole;
    key_id: Maybe<string>;
    created_at: Generated<Date>;
    seen_at: Generated<Date>;
    expires_at: Instant;
  };
  audit_log: {
    id: Generated<string>;
    at: Generated<Date>;
    actor_kind: AuditEntry["actor_kind"];
    actor_id: string;
    actor_name: string;
    action: string;
    summary: string;
    target: Maybe<string>;
    status: Maybe<number>;
    request_id: Maybe<string>;
    address: Maybe<string>;
  };
};
