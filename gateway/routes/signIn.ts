import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { missingScopes } from "../../connectors/check.ts";
import { signInLifeMs } from "../../connectors/signIn.ts";
import { signInUrl } from "../../connectors/signInUrl.ts";
import { callerWith } from "../access.ts";
import { answerWithPage } from "../page.ts";
import { ProblemError } from "../problems.ts";
import type { Answer } from "../signInPages.ts";
import { connectedPage, failurePage, startPage, title, unfinishedPage } from "../signInPages.ts";
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

const answerWith = (reply: FastifyReply, { status, ...view }: Answer): FastifyReply =>
  answerWithPage(reply, status, view);

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
    handler: (request, reply) =>
      answerWith(
        reply,
        startPage({ ...links, url, connector: startFields.parse(request.query).connector ?? "" }),
      ),
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
        return answerWith(reply, { status: 200, title, next: begun.url });
      } catch (error) {
        return answerWith(
          reply,
          error instanceof ProblemError ? startPage({ ...links, url, connector }, error) : failurePage(error),
        );
      }
    },
  });
};

type Begun = Awaited<ReturnType<RouteContext["connectors"]["signIn"]["comeBack"]>>;

const outcomeOf = async (
  { id, name, startedBy: by, finish }: Begun,
  given: Parameters<Begun["finish"]>[0],
  { catalogue, links }: RouteContext,
  log: FastifyBaseLogger,
): Promise<Answer> => {
  const again = signInUrl(links.publicUrl, id);
  try {
    const { user, scopes } = await finish(given);
    log.info({ connector: id, by }, "somebody signed in with Zoom");
    return connectedPage({ name, user, missing: missingScopes(catalogue, scopes), again });
  } catch (error) {
    return unfinishedPage(error, { name, again });
  }
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
      const { state, ...given } = returnFields.parse(request.query);
      try {
        const begun = await context.connectors.signIn.comeBack({ state, browser: cookieOf(request) });
        return answerWith(reply, await outcomeOf(begun, given, context, request.log));
      } catch (error) {
        return answerWith(reply, failurePage(error));
      }
    },
  });
};
