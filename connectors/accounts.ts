import { z } from "zod";
import type { ConnectorRow, Store } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { deferred } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { createHttp } from "../zoom/http.ts";
import { grantTokens } from "../zoom/grantTokens.ts";
import { shelfOf } from "./shelf.ts";
import { signInUrl } from "./signInUrl.ts";
import type { Vault } from "./vault.ts";
import { VaultError } from "./vault.ts";
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

/** How long another process's change may go unnoticed; no call to Zoom costs a statement of its own. */
const rereadAfterMs = 3_000;

/** The Zoom accounts there are, each opened once for as long as it stays as it is. */
export const createAccounts = (deps: AccountsDeps) => {
  const { store, environment, zoom } = deps;
  const fromEnvironment = environment.account && serverToServerAccount({ ...environment.account, ...zoom });
  const opened = new Map<string, { version: string; connector: Promise<OpenConnector> }>();
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

  const open = (row: ConnectorRow): Promise<OpenConnector> => {
    const known = opened.get(row.id);
    if (known?.version === row.updated_at) return known.connector;
    const connector = openConnector(deps, row);
    opened.set(row.id, { version: row.updated_at, connector });
    connector.catch(() => opened.delete(row.id));
    return connector;
  };

  const current = async (): Promise<ZoomAccount> => {
    const row = (await rows()).find((each) => each.is_default);
    if (row) return (await open(row)).account;
    if (fromEnvironment) return fromEnvironment;
    throw notConnected();
  };

  return {
    /** Whichever is the default when a call is made. */
    account: {
      client: deferred(async (): Promise<ZoomClient> => (await current()).client),
      hosts: async (): Promise<readonly string[]> => (await current()).hosts(),
    },
    fromEnvironment,
    open,
    /** Own changes are seen at once. */
    refresh,
    /** All that may have signed a webhook. One connector that cannot be opened keeps no other from being heard. */
    secretTokens: async (): Promise<string[]> => {
      const connectors = await Promise.all((await rows()).map((row) => open(row).catch(() => undefined)));
      const ofConnectors = connectors.flatMap((each) => each?.secrets.webhookSecretTokens ?? []);
      return [...environment.webhookSecretTokens, ...ofConnectors];
    },
  };
};

const openConnector = async (deps: AccountsDeps, row: ConnectorRow): Promise<OpenConnector> => {
  const secrets = secretsSchema.parse(
    await unsealed(row, async () => vaultOf(deps).open(row.id, row.sealed_secrets)),
  );
  return { row, secrets, account: accountOf(deps, row, secrets.clientSecret) };
};

const vaultOf = ({ vault }: AccountsDeps): Vault => {
  if (vault) return vault;
  throw new VaultError("there is no key: ENCRYPTION_KEYS is not set");
};

const accountOf = (deps: AccountsDeps, row: ConnectorRow, clientSecret: string): ZoomAccount => {
  const { zoom, store, publicUrl } = deps;
  const { client_id: clientId, account_id: accountId, hosts } = row;
  if (row.kind === "account_credentials")
    return serverToServerAccount({ ...zoom, accountId: accountId ?? "", clientId, clientSecret, hosts });
  const http = createHttp();
  const tokens = grantTokens({
    oauthUrl: zoom.oauthUrl,
    clientId,
    clientSecret,
    http,
    shelf: shelfOf(store, row.id, {
      seal: (grant) => vaultOf(deps).seal(row.id, grant),
      open: (sealed) => unsealed(row, () => vaultOf(deps).open(row.id, sealed)),
    }),
    lost: {
      message: `Zoom accepts the authorization of the connector "${row.name}" no more, or nobody has signed in yet`,
      advice: `Have an administrator sign in with Zoom again: ${signInUrl(publicUrl, row.id)} Then retry the step.`,
    },
  });
  return accountWith({ apiUrl: zoom.apiUrl, http, tokens, hosts });
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

const notConnected = (): ZoomError =>
  new ZoomError({
    ...place,
    code: "authentication",
    message: "No Zoom account is connected",
    advice:
      "Add one with `zoom-runbooks connector add`, or set ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET; then retry the step.",
  });
