import { z } from "zod";
import type { ZoomError } from "./errors.ts";
import { jsonOf, unusableAnswer } from "./errors.ts";
import type { Http } from "./http.ts";
import { toTokenError } from "./oauthErrors.ts";

/** Where a client gets its access tokens from, whatever the kind of connector. */
export type TokenSource = {
  /** A token that is good for at least some seconds. Many calls at once cause one request. */
  accessToken(): Promise<string>;
  /** Zoom refused this token: the next call gets another one, unless this one is younger than `minAgeMs`. */
  invalidate(token: string, minAgeMs?: number): void;
  /** What the current token may do; undefined until there was one, or if Zoom did not say. */
  scopes(): string[] | undefined;
};

export type ServerToServerOptions = {
  /** With its path: `https://zoom.us/oauth`. */
  oauthUrl: string;
  accountId: string;
  clientId: string;
  clientSecret: string;
  http: Http;
  /** Epoch milliseconds. */
  now?: () => number;
  timeoutMs?: number;
  /** Waits before the tries after the first; as many tries as there are waits, and one. */
  retryWaitsMs?: readonly number[];
};

type Token = {
  value: string;
  scopes: string[] | undefined;
  issuedAtMs: number;
  expiresAtMs: number;
  renewAtMs: number;
};

/** Renewed while a minute is left, so that no token runs out on its way. */
const renewalMarginMs = 60_000;
const path = "/oauth/token";

const answerSchema = z.object({
  access_token: z.string().min(1),
  // Zoom says 3599 or 3600; what it does not say is taken for an hour too.
  expires_in: z.coerce.number().positive().catch(3600),
  scope: z.string().optional().catch(undefined),
});

/** Account credentials (Server-to-Server OAuth): an hour's token for id and secret, without refresh tokens. */
export const serverToServerTokens = (options: ServerToServerOptions): TokenSource => {
  const now = options.now ?? Date.now;
  let token: Token | undefined;
  let renewal: Promise<Token> | undefined;

  const renew = (): Promise<Token> => {
    renewal ??= requestToken(options, now)
      .then((fresh) => (token = fresh))
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
        return (await renew()).value;
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

const requestToken = async (options: ServerToServerOptions, now: () => number): Promise<Token> => {
  for (const waitMs of options.retryWaitsMs ?? [200, 800]) {
    try {
      return await requestOnce(options, now);
    } catch (error) {
      if ((error as ZoomError).code !== "unavailable") throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  return requestOnce(options, now);
};

const requestOnce = async (options: ServerToServerOptions, now: () => number): Promise<Token> => {
  const { oauthUrl, accountId, clientId, clientSecret, http, timeoutMs = 10_000 } = options;
  const askedAtMs = now();
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const result = await http.send({
    method: "POST",
    url: `${oauthUrl.replace(/\/+$/, "")}/token`,
    headers: { Authorization: `Basic ${basic}`, "Content-Type": "application/x-www-form-urlencoded" },
    // In the body: Zoom turned away some callers that put it into the query.
    body: new URLSearchParams({ grant_type: "account_credentials", account_id: accountId }).toString(),
    timeoutMs,
  });
  const call = { method: "POST", path, nowMs: now(), secrets: [clientSecret, basic] } as const;
  if (result.kind === "no_answer" || result.status < 200 || result.status > 299)
    throw toTokenError(call, result);
  const parsed = answerSchema.safeParse(jsonOf(result.text));
  // A GET for the error's sake: asking for a token again makes nothing twice.
  if (!parsed.success) throw unusableAnswer({ ...call, method: "GET" }, result, "it holds no access token");
  return tokenOf(parsed.data, askedAtMs);
};

const tokenOf = (
  { access_token, expires_in, scope }: z.infer<typeof answerSchema>,
  askedAtMs: number,
): Token => {
  const lifeMs = expires_in * 1000;
  const expiresAtMs = askedAtMs + lifeMs;
  return {
    value: access_token,
    scopes: scope?.split(/[\s,]+/).filter(Boolean),
    issuedAtMs: askedAtMs,
    expiresAtMs,
    renewAtMs: expiresAtMs - Math.min(renewalMarginMs, lifeMs / 2),
  };
};
