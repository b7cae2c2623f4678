import type { Connector } from "../domain/connector.ts";
import type { OpenConnector } from "./accounts.ts";
import { environmentId } from "./accounts.ts";
import type { ConnectorRow } from "../store/index.ts";
import { signInUrl } from "./signInUrl.ts";
import type { AccountSettings } from "./zoomAccount.ts";

type Open = (row: ConnectorRow) => Promise<OpenConnector>;

/** A connector as people see it. */
export const connectorOf = async (row: ConnectorRow, publicUrl: string, open: Open): Promise<Connector> => {
  const {
    sealed_secrets: _sealed,
    user_id: _user,
    authorized_at: _since,
    updated_at: _changed,
    ...facts
  } = row;
  const opened = await open(row).catch(() => undefined);
  return {
    ...facts,
    webhook_secret_tokens: opened?.secrets.webhookSecretTokens.length ?? null,
    source: "store",
    sign_in_url: row.kind === "sign_in" ? signInUrl(publicUrl, row.id) : null,
  };
};

/** The one that the environment configures, if it does. */
export const environmentConnector = (
  {
    account,
    webhookSecretTokens,
  }: { account?: AccountSettings | undefined; webhookSecretTokens: readonly string[] },
  isDefault: boolean,
): Connector[] =>
  account
    ? [
        {
          id: environmentId,
          name: "Environment",
          kind: "account_credentials",
          source: "environment",
          account_id: account.accountId,
          client_id: account.clientId,
          is_default: isDefault,
          hosts: [...account.hosts],
          host_group: null,
          plan: null,
          meeting_defaults: null,
          webhook_secret_tokens: webhookSecretTokens.length,
          state: "connected",
          sign_in_url: null,
          created_at: null,
          created_by: null,
        },
      ]
    : [];
