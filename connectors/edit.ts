import type { ConnectorEdit } from "../domain/connector.ts";
import type { ConnectorChange, ConnectorRow } from "../store/index.ts";
import { createHttp } from "../zoom/http.ts";
import { isDeadGrant, randomText } from "../zoom/oauth.ts";
import { revokeToken } from "../zoom/tokenRequest.ts";
import { membersOfGroup } from "../zoom/users.ts";
import type { AccountsDeps, OpenConnector } from "./accounts.ts";
import { ConnectorError, nameTaken, vaultToSeal } from "./errors.ts";
import type { ZoomAccount } from "./zoomAccount.ts";
import { serverToServerAccount } from "./zoomAccount.ts";

/** Changes what is given, once it has been tried out: what Zoom refuses is not kept. */
export const editConnector = async (
  deps: AccountsDeps,
  row: ConnectorRow,
  open: () => Promise<OpenConnector>,
  edit: ConnectorEdit,
): Promise<ConnectorRow> => {
  const { client_secret, webhook_secret_tokens, ...settings } = edit;
  const account = client_secret === undefined ? undefined : await withSecret(deps, row, client_secret);
  if (settings.host_group && row.state === "connected")
    await membersOfGroup((account ?? (await open()).account).client, settings.host_group);
  const secrets =
    client_secret === undefined && webhook_secret_tokens === undefined
      ? undefined
      : await newSecrets(deps, await open(), edit);
  const changed = await deps.store.connectors.change(row.id, {
    ...settingsChange(settings),
    ...(secrets && { secrets }),
  });
  if (changed === "name_taken") throw nameTaken(edit.name ?? "");
  if (changed) return changed;
  throw new ConnectorError(
    "refused",
    `Somebody else changed the connector "${row.name}" just now: look at it, and change it again.`,
  );
};

type Settings = Omit<ConnectorEdit, "client_secret" | "webhook_secret_tokens">;

/** Hosts and a host group stand in each other's place. */
const settingsChange = ({ name, hosts, host_group, plan, meeting_defaults }: Settings): ConnectorChange => ({
  ...(name !== undefined && { name }),
  ...(plan !== undefined && { plan }),
  ...(meeting_defaults !== undefined && { meeting_defaults }),
  ...(hosts && { hosts }),
  ...(hosts && hosts.length > 0 && { host_group: null }),
  ...(host_group !== undefined && { host_group }),
  ...(host_group && { hosts: [] }),
});

/** Tries a new client secret out; answers the account with it, where it gives access by itself. */
const withSecret = async (
  { zoom }: AccountsDeps,
  { kind, account_id, client_id: clientId, hosts, host_group: hostGroup }: ConnectorRow,
  clientSecret: string,
): Promise<ZoomAccount | undefined> => {
  if (kind === "account_credentials") {
    const credentials = { accountId: account_id ?? "", clientId, clientSecret, hosts, hostGroup };
    const account = serverToServerAccount({ ...zoom, ...credentials });
    await account.tokens.accessToken();
    return account;
  }
  // Zoom takes back a token that never was from nobody but the app itself.
  const app = { oauthUrl: zoom.oauthUrl, clientId, clientSecret, http: createHttp() };
  await revokeToken(app, randomText()).catch((error: unknown) => {
    if (!isDeadGrant(error)) throw error;
  });
  return undefined;
};

const newSecrets = async (
  { vault }: AccountsDeps,
  { row, secrets }: OpenConnector,
  { client_secret, webhook_secret_tokens }: ConnectorEdit,
): Promise<NonNullable<ConnectorChange["secrets"]>> => {
  const sealed = await vaultToSeal(vault).seal(row.id, {
    clientSecret: client_secret ?? secrets.clientSecret,
    webhookSecretTokens: webhook_secret_tokens ?? secrets.webhookSecretTokens,
  });
  return { before: row.sealed_secrets, sealed, isNewKey: client_secret !== undefined };
};
