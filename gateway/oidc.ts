import { createHmac } from "node:crypto";
import * as openid from "openid-client";
import type { ApiKeyRole } from "../store/index.ts";
import { ProblemError } from "./problems.ts";
import { newSecret } from "./secrets.ts";

/** An identity provider, and what its groups may do here. */
export type OidcSettings = {
  issuerUrl: string;
  clientId: string;
  /** Left out for a public client: PKCE protects it all the same. */
  clientSecret?: string | undefined;
  scopes: string;
  groupsClaim: string;
  /** Group to role; `*` is everybody who can sign in. */
  roles: { [group: string]: ApiKeyRole };
};

export type OidcPerson = { person: string; name: string; role: ApiKeyRole };

export const oidcCallbackPath = "/sign-in/oidc/callback";

const timeoutSeconds = 10;

const strongestFirst = ["admin", "responder", "viewer"] as const;

/** State, nonce and verifier of one sign-in are all derived from what its browser keeps; so nothing is stored for it here. */
const part = (secret: string, name: "state" | "nonce" | "verifier"): string =>
  createHmac("sha256", secret).update(name).digest("base64url");

/** In the body where the provider takes it there: of the header, providers disagree how it is escaped. */
const clientAuth = (clientSecret: string): openid.ClientAuth => {
  const [basic, post] = [openid.ClientSecretBasic(clientSecret), openid.ClientSecretPost(clientSecret)];
  return (server, ...request) =>
    server.token_endpoint_auth_methods_supported?.includes("client_secret_post")
      ? post(server, ...request)
      : basic(server, ...request);
};

const discover = async ({
  issuerUrl,
  clientId,
  clientSecret,
}: OidcSettings): Promise<openid.Configuration> => {
  const issuer = new URL(issuerUrl);
  const auth = clientSecret === undefined ? openid.None() : clientAuth(clientSecret);
  // Over TLS the specification leaves it open; a signature that nobody checks is none.
  const execute = [openid.enableNonRepudiationChecks];
  if (issuer.protocol === "http:") execute.push(openid.allowInsecureRequests);
  return openid.discovery(issuer, clientId, clientSecret, auth, { execute, timeout: timeoutSeconds });
};

export type Oidc = ReturnType<typeof createOidc>;

/** Signing in with an identity provider: OpenID Connect's authorization code flow, with PKCE, state and nonce. */
export const createOidc = (settings: OidcSettings, publicUrl: string) => {
  let discovered: Promise<openid.Configuration> | undefined;
  /** Asked for when it is needed, so that the gateway starts without it. */
  const configuration = (): Promise<openid.Configuration> => {
    discovered ??= discover(settings);
    discovered.catch(() => (discovered = undefined));
    return discovered;
  };
  const callback = `${publicUrl.replace(/\/$/, "")}${oidcCallbackPath}`;

  return {
    /** Where the browser goes, and what it keeps meanwhile. */
    begin: async (): Promise<{ url: string; secret: string }> => {
      const secret = newSecret();
      try {
        const url = openid.buildAuthorizationUrl(await configuration(), {
          redirect_uri: callback,
          scope: settings.scopes,
          state: part(secret, "state"),
          nonce: part(secret, "nonce"),
          code_challenge: await openid.calculatePKCECodeChallenge(part(secret, "verifier")),
          code_challenge_method: "S256",
        });
        return { url: url.href, secret };
      } catch (error) {
        throw problemOf(error);
      }
    },

    /** Who came back, with the query that the provider sent him with. */
    finish: async (query: string, secret: string | undefined): Promise<OidcPerson> => {
      const url = new URL(`${callback}?${query}`);
      // No need for a comparison in constant time: whoever could measure it compares with his own secret.
      if (secret === undefined || url.searchParams.get("state") !== part(secret, "state"))
        throw unknownSignIn();
      try {
        const claims = await claimsOf(await configuration(), url, secret, settings.groupsClaim);
        return personOf(claims, settings);
      } catch (error) {
        throw problemOf(error);
      }
    },
  };
};

type Claims = { sub: string; [name: string]: unknown };

const claimsOf = async (
  config: openid.Configuration,
  url: URL,
  secret: string,
  groupsClaim: string,
): Promise<Claims> => {
  const tokens = await openid.authorizationCodeGrant(config, url, {
    expectedState: part(secret, "state"),
    expectedNonce: part(secret, "nonce"),
    pkceCodeVerifier: part(secret, "verifier"),
    idTokenExpected: true,
  });
  const claims = tokens.claims() as Claims;
  if (claims[groupsClaim] !== undefined || !config.serverMetadata().userinfo_endpoint) return claims;
  // Some providers keep the token short and tell groups only when asked.
  return { ...(await openid.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims };
};

const textOf = (claim: unknown): string | undefined => {
  const text =
    typeof claim === "string"
      ? claim
          .replaceAll(/\p{Cc}+/gu, " ")
          .trim()
          .slice(0, 100)
      : "";
  return text === "" ? undefined : text;
};

const personOf = (claims: Claims, { groupsClaim, roles }: OidcSettings): OidcPerson => {
  const name = ["name", "preferred_username", "email"].map((each) => textOf(claims[each])).find(Boolean);
  const groups = [claims[groupsClaim] ?? []].flat().filter((each) => typeof each === "string");
  const granted = new Set(
    ["*", ...groups].map((group) => (Object.hasOwn(roles, group) ? roles[group] : null)),
  );
  const role = strongestFirst.find((each) => granted.has(each));
  if (!role) {
    throw new ProblemError(
      "role-insufficient",
      `You are in none of the groups that may come in here: an administrator adds you to one, or one to OIDC_ROLES. Groups are read from the claim "${groupsClaim}".`,
    );
  }
  return { person: `oidc:${claims.sub}`, name: name ?? claims.sub, role };
};

const unknownSignIn = (): ProblemError =>
  new ProblemError(
    "refused",
    "This sign-in is not known here: it is too old, was used, or began in another browser. Begin again, with cookies.",
  );

const word = (text: string): string => (/^[\w.-]{1,60}$/.test(text) ? text : "an error");

/** What the provider, or openid-client about it, has to say; never with what was sent. */
const problemOf = (error: unknown): Error => {
  if (error instanceof ProblemError) return error;
  if (error instanceof openid.AuthorizationResponseError)
    return new ProblemError(
      "refused",
      error.error === "access_denied"
        ? "The identity provider did not let you in, or you declined."
        : `The identity provider answered "${word(error.error)}".`,
    );
  if (error instanceof openid.ResponseBodyError) return refusedGrant(error.error);
  const { code, message } = error as { code?: string; message?: string };
  if (code?.startsWith("OAUTH_JWT") || code === "OAUTH_INVALID_RESPONSE")
    return new ProblemError(
      "refused",
      `What the identity provider answered does not hold (${word(code)}): ${message}.`,
    );
  return new ProblemError(
    "unavailable",
    "The identity provider cannot be reached, or answers nonsense. Try again.",
    {
      cause: error,
    },
  );
};

const refusedGrant = (code: string): ProblemError =>
  new ProblemError(
    "refused",
    code === "invalid_client"
      ? "The identity provider does not accept OIDC_CLIENT_ID and OIDC_CLIENT_SECRET: compare them with what it has."
      : `The identity provider does not accept this sign-in ("${word(code)}"): it is too old, or was used. Begin again.`,
  );
