import type { FastifyContextConfig, FastifyRequest } from "fastify";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

declare module "fastify" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declarations merge as interfaces only
  interface FastifyContextConfig {
    /** Whether a call changes something; unless told, whatever is no GET. What does is in the audit log, and for our own pages. */
    changes?: boolean;
  }
}

type Asked = { method: string; config: FastifyContextConfig | undefined };

export const changesSomething = ({ method, config }: Asked): boolean =>
  config?.changes ?? !safeMethods.has(method);

/**
 * Whether a request comes from our own pages, as the browser itself says: a page elsewhere can set neither of these headers.
 * That is all there is against forged requests (CSRF), beside the cookie's SameSite: it needs no token that each page and
 * client would have to carry, it also tells a neighbouring subdomain, which SameSite does not, and plain forms have it
 * too. Browsers leave out Sec-Fetch-Site where the gateway is reached without TLS; Origin they send with every POST, PUT,
 * PATCH and DELETE. What has neither is no browser, and may use an API key.
 */
export const isFromOurPages = ({ headers }: FastifyRequest, publicUrl: string): boolean => {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  return headers.origin === new URL(publicUrl).origin;
};
