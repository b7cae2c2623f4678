import type { ZoomError } from "./errors.ts";
import type { IssuedToken, OAuthApp } from "./tokenRequest.ts";
import { requestToken } from "./tokenRequest.ts";

/** Where a client gets its access tokens from, whatever the kind of connector. */
export type TokenSource = {
  /** A token that is good for at least some seconds. Many calls at once cause one request. */
  accessToken(): Promise<string>;
  /** Zoom refused this token: the next call gets another one, unless this one is younger than `minAgeMs`. */
  invalidate(token: string, minAgeMs?: number): void;
  /** Whether another process renewed it, some time ago: it may be over as the one before is. */
  isAdopted?(token: string): boolean;
  /** What the current token may do; undefined until there was one, or if Zoom did not say. */
  scopes(): string[] | undefined;
};

export type ServerToServerOptions = OAuthApp & { accountId: string };

/** Renewed while a minute is left, so that no token runs out on its way. */
const renewalMarginMs = 60_000;

/** Until when a token is good, and from when on it is to be renewed. */
export const timesOf = ({ issuedAtMs, lifeMs }: Pick<IssuedToken, "issuedAtMs" | "lifeMs">) => {
  const expiresAtMs = issuedAtMs + lifeMs;
  return { expiresAtMs, renewAtMs: expiresAtMs - Math.min(renewalMarginMs, lifeMs / 2) };
};

/** Account credentials (Server-to-Server OAuth): an hour's token for id and secret, without refresh tokens. */
export const serverToServerTokens = (options: ServerToServerOptions): TokenSource => {
  const { now = Date.now, accountId } = options;
  let token: (IssuedToken & ReturnType<typeof timesOf>) | undefined;
  let renewal: Promise<string> | undefined;

  const renew = (): Promise<string> => {
    renewal ??= requestToken(options, { grant_type: "account_credentials", account_id: accountId })
      .then((fresh) => (token = { ...fresh, ...timesOf(fresh) }).value)
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  };

  return {
    accessToken: async () => {
      const current = token;
      if (current && now() < current.renewAtMs) return current.value;
      try {
        return await renew();
      } catch (error) {
        // Zoom's OAuth may be down while its API is not: the last minute of the old token is still good.
        const isStillGood = current !== undefined && current === token && now() < current.expiresAtMs;
        if (isStillGood && (error as ZoomError).retryable) return current.value;
        throw error;
      }
    },
    invalidate: (refused, minAgeMs = 0) => {
      if (token?.value === refused && now() - token.issuedAtMs >= minAgeMs) token = undefined;
    },
    scopes: () => token?.scopes,
  };
};
