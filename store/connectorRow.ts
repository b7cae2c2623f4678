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
  "sealed_secrets",
  "state",
  "created_at",
  "created_by",
  "updated_at",
] as const;

type Columns = Omit<ConnectorRow, "created_at" | "updated_at"> & { created_at: Date; updated_at: Date };

export const connectorRow = ({ created_at, updated_at, ...row }: Columns): ConnectorRow => ({
  ...row,
  created_at: iso(created_at),
  updated_at: iso(updated_at),
});
