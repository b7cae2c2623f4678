import { randomBytes } from "node:crypto";
import type { Catalogue } from "../domain/catalogue.ts";
import type { Connector, ConnectorCheck, NewConnector } from "../domain/connector.ts";
import type { Resealing } from "../domain/resealing.ts";
import type { ConnectorRow } from "../store/index.ts";
import { ZoomError } from "../zoom/errors.ts";
import { createHttp } from "../zoom/http.ts";
import { revokeToken } from "../zoom/tokenRequest.ts";
import type { Accounts, AccountsDeps, OpenConnector } from "./accounts.ts";
import { createAccounts } from "./accounts.ts";
import { checkConnector } from "./check.ts";
import { ConnectorError } from "./errors.ts";
import { reseal } from "./reseal.ts";
import { createSignIn } from "./signIn.ts";
import { signInUrl } from "./signInUrl.ts";
import type { Vault } from "./vault.ts";
import type { ZoomAccount } from "./zoomAccount.ts";
import { serverToServerAccount } from "./zoomAccount.ts";

export type Connectors = ReturnType<typeof createConnectors>;

const environmentId = "environment";

/** What administrators do with Zoom accounts, and what Zoom tells of them. */
export const createConnectors = (deps: AccountsDeps) => {
  const { store, environment, publicUrl } = deps;
  const accounts = createAccounts(deps);

  const stored = async (id: string): Promise<ConnectorRow> => {
    if (id === environmentId && environment.account) throw ofEnvironment();
    const row = await store.connectors.get(id);
    if (row) return row;
    throw new ConnectorError("not_found", `There is no connector "${id}".`);
  };

  const found = async (id: string): Promise<{ connector: Connector; account: ZoomAccount }> => {
    const connector = (await listed(deps)).find((each) => each.id === id);
    if (connector?.source === "environment" && accounts.fromEnvironment)
      return { connector, account: accounts.fromEnvironment };
    const row = await stored(id);
    return { connector: connectorOf(row, publicUrl), account: (await accounts.open(row)).account };
  };

  return {
    secretTokens: accounts.secretTokens,
    list: () => listed(deps),

    add: async (given: NewConnector, by: string): Promise<Connector> => {
      const row = await add(deps, given, by);
      accounts.refresh();
      return connectorOf(row, publicUrl);
    },

    makeDefault: async (id: string): Promise<Connector> => {
      const row = await stored(id);
      if (!(await store.connectors.makeDefault(id))) throw notConnected(row);
      accounts.refresh();
      return connectorOf({ ...row, is_default: true }, publicUrl);
    },

    /** What somebody granted is given back to Zoom first. */
    remove: async (id: string): Promise<void> => {
      const row = await stored(id);
      if (row.kind === "sign_in" && row.state === "connected") await giveBack(deps, () => accounts.open(row));
      await store.connectors.remove(id);
      accounts.refresh();
    },

    check: async (id: string, catalogue: Catalogue): Promise<ConnectorCheck> => {
      const { connector, account } = await found(id);
      return checkConnector(connector, account, catalogue);
    },

    signIn: createSignIn(deps, {
      open: async (id) => accounts.open(await stored(id)),
      changed: accounts.refresh,
    }),

    uninstalled: (notice: Uninstalled): Promise<string[]> => removeUninstalled(deps, accounts, notice),

    /** Of whatever is sealed in the store. */
    reseal: (): Promise<Resealing> => reseal(store, vaultOf(deps)),
  };
};

type Uninstalled = {
  accountId: string;
  clientId?: string | undefined;
  userId?: string | undefined;
  /** When it happened; now if Zoom did not say. */
  atMs?: number | undefined;
  /** That the notice was signed with. */
  secretToken: string;
};

/**
 * Somebody removed the app in Zoom's Marketplace: its connectors go with all their secrets. Only the app's own secret
 * token may say so. Answers who they were.
 */
const removeUninstalled = async (
  { store }: AccountsDeps,
  accounts: Accounts,
  { accountId, clientId, userId, atMs = Infinity, secretToken }: Uninstalled,
): Promise<string[]> => {
  const isMeant = (row: ConnectorRow): boolean =>
    row.account_id === accountId &&
    row.client_id === clientId &&
    (row.user_id === null || userId === undefined || row.user_id === userId) &&
    // What comes late is of an authorization before this one.
    atMs >= Date.parse(row.updated_at);
  const removed: string[] = [];
  for (const row of (await store.connectors.list()).filter(isMeant)) {
    const { secrets } = await accounts.open(row);
    if (!secrets.webhookSecretTokens.includes(secretToken)) continue;
    if (await store.connectors.remove(row.id)) removed.push(row.id);
  }
  accounts.refresh();
  return removed;
};

const listed = async (deps: AccountsDeps): Promise<Connector[]> => {
  const rows = await deps.store.connectors.list();
  const isDefault = !rows.some(({ is_default }) => is_default);
  return [...fromEnvironment(deps, isDefault), ...rows.map((row) => connectorOf(row, deps.publicUrl))];
};

const add = async (deps: AccountsDeps, given: NewConnector, by: string): Promise<ConnectorRow> => {
  const { store } = deps;
  const vault = vaultOf(deps);
  const isByCredentials = given.kind === "account_credentials";
  const { client_id: clientId, client_secret: clientSecret, hosts } = given;
  if (isByCredentials) {
    const credentials = { accountId: given.account_id, clientId, clientSecret, hosts };
    // What does not authenticate is not stored.
    await serverToServerAccount({ ...deps.zoom, ...credentials }).tokens.accessToken();
  }
  const id = `zoom-${randomBytes(6).toString("hex")}`;
  const secrets = { clientSecret, webhookSecretTokens: given.webhook_secret_tokens };
  const row = await store.connectors.create({
    id,
    name: given.name,
    kind: given.kind,
    account_id: isByCredentials ? given.account_id : null,
    client_id: clientId,
    hosts,
    sealed_secrets: await vault.seal(id, secrets),
    state: isByCredentials ? "connected" : "needs_authorization",
    created_by: by,
  });
  if (row) return row;
  throw new ConnectorError(
    "refused",
    `There is a connector "${given.name}" already. Give this one another name, or remove that one first.`,
  );
};

/** A grant that is dead, or that nobody can open any more, cannot be given back and need not be. */
const giveBack = async (deps: AccountsDeps, open: () => Promise<OpenConnector>): Promise<void> => {
  try {
    const { row, secrets, account } = await open();
    const { oauthUrl } = deps.zoom;
    const app = { oauthUrl, clientId: row.client_id, clientSecret: secrets.clientSecret, http: createHttp() };
    await revokeToken(app, await account.tokens.accessToken());
  } catch (error) {
    if (!(error instanceof ZoomError) || error.retryable) throw error;
  }
};

const connectorOf = (row: ConnectorRow, publicUrl: string): Connector => {
  const { id, name, kind, account_id, client_id, is_default, hosts, state, created_at, created_by } = row;
  const sign_in_url = kind === "sign_in" ? signInUrl(publicUrl, id) : null;
  const facts = { id, name, kind, account_id, client_id, is_default, hosts, state, created_at, created_by };
  return { ...facts, source: "store", sign_in_url };
};

const fromEnvironment = ({ environment: { account } }: AccountsDeps, isDefault: boolean): Connector[] =>
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
          state: "connected",
          sign_in_url: null,
          created_at: null,
          created_by: null,
        },
      ]
    : [];

const ofEnvironment = (): ConnectorError =>
  new ConnectorError(
    "refused",
    "This one is configured by ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET: change them and restart. It serves while no other connector is the default.",
  );

const notConnected = ({ name }: ConnectorRow): ConnectorError =>
  new ConnectorError("refused", `Nobody has signed in to the connector "${name}" yet: do that first.`);

const vaultOf = ({ vault }: AccountsDeps): Vault => {
  if (vault) return vault;
  throw new ConnectorError(
    "refused",
    "There is no key to seal secrets with: set ENCRYPTION_KEYS for gateway and workers, restart them, and do this again.",
  );
};
