import { createHash, randomBytes } from "node:crypto";
import { ZoomError } from "./errors.ts";
import type { IssuedToken, OAuthApp } from "./tokenRequest.ts";
import { requestToken } from "./tokenRequest.ts";

/** Sign in with Zoom: OAuth's authorization code with PKCE. */

/** What somebody who signed in gave us: an hour's token, and the way to the next one, good for one use. */
export type Grant = Omit<IssuedToken, "refreshToken"> & { refreshToken: string };

/** 256 bits, of the letters that URLs and PKCE allow. */
export const randomText = (): string => randomBytes(32).toString("base64url");

const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");

type SignIn = { redirectUri: string; verifier: string };

/** Where the browser is sent. Zoom takes the scopes from the app, so none are named. */
export const authorizeUrl = (
  { oauthUrl, clientId }: Pick<OAuthApp, "oauthUrl" | "clientId">,
  { redirectUri, verifier, state }: SignIn & { state: string },
): string => {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: challengeOf(verifier),
    code_challenge_method: "S256",
  });
  return `${oauthUrl.replace(/\/+$/, "")}/authorize?${query.toString()}`;
};

/** A code is good for five minutes and one use. */
export const exchangeCode = async (
  app: OAuthApp,
  { code, redirectUri, verifier }: SignIn & { code: string },
): Promise<Grant> => {
  const issued = await requestToken(app, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  if (issued.refreshToken !== undefined) return { ...issued, refreshToken: issued.refreshToken };
  throw new ZoomError({
    code: "unexpected_answer",
    message: "Zoom gave an access token without a refresh token",
    method: "POST",
    path: "/oauth/token",
    advice: "Check that the app is a General app with user authorization, then sign in again.",
  });
};

/** Each refresh brings the next refresh token; should one answer lack it, the old one stays the latest. */
export const refreshGrant = async (app: OAuthApp, { refreshToken }: Grant): Promise<Grant> => {
  const issued = await requestToken(app, { grant_type: "refresh_token", refresh_token: refreshToken });
  return { ...issued, refreshToken: issued.refreshToken ?? refreshToken };
};

/** Nothing but signing in again helps. Wrong client credentials and outages are something else. */
export const isDeadGrant = (error: unknown): boolean =>
  error instanceof ZoomError && error.code === "authentication" && error.field === "refresh_token";
