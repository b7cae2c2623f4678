import { z } from "zod";
import type { ZoomError } from "./errors.ts";
import { jsonOf, unusableAnswer } from "./errors.ts";
import type { Http } from "./http.ts";
import { toTokenError } from "./oauthErrors.ts";

/** An app of Zoom's Marketplace, and how to ask for its tokens. */
export type OAuthApp = {
  /** With its path: `https://zoom.us/oauth`. */
  oauthUrl: string;
  clientId: string;
  clientSecret: string;
  http: Http;
  /** Epoch milliseconds. */
  now?: () => number;
  timeoutMs?: number;
  /** Waits before the tries after the first; as many tries as there are waits, and one. */
  retryWaitsMs?: readonly number[];
};

export type IssuedToken = {
  value: string;
  /** Only for people who signed in. */
  refreshToken: string | undefined;
  /** Undefined if Zoom did not say. */
  scopes: string[] | undefined;
  issuedAtMs: number;
  lifeMs: number;
};

const answerSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional().catch(undefined),
  // Zoom says 3599 or 3600; what it does not say is taken for an hour too.
  expires_in: z.coerce.number().positive().catch(3600),
  scope: z.string().optional().catch(undefined),
});

/** Asks for a token, by whatever grant the parameters tell of. Sits out short outages. */
export const requestToken = async (
  app: OAuthApp,
  parameters: Record<string, string>,
): Promise<IssuedToken> => {
  for (const waitMs of app.retryWaitsMs ?? [200, 800]) {
    try {
      return await requestOnce(app, parameters);
    } catch (error) {
      if ((error as ZoomError).code !== "unavailable") throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  return requestOnce(app, parameters);
};

const requestOnce = async (app: OAuthApp, parameters: Record<string, string>): Promise<IssuedToken> => {
  const issuedAtMs = (app.now ?? Date.now)();
  const { call, result } = await post(app, "token", parameters);
  const parsed = answerSchema.safeParse(jsonOf(result.text));
  // A GET for the error's sake: asking for a token again makes nothing twice.
  if (!parsed.success) throw unusableAnswer({ ...call, method: "GET" }, result, "it holds no access token");
  const { access_token, refresh_token, expires_in, scope } = parsed.data;
  return {
    value: access_token,
    refreshToken: refresh_token,
    scopes: scope?.split(/[\s,]+/).filter(Boolean),
    issuedAtMs,
    lifeMs: expires_in * 1000,
  };
};

/** Ends a token; with one of somebody who signed in, all that the app has of them. */
export const revokeToken = async (app: OAuthApp, token: string): Promise<void> => {
  await post(app, "revoke", { token });
};

const post = async (app: OAuthApp, endpoint: "token" | "revoke", parameters: Record<string, string>) => {
  const { oauthUrl, clientId, clientSecret, http, now = Date.now, timeoutMs = 10_000 } = app;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const result = await http.send({
    method: "POST",
    url: `${oauthUrl.replace(/\/+$/, "")}/${endpoint}`,
    headers: { Authorization: `Basic ${basic}`, "Content-Type": "application/x-www-form-urlencoded" },
    // In the body: Zoom turned away some callers that put it into the query.
    body: new URLSearchParams(parameters).toString(),
    timeoutMs,
  });
  const secrets = [clientSecret, basic, ...secretsIn(parameters)];
  const call = { method: "POST", path: `/oauth/${endpoint}`, nowMs: now(), secrets } as const;
  if (result.kind === "no_answer" || result.status < 200 || result.status > 299)
    throw toTokenError(call, result);
  return { call, result };
};

/** What Zoom may quote when it dislikes it. */
const secretsIn = ({ code, code_verifier, refresh_token, token }: Record<string, string>): string[] =>
  [code, code_verifier, refresh_token, token].filter((each) => each !== undefined);
