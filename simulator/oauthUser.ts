import { createHash } from "node:crypto";
import { refuseToken } from "./errors.ts";
import { secret } from "./ids.ts";
import type { AuthorizationCode, Cloud } from "./state.ts";
import { keepNewest } from "./collections.ts";
import { newToken, revokeUser } from "./tokens.ts";

const CODE_LIFE_MS = 5 * 60_000;
const REFRESH_LIFE_MS = 90 * 24 * 3_600_000;

const invalidCode = () => refuseToken(400, "Invalid authorization code", "invalid_grant");
const invalidGrant = () => refuseToken(400, "Invalid Token!", "invalid_grant");

/** A code is good for five minutes and one use; signing in again ends what the user gave before. */
export function exchangeCode(cloud: Cloud, given: Record<string, string>) {
  const code = cloud.codes.get(given.code ?? "");
  cloud.codes.delete(given.code ?? "");
  if (code === undefined || code.expiresAtMs <= cloud.clock.now()) throw invalidCode();
  if (code.redirectUri !== given.redirect_uri || !proves(code, given.code_verifier)) throw invalidCode();
  revokeUser(cloud, code.userId);
  return withRefreshToken(cloud, code.userId);
}

/** Each refresh brings another refresh token; the old one is over, at once unless a grace is set. */
export function refresh(cloud: Cloud, refreshToken = "") {
  const grant = cloud.grants.get(refreshToken);
  if (grant === undefined || grant.expiresAtMs <= cloud.clock.now()) throw invalidGrant();
  grant.expiresAtMs = Math.min(grant.expiresAtMs, cloud.clock.now() + cloud.settings.refreshGraceMs);
  return withRefreshToken(cloud, grant.userId);
}

/** What the browser takes back to the app. */
export function newCode(
  cloud: Cloud,
  userId: string,
  redirectUri: string,
  query: Record<string, string>,
): string {
  const code = secret("code");
  const { code_challenge: challenge, code_challenge_method: method = "plain" } = query;
  const expiresAtMs = cloud.clock.now() + CODE_LIFE_MS;
  cloud.codes.set(code, {
    userId,
    redirectUri,
    expiresAtMs,
    ...(challenge && { challenge: { value: challenge, method } }),
  });
  keepNewest(cloud.codes);
  return code;
}

function withRefreshToken(cloud: Cloud, userId: string) {
  const refreshToken = secret("refresh");
  cloud.grants.set(refreshToken, { userId, expiresAtMs: cloud.clock.now() + REFRESH_LIFE_MS });
  keepNewest(cloud.grants);
  return { ...newToken(cloud, userId), refresh_token: refreshToken };
}

function proves({ challenge }: AuthorizationCode, verifier = ""): boolean {
  if (challenge === undefined) return true;
  if (challenge.method !== "S256") return challenge.value === verifier;
  return challenge.value === createHash("sha256").update(verifier).digest("base64url");
}
