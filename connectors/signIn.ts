import { createHash } from "node:crypto";
import { z } from "zod";
import { ZoomError } from "../zoom/errors.ts";
import { createZoomClient } from "../zoom/client.ts";
import { createHttp } from "../zoom/http.ts";
import type { Grant } from "../zoom/oauth.ts";
import { authorizeUrl, exchangeCode, randomText } from "../zoom/oauth.ts";
import type { OAuthApp } from "../zoom/tokenRequest.ts";
import { revokeToken } from "../zoom/tokenRequest.ts";
import type { ZoomUser } from "../zoom/users.ts";
import { getUser } from "../zoom/users.ts";
import type { AccountsDeps, OpenConnector } from "./accounts.ts";
import { ConnectorError } from "./errors.ts";
import { keptGrant } from "./shelf.ts";
import { callbackUrl } from "./signInUrl.ts";
import type { Vault } from "./vault.ts";

/** How long somebody may take at Zoom. */
export const signInLifeMs = 10 * 60_000;

/** What says that somebody comes back: from Zoom, and what `start` gave to the browser to keep. */
type Claim = { state?: string | undefined; browser?: string | undefined };

/** What Zoom says came of it. */
type Outcome = { code?: string | undefined; error?: string | undefined };

type Reach = { open: (id: string) => Promise<OpenConnector>; changed: () => void };

/** Sign in with Zoom: there and back. Nothing of a sign-in is kept that did not come to its end. */
export const createSignIn = (deps: AccountsDeps, { open, changed }: Reach) => {
  const { store, publicUrl, zoom } = deps;
  const redirectUri = callbackUrl(publicUrl);
  const http = createHttp();

  const appOf = ({ row, secrets }: OpenConnector): OAuthApp => ({
    oauthUrl: zoom.oauthUrl,
    clientId: row.client_id,
    clientSecret: secrets.clientSecret,
    http,
  });

  return {
    /** Where to send the browser, and what it has to bring back. */
    start: async (connectorId: string, startedBy: string): Promise<{ url: string; browser: string }> => {
      const connector = await open(connectorId);
      if (connector.row.kind !== "sign_in") throw byCredentials(connector);
      const [state, browser, verifier] = [randomText(), randomText(), randomText()];
      await store.signIns.begin({
        state_hash: hashOf(state),
        browser_hash: hashOf(browser),
        connector_id: connectorId,
        sealed_verifier: await vaultOf(deps).seal(connectorId, { verifier }),
        started_by: startedBy,
        lifeMs: signInLifeMs,
      });
      return { url: authorizeUrl(appOf(connector), { redirectUri, verifier, state }), browser };
    },

    /** Whoever began a sign-in comes back, once. */
    comeBack: async ({ state = "", browser = "" }: Claim) => {
      const begun = await store.signIns.take(hashOf(state), hashOf(browser));
      if (!begun) throw unknownSignIn();
      const connector = await open(begun.connector_id);
      const { id, name } = connector.row;
      const finish = async ({ code, error }: Outcome): Promise<SignedIn> => {
        if (code === undefined) throw declined(error);
        const kept = await vaultOf(deps).open(id, begun.sealed_verifier);
        const { verifier } = verifierSchema.parse(kept);
        const app = appOf(connector);
        const grant = await exchangeCode(app, { code, redirectUri, verifier });
        try {
          return await authorized(deps, connector, grant);
        } catch (failed) {
          // Nobody would ever give it back.
          await revokeToken(app, grant.value).catch(() => undefined);
          throw failed;
        } finally {
          changed();
        }
      };
      return { id, name, startedBy: begun.started_by, finish };
    },
  };
};

/** Undefined scopes: Zoom did not say what it granted. */
export type SignedIn = { user: string; scopes: readonly string[] | undefined };

const verifierSchema = z.object({ verifier: z.string() });

const authorized = async (deps: AccountsDeps, { row }: OpenConnector, grant: Grant): Promise<SignedIn> => {
  const user = await whoSignedIn(deps, grant);
  const account_id = user.accountId;
  if (account_id === undefined) throw withoutAccount();
  const sealed_grant = await vaultOf(deps).seal(row.id, keptGrant(grant));
  const authorization = { sealed_grant, account_id, user_id: user.id, host: user.email };
  if (await deps.store.connectors.authorize(row.id, authorization))
    return { user: user.email, scopes: grant.scopes };
  throw new ConnectorError(
    "refused",
    `The connector "${row.name}" is of another Zoom account than the one you signed in to. Sign in to that account, or add another connector for this one.`,
  );
};

const whoSignedIn = ({ zoom }: AccountsDeps, { value, scopes }: Grant): Promise<ZoomUser> => {
  const tokens = { accessToken: async () => value, invalidate: () => undefined, scopes: () => scopes };
  return getUser(createZoomClient({ apiUrl: zoom.apiUrl, tokens }), "me");
};

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64url");

const vaultOf = ({ vault }: AccountsDeps): Vault => {
  if (vault) return vault;
  throw new ConnectorError(
    "refused",
    "There is no key to seal secrets with: set ENCRYPTION_KEYS and restart.",
  );
};

const byCredentials = ({ row }: OpenConnector): ConnectorError =>
  new ConnectorError(
    "refused",
    `The connector "${row.name}" has account credentials: nobody needs to sign in.`,
  );

const unknownSignIn = (): ConnectorError =>
  new ConnectorError(
    "refused",
    'This sign-in is not known here: it was begun in another browser, took longer than ten minutes, or came back already. If this page said "Connected" before, all is done. Otherwise open the connector\'s link again: `zoom-runbooks connector list` shows it.',
  );

const declined = (error: string | undefined): ConnectorError =>
  new ConnectorError(
    "refused",
    error === "access_denied"
      ? "You declined at Zoom, so nothing was changed."
      : "Zoom did not let you in, so nothing was changed. Check the app in Zoom's Marketplace, then begin again.",
  );

const withoutAccount = (): ZoomError =>
  new ZoomError({
    code: "unexpected_answer",
    message: "Zoom did not say which account signed in",
    method: "GET",
    path: "/users/me",
  });
