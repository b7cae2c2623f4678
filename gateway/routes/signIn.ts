import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ConnectorError } from "../../connectors/errors.ts";
import { signInLifeMs } from "../../connectors/signIn.ts";
import { failures } from "../../domain/failures.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { callerWith } from "../access.ts";
import type { Page } from "../page.ts";
import { page, pagePolicy } from "../page.ts";
import { ProblemError, problemTypes } from "../problems.ts";
import type { App, RouteContext } from "../types.ts";

const cookieName = "zoom_runbooks_sign_in";
const path = "/oauth/zoom";

/** Lax: it has to come along when Zoom sends the browser back. */
const cookie = (value: string, publicUrl: string, lifeSeconds: number): string =>
  `${cookieName}=${value}; Path=${path}; Max-Age=${lifeSeconds}; HttpOnly; SameSite=Lax${publicUrl.startsWith("https:") ? "; Secure" : ""}`;

const cookieOf = ({ headers }: FastifyRequest): string | undefined =>
  new RegExp(`(?:^|; *)${cookieName}=([A-Za-z0-9_-]{20,100})`).exec(headers.cookie ?? "")?.[1];

const text = z.string().max(2000).optional().catch(undefined);
const startFields = z.object({ connector: text, key: text }).catch({});
const returnFields = z.object({ state: text, code: text, error: text });

type Answer = Page & { status: number };

/** People look at it, so what went wrong is a page. */
const failureOf = (error: unknown): Answer => {
  const title = "Not connected";
  if (error instanceof ConnectorError)
    return { title, status: error.code === "not_found" ? 404 : 409, text: error.message };
  if (error instanceof ProblemError)
    return { title, status: problemTypes[error.type].status, text: error.message };
  if (!(error instanceof ZoomError)) throw error;
  const advice = error.advice ?? failures[error.code].advice;
  return { title, status: error.retryable ? 503 : 422, text: `${error.message}. ${advice}` };
};

const answerWith = (reply: FastifyReply, { status, ...view }: Answer): FastifyReply =>
  reply
    .code(status)
    .header("content-type", "text/html; charset=utf-8")
    .header("content-security-policy", pagePolicy)
    .header("cache-control", "no-store")
    .send(page(view));

const routeConfig = ({ limits }: RouteContext) =>
  ({
    access: "public",
    rateLimit: { max: Math.min(60, limits.requestsPerMinute), timeWindow: "1 minute" },
  }) as const;

const startRoutes = (app: App, context: RouteContext): void => {
  const { connectors, store, links } = context;
  const url = `${path}/start`;

  app.route({
    method: "GET",
    url,
    config: routeConfig(context),
    schema: { hide: true },
    handler: (request, reply) => {
      const { connector = "" } = startFields.parse(request.query);
      const form = { action: url, connector };
      return answerWith(reply, { status: 200, title: "Sign in with Zoom", form });
    },
  });

  app.route({
    method: "POST",
    url,
    config: routeConfig(context),
    schema: { hide: true },
    handler: async (request, reply) => {
      const { connector = "", key } = startFields.parse(request.body);
      try {
        const caller = await callerWith(key, store.apiKeys, "admin");
        const begun = await connectors.signIn.start(connector, caller.name);
        void reply.header("set-cookie", cookie(begun.browser, links.publicUrl, signInLifeMs / 1000));
        return answerWith(reply, { status: 200, title: "Sign in with Zoom", next: begun.url });
      } catch (error) {
        return answerWith(reply, failureOf(error));
      }
    },
  });
};

/**
 * Signing in with Zoom, for a person at a browser. Whoever begins shows an admin's API key, since whose account a connector
 * is matters to everybody; what the browser is given to keep shows that the same person comes back.
 */
export const signInRoutes = (app: App, context: RouteContext): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: 4096 },
    async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
  startRoutes(app, context);

  app.route({
    method: "GET",
    url: `${path}/callback`,
    config: routeConfig(context),
    // The code opens an account, for a moment, so it belongs into no log.
    logSerializers: { req: ({ method }: { method: string }) => ({ method, url: `${path}/callback` }) },
    schema: { hide: true },
    handler: async (request, reply) => {
      void reply.header("set-cookie", cookie("", context.links.publicUrl, 0));
      try {
        const given = { ...returnFields.parse(request.query), browser: cookieOf(request) };
        const { connector, user } = await context.connectors.signIn.finish(given);
        request.log.info({ connector }, "somebody signed in with Zoom");
        const text = `The connector "${connector}" works for ${user} now. You may close this page.`;
        return answerWith(reply, { status: 200, title: "Connected", text });
      } catch (error) {
        return answerWith(reply, failureOf(error));
      }
    },
  });
};
