import type { ZoomClient } from "../zoom/client.ts";
import { createZoomClient } from "../zoom/client.ts";
import type { Http } from "../zoom/http.ts";
import { createHttp } from "../zoom/http.ts";
import type { TokenSource } from "../zoom/tokens.ts";
import { serverToServerTokens } from "../zoom/tokens.ts";

/** Account id and credentials of a Server-to-Server OAuth app, and who hosts. */
export type AccountSettings = {
  accountId: string;
  clientId: string;
  clientSecret: string;
  hosts: readonly string[];
};

/** Where Zoom is. */
export type ZoomAddress = { apiUrl: string; oauthUrl: string };

/** An authorised Zoom account at work. */
export type ZoomAccount = {
  client: ZoomClient;
  tokens: TokenSource;
  hosts(): Promise<readonly string[]>;
};

type Parts = { apiUrl: string; http: Http; tokens: TokenSource; hosts: readonly string[] };

export const accountWith = ({ apiUrl, http, tokens, hosts }: Parts): ZoomAccount => ({
  client: createZoomClient({ apiUrl, tokens, http }),
  tokens,
  hosts: async () => hosts,
});

/** The account that a Server-to-Server app gives access to. */
export const serverToServerAccount = ({
  apiUrl,
  hosts,
  ...credentials
}: AccountSettings & ZoomAddress): ZoomAccount => {
  const http = createHttp();
  return accountWith({ apiUrl, http, tokens: serverToServerTokens({ ...credentials, http }), hosts });
};
