import { randomBytes } from "node:crypto";
import type { Catalogue } from "../domain/catalogue.ts";
import type { Connector, ConnectorCheck, ConnectorEdit, NewConnector } from "../domain/connector.ts";
import type { KnownConnector } from "../domain/connectorChoice.ts";
import type { Resealing } from "../domain/resealing.ts";
import type { ConnectorRow, Store } from "../store/index.ts";
import { ZoomError } from "../zoom/errors.ts";
import { createHttp } from "../zoom/http.ts";
import { revokeToken } from "../zoom/tokenRequest.ts";
import { membersOfGroup } from "../zoom/users.ts";
import { createAbilities } from "./abilities.ts";
import type { Accounts, AccountsDeps, OpenConnector } from "./accounts.ts";
import { createAccounts, environmentId } from "./accounts.ts";
import { checkConnector } from "./check.ts";
import { editConnector } from "./edit.ts";
import { ConnectorError, nameTaken, notSignedIn, ofEnvironment, vaultToSeal } from "./errors.ts";
import { reseal } from "./reseal.ts";
import { createSignIn } from "./signIn.ts";
import { connectorOf, environmentConnector } from "./view.ts";
import type { ZoomAccount } from "./zoomAccount.ts";
import { serverToServerAccount } from "./zoomAccount.ts";

export type Connectors = ReturnType<typeof createConnectors>;

/** What administrators do with Zoom accounts, and what Zoom tells of them. */
export const createConnectors = (deps: AccountsDeps) => {
  const { store } = deps;
  const accounts = createAccounts(deps);
  const look = lookingAt(deps, accounts);
  return {
    signers: accounts.signers,
    known: accounts.known,
    /** Which of them let us in, and since when. */
    authorized: async () => (await accounts.candidates()).filter(({ isConnected }) => isConnected),
    list: look.list,
    ...changes(deps, accounts, look),
    ...lookingUp(deps, accounts, look),
    heard: hearing(store, accounts),

    signIn: createSignIn(deps, {
      open: async (id) => accounts.open(await look.stored(id)),
      changed: accounts.refresh,
    }),

    uninstalled: (notice: Uninstalled): Promise<string[]> => removeUninstalled(deps, accounts, notice),

    /** Of whatever is sealed in the store. */
    reseal: (): Promise<Resealing> => reseal(store, vaultToSeal(deps.vault)),
  };
};

type Looking = ReturnType<typeof lookingAt>;

/** Connectors as they are stored, and as people see them. */
const lookingAt = ({ store, environment, publicUrl }: AccountsDeps, accounts: Accounts) => {
  const shown = (row: ConnectorRow): Promise<Connector> => connectorOf(row, publicUrl, accounts.open);
  return {
    shown,
    list: async (): Promise<Connector[]> => {
      const rows = await store.connectors.list();
      const isDefault = !rows.some(({ is_default }) => is_default);
      return [...environmentConnector(environment, isDefault), ...(await Promise.all(rows.map(shown)))];
    },
    stored: async (id: string): Promise<ConnectorRow> => {
      if (id === environmentId && environment.account) throw ofEnvironment();
      const row = await store.connectors.get(id);
      if (row) return row;
      throw new ConnectorError("not_found", `There is no connector "${id}".`);
    },
  };
};

const changes = (deps: AccountsDeps, accounts: Accounts, { stored, shown }: Looking) => {
  const { store } = deps;
  return {
    add: async (given: NewConnector, by: string): Promise<Connector> => {
      const row = await add(deps, given, by);
      accounts.refresh();
      return shown(row);
    },

    edit: async (id: string, edit: ConnectorEdit): Promise<Connector> => {
      const row = await stored(id);
      const changed = await editConnector(deps, row, () => accounts.open(row), edit);
      accounts.refresh();
      return shown(changed);
    },

    makeDefault: async (id: string): Promise<Connector> => {
      const row = await stored(id);
      if (!(await store.connectors.makeDefault(id))) throw notSignedIn(row.name);
      accounts.refresh();
      return shown({ ...row, is_default: true });
    },

    /** What somebody granted is given back to Zoom first. */
    remove: async (id: string): Promise<void> => {
      const row = await stored(id);
      if (row.kind === "sign_in" && row.state === "connected") await giveBack(deps, () => accounts.open(row));
      await store.connectors.remove(id);
      accounts.refresh();
    },
  };
};

const lookingUp = ({ store }: AccountsDeps, accounts: Accounts, { list, stored }: Looking) => {
  const abilities = createAbilities();

  const found = async (
    id: string,
  ): Promise<{ connector: Connector; version: string; account: () => Promise<ZoomAccount> }> => {
    const connector = (await list()).find((each) => each.id === id);
    const { fromEnvironment } = accounts;
    if (connector?.source === "environment" && fromEnvironment)
      return { connector, version: "", account: async () => fromEnvironment };
    const row = await stored(id);
    if (!connector) throw new ConnectorError("not_found", `There is no connector "${id}".`);
    return { connector, version: row.updated_at, account: async () => (await accounts.open(row)).account };
  };

  return {
    /** With what they can do, of those that are named, as far as it is known or can be asked in a moment. */
    withAbilities: (
      connectors: readonly KnownConnector[],
      ids: readonly string[],
    ): Promise<KnownConnector[]> =>
      Promise.all(
        connectors.map(async (each) =>
          ids.includes(each.id) ? { ...each, abilities: await abilities.of(await found(each.id)) } : each,
        ),
      ),

    check: async (id: string, catalogue: Catalogue): Promise<ConnectorCheck> => {
      const { connector, account } = await found(id);
      const heardAt = await store.connectors.heardAt(id);
      abilities.forget(id);
      return checkConnector({ connector, account: await account(), heardAt }, catalogue);
    },
  };
};

/** A webhook comes many times a second, and is noted once a minute. */
const heardEveryMs = 60_000;

/** Notes of whom a webhook came, by the secret token that verified it. */
const hearing = ({ connectors }: Store, { signers }: Accounts) => {
  const notedMs = new Map<string, number>();
  return async (secretToken: string): Promise<void> => {
    const ids = (await signers())
      .filter(({ token }) => token === secretToken)
      .map(({ connector }) => connector);
    for (const id of new Set(ids)) {
      const nowMs = performance.now();
      if (nowMs - (notedMs.get(id) ?? -Infinity) < heardEveryMs) continue;
      notedMs.set(id, nowMs);
      await connectors.heard(id);
    }
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
    atMs >= Date.parse(row.authorized_at);
  const removed: string[] = [];
  for (const row of (await store.connectors.list()).filter(isMeant)) {
    const { secrets } = await accounts.open(row);
    if (!secrets.webhookSecretTokens.includes(secretToken)) continue;
    if (await store.connectors.remove(row.id)) removed.push(row.id);
  }
  accounts.refresh();
  return removed;
};

const add = async (deps: AccountsDeps, given: NewConnector, by: string): Promise<ConnectorRow> => {
  const { store } = deps;
  const vault = vaultToSeal(deps.vault);
  const isByCredentials = given.kind === "account_credentials";
  const { client_id: clientId, client_secret: clientSecret, hosts, host_group = null } = given;
  if (isByCredentials) {
    const credentials = { accountId: given.account_id, clientId, clientSecret, hosts };
    const { client, tokens } = serverToServerAccount({ ...deps.zoom, ...credentials });
    // What does not authenticate is not stored.
    await tokens.accessToken();
    if (host_group) await membersOfGroup(client, host_group);
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
    host_group,
    plan: given.plan ?? null,
    meeting_defaults: given.meeting_defaults ?? null,
    sealed_secrets: await vault.seal(id, secrets),
    state: isByCredentials ? "connected" : "needs_authorization",
    created_by: by,
  });
  if (row) return row;
  throw nameTaken(given.name);
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
