import type { ConnectorRow } from "./types.ts";
import { iso } from "./values.ts";

export const connectorColumns = [
  "id",
  "name",
  "kind",
  "account_id",
  "user_id",
  "client_id",
  "is_default",
  "hosts",
  "host_group",
  "plan",
  "meeting_defaults",
  "sealed_secrets",
  "state",
  "created_at",
  "created_by",
  "authorized_at",
  "updated_at",
] as const;

type Instants = "created_at" | "authorized_at" | "updated_at";
type Columns = Omit<ConnectorRow, Instants> & { [name in Instants]: Date };

export const connectorRow = ({ created_at, authorized_at, updated_at, ...row }: Columns): ConnectorRow => ({
  ...row,
  created_at: iso(created_at),
  authorized_at: iso(authorized_at),
  updated_at: iso(updated_at),
});
