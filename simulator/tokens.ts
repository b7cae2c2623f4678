import { expiredToken, invalidToken, tokenInQuery } from "./errors.ts";
import { secret } from "./ids.ts";
import type { Cloud, Token } from "./state.ts";
import { keepNewest } from "./collections.ts";

const TOKEN_LIFE_S = 3_599;

/** What the token endpoint answers; without a user it is the account's own token. */
export function newToken(cloud: Cloud, actingUserId?: string) {
  const value = secret("token");
  const scopes = [...cloud.settings.scopes];
  const expiresAtMs = cloud.clock.now() + TOKEN_LIFE_S * 1000;
  cloud.tokens.set(value, { scopes, expiresAtMs, revoked: false, ...(actingUserId && { actingUserId }) });
  keepNewest(cloud.tokens);
  return {
    access_token: value,
    token_type: "bearer",
    expires_in: TOKEN_LIFE_S,
    scope: scopes.join(" "),
    api_url: cloud.baseUrl,
  };
}

/** The token a call came with, or Zoom's refusal. Several tokens of the app may be alive at once. */
export function authenticate(
  cloud: Cloud,
  authorization: string | undefined,
  query: Record<string, string>,
): Token {
  if (query.access_token !== undefined) throw tokenInQuery();
  const token = cloud.tokens.get(bearerOf(authorization) ?? "");
  if (token === undefined || token.revoked || cloud.settings.appDisabled) throw invalidToken();
  if (token.expiresAtMs <= cloud.clock.now()) throw expiredToken();
  return token;
}

export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];

/** Ends every token, and every way to a new one, that the app has from a user. */
export function revokeUser(cloud: Cloud, userId: string): void {
  for (const token of cloud.tokens.values()) {
    if (token.actingUserId === userId) token.revoked = true;
  }
  for (const [refreshToken, grant] of cloud.grants) {
    if (grant.userId === userId) cloud.grants.delete(refreshToken);
  }
}
