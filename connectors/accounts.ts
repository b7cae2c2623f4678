import { z } from "zod";
import type { KnownConnector } from "../domain/connectorChoice.ts";
import type { ConnectorRow, Store } from "../store/index.ts";
import { deferred } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { createHttp } from "../zoom/http.ts";
import { grantTokens } from "../zoom/grantTokens.ts";
import type { Candidate, Wanted } from "./choice.ts";
import { chosen } from "./choice.ts";
import { shelfOf } from "./shelf.ts";
import { signInUrl } from "./signInUrl.ts";
import type { Vault } from "./vault.ts";
import { VaultError, vaultToOpen } from "./vault.ts";
import type { AccountSettings, ZoomAccount, ZoomAddress } from "./zoomAccount.ts";
import { accountWith, serverToServerAccount } from "./zoomAccount.ts";

export type AccountsDeps = {
  store: Store;
  /** Without one, connectors in the store cannot be used. */
  vault: Vault | undefined;
  zoom: ZoomAddress;
  /** What the environment configures: it serves while the store has no connector. */
  environment: { account?: AccountSettings | undefined; webhookSecretTokens: readonly string[] };
  /** Where people reach the gateway. */
  publicUrl: string;
};

/** What a connector keeps sealed. */
const secretsSchema = z.object({ clientSecret: z.string(), webhookSecretTokens: z.array(z.string()) });

type ConnectorSecrets = z.output<typeof secretsSchema>;

/** A connector of the store with what it is made of. */
export type OpenConnector = { row: ConnectorRow; secrets: ConnectorSecrets; account: ZoomAccount };

export type Accounts = ReturnType<typeof createAccounts>;

/** The id of the account that the environment configures. */
export const environmentId = "environment";

/** How long another process's change may go unnoticed; no call to Zoom costs a statement of its own. */
const rereadAfterMs = 3_000;

/** The Zoom accounts there are, each opened once for as long as it stays as it is. */
export const createAccounts = (deps: AccountsDeps) => {
  const { environment, zoom } = deps;
  const fromEnvironment = environment.account && serverToServerAccount({ ...environment.account, ...zoom });
  const { rows, refresh } = readRows(deps.store);
  const opened = new Map<string, { version: string; connector: Promise<OpenConnector> }>();

  const open = (row: ConnectorRow): Promise<OpenConnector> => {
    const known = opened.get(row.id);
    if (known?.version === row.updated_at) return known.connector;
    const connector = openConnector(deps, row);
    opened.set(row.id, { version: row.updated_at, connector });
    connector.catch(() => opened.delete(row.id));
    return connector;
  };

  const candidates = async (): Promise<Candidate[]> => {
    const all = await rows();
    const ofStore = all.map((row) => candidateOf(row, async () => (await open(row)).account));
    const { account } = environment;
    if (!account || !fromEnvironment) return ofStore;
    const isDefault = !all.some(({ is_default }) => is_default);
    return [environmentCandidate(account, fromEnvironment, isDefault), ...ofStore];
  };

  return {
    /** Where to work. What cannot be opened says so with the first call. */
    find: async (wanted: Wanted) => {
      const { id, account_id, authorizedAt, account } = chosen(await candidates(), wanted);
      return {
        client: deferred(async () => (await account()).client),
        hosts: async () => (await account()).hosts(),
        madeIn: { connector: id, account_id },
        authorizedAt,
      };
    },
    known: async (): Promise<KnownConnector[]> =>
      (await candidates()).map(({ id, name, is_default, meeting_defaults }) => ({
        id,
        name,
        is_default,
        meeting_defaults,
      })),
    candidates,
    fromEnvironment,
    open,
    /** Own changes are seen at once. */
    refresh,
    /** All that may have signed a webhook. */
    signers: async () => [
      ...environment.webhookSecretTokens.map((token) => ({ token, connector: environmentId })),
      ...(await signersAmong(await rows(), open)),
    ],
  };
};

/** A webhook's secret token, and whose it is. */
type Signer = { token: string; connector: string };

/** One connector that cannot be opened keeps no other from being heard. */
const signersAmong = async (
  rows: readonly ConnectorRow[],
  open: (row: ConnectorRow) => Promise<OpenConnector>,
): Promise<Signer[]> => {
  const connectors = await Promise.all(rows.map((row) => open(row).catch(() => undefined)));
  return connectors.flatMap((each) =>
    each ? each.secrets.webhookSecretTokens.map((token) => ({ token, connector: each.row.id })) : [],
  );
};

const readRows = (store: Store) => {
  let latest: { atMs: number; rows: Promise<ConnectorRow[]> } | undefined;
  const refresh = (): void => {
    latest = undefined;
  };
  const rows = (): Promise<ConnectorRow[]> => {
    if (latest && performance.now() - latest.atMs < rereadAfterMs) return latest.rows;
    const reading = { atMs: performance.now(), rows: store.connectors.list() };
    latest = reading;
    // A failure is told to whoever asked, and not remembered.
    reading.rows.catch(() => latest === reading && refresh());
    return reading.rows;
  };
  return { rows, refresh };
};

const candidateOf = (row: ConnectorRow, account: Candidate["account"]): Candidate => {
  const { id, name, account_id, is_default, meeting_defaults, state, authorized_at } = row;
  const isConnected = state === "connected";
  return {
    id,
    name,
    account_id,
    is_default,
    meeting_defaults,
    isConnected,
    authorizedAt: authorized_at,
    account,
  };
};

const environmentCandidate = (
  { accountId }: AccountSettings,
  account: ZoomAccount,
  isDefault: boolean,
): Candidate => ({
  id: environmentId,
  name: "Environment",
  account_id: accountId,
  is_default: isDefault,
  meeting_defaults: null,
  isConnected: true,
  authorizedAt: null,
  account: async () => account,
});

const openConnector = async (deps: AccountsDeps, row: ConnectorRow): Promise<OpenConnector> => {
  const secrets = secretsSchema.parse(
    await unsealed(row, async () => vaultToOpen(deps.vault).open(row.id, row.sealed_secrets)),
  );
  return { row, secrets, account: accountOf(deps, row, secrets.clientSecret) };
};

const accountOf = (deps: AccountsDeps, row: ConnectorRow, clientSecret: string): ZoomAccount => {
  const { zoom, store, publicUrl } = deps;
  const { client_id: clientId, account_id: accountId, hosts, host_group: hostGroup } = row;
  if (row.kind === "account_credentials")
    return serverToServerAccount({
      ...zoom,
      accountId: accountId ?? "",
      clientId,
      clientSecret,
      hosts,
      hostGroup,
    });
  const http = createHttp();
  const tokens = grantTokens({
    oauthUrl: zoom.oauthUrl,
    clientId,
    clientSecret,
    http,
    shelf: shelfOf(store, row.id, {
      seal: (grant) => vaultToOpen(deps.vault).seal(row.id, grant),
      open: (sealed) => unsealed(row, () => vaultToOpen(deps.vault).open(row.id, sealed)),
    }),
    lost: {
      message: `Zoom accepts the authorization of the connector "${row.name}" no more, or nobody has signed in yet`,
      advice: `Have an administrator sign in with Zoom again: ${signInUrl(publicUrl, row.id)} What waits for it then goes on by itself.`,
    },
  });
  return accountWith({ apiUrl: zoom.apiUrl, http, tokens, hosts, hostGroup });
};

const place = { method: "POST", path: "/oauth/token" } as const;

const unsealed = async <T>({ name }: ConnectorRow, open: () => Promise<T>): Promise<T> => {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new ZoomError({
      ...place,
      code: "not_configured",
      message: `The secrets of the connector "${name}" cannot be opened: ${error.message}`,
      advice:
        "Give gateway and workers the ENCRYPTION_KEYS with which it was added, or remove it and add it again.",
    });
  }
};
