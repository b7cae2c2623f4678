import type { Answer } from "./call.ts";
import { APP } from "./defaults.ts";
import { refuseToken } from "./errors.ts";
import { exchangeCode, refresh } from "./oauthUser.ts";
import type { Cloud } from "./state.ts";
import { newToken, revokeUser } from "./tokens.ts";

export type TokenRequest = {
  authorization: string | undefined;
  query: Record<string, string>;
  body: unknown;
};

/** POST /oauth/token; parameters come in the form body or, older, in the query. */
export function issueToken(cloud: Cloud, request: TokenRequest): Answer {
  requireClient(request.authorization);
  if (cloud.settings.appDisabled) throw refuseToken(404, "The application is disabled", "invalid_client");
  const given = parametersOf(request);
  requireKind(cloud, given.grant_type);
  switch (given.grant_type) {
    case "account_credentials":
      return { status: 200, body: accountToken(cloud, given.account_id) };
    case "authorization_code":
      return { status: 200, body: exchangeCode(cloud, given) };
    case "refresh_token":
      return { status: 200, body: refresh(cloud, given.refresh_token) };
    default:
      throw refuseToken(400, "unsupported grant type", "unsupported_grant_type");
  }
}

/** POST /oauth/revoke; revoking a user's token ends all the app has from that user. */
export function revokeToken(cloud: Cloud, request: TokenRequest): Answer {
  requireClient(request.authorization);
  const token = cloud.tokens.get(parametersOf(request).token ?? "");
  if (token !== undefined) token.revoked = true;
  if (token?.actingUserId !== undefined) revokeUser(cloud, token.actingUserId);
  return { status: 200, body: { status: "success" } };
}

/** Each kind of app has its grants; one that is of no kind has them all. */
function requireKind({ settings: { appKind } }: Cloud, grant = ""): void {
  const kind = grant === "account_credentials" ? "server_to_server" : "general";
  if (appKind !== "any" && appKind !== kind)
    throw refuseToken(400, "unsupported grant type", "unsupported_grant_type");
}

function accountToken(cloud: Cloud, accountId: string | undefined) {
  if (accountId !== cloud.accountId) throw refuseToken(400, "Bad Request", "invalid_request");
  return newToken(cloud);
}

function requireClient(authorization: string | undefined): void {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? "")?.[1] ?? "";
  const credentials = Buffer.from(encoded, "base64").toString();
  if (credentials === `${APP.clientId}:${APP.clientSecret}`) return;
  throw refuseToken(400, "Invalid client_id or client_secret", "invalid_client");
}

function parametersOf({ query, body }: TokenRequest): Record<string, string> {
  return { ...query, ...formOf(body) };
}

export const formOf = (body: unknown): Record<string, string> =>
  typeof body === "string" ? Object.fromEntries(new URLSearchParams(body)) : {};
