import type { ZoomAccount } from "../activities/index.ts";
import { createZoomClient } from "../zoom/client.ts";
import { createHttp } from "../zoom/http.ts";
import { serverToServerTokens } from "../zoom/tokens.ts";

export type ZoomSettings = {
  apiUrl: string;
  oauthUrl: string;
  accountId: string;
  clientId: string;
  clientSecret: string;
  hosts: readonly string[];
};

/** The account that a Server-to-Server app gives access to. */
export const serverToServerAccount = ({ apiUrl, hosts, ...credentials }: ZoomSettings): ZoomAccount => {
  const http = createHttp();
  const tokens = serverToServerTokens({ ...credentials, http });
  return { client: createZoomClient({ apiUrl, tokens, http }), hosts };
};
