import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { missingScopes } from "../../connectors/check.ts";
import { signInLifeMs } from "../../connectors/signIn.ts";
import { signInUrl } from "../../connectors/signInUrl.ts";
import type { Caller } from "../access.ts";
import { mustHave } from "../access.ts";
import { parseForms } from "../formBody.ts";
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

/** An administrator: by the key that was given, or as who is signed in. */
const administrator = async (
  { gate }: RouteContext,
  request: FastifyRequest,
  key: string | undefined,
): Promise<Caller> => {
  const signedIn = key === undefined ? await gate.bySession(request) : undefined;
  const caller = signedIn ?? (await gate.byKey(key, request.ip));
  mustHave(caller, "admin");
  return caller;
};

const startRoutes = (app: App, context: RouteContext): void => {
  const { connectors, links, sessions } = context;
  const url = `${path}/start`;

  app.route({
    method: "GET",
    url,
    config: routeConfig(context),
    schema: { hide: true },
    handler: async (request, reply) => {
      const { connector = "" } = startFields.parse(request.query);
      const isAdmin = (await sessions.find(request))?.role === "admin";
      return answerWith(reply, startPage({ ...links, url, connector, isAdmin }));
    },
  });

  app.route({
    method: "POST",
    url,
    config: routeConfig(context),
    schema: { summary: "Begin to sign in with Zoom", hide: true },
    handler: async (request, reply) => {
      const { connector = "", key } = startFields.parse(request.body);
      request.target = connector;
      try {
        request.caller = await administrator(context, request, key);
        const begun = await connectors.signIn.start(connector, request.caller.name);
        void reply.header("set-cookie", cookie(begun.browser, links.publicUrl, signInLifeMs / 1000));
        return answerWith(reply, { status: 200, title, next: begun.url });
      } catch (error) {
        return answerWith(
          reply,
          error instanceof ProblemError
            ? startPage({ ...links, url, connector, isAdmin: false }, error)
            : failurePage(error),
        );
      }
    },
  });
};

type Begun = Awaited<ReturnType<RouteContext["connectors"]["signIn"]["comeBack"]>>;

const outcomeOf = async (
  { id, name, startedBy: by, finish }: Begun,
  given: Parameters<Begun["finish"]>[0],
  { catalogue, links, store, resumeParked }: RouteContext,
  log: FastifyBaseLogger,
): Promise<Answer> => {
  const again = signInUrl(links.publicUrl, id);
  try {
    const { user, scopes } = await finish(given);
    resumeParked();
    log.info({ connector: id }, "somebody signed in with Zoom");
    await store.audit.record({
      actor_kind: "session",
      actor_id: by,
      actor_name: by,
      action: "connector.authorized",
      summary: "Somebody signed in with Zoom",
      target: id,
    });
    return connectedPage({ name, user, missing: missingScopes(catalogue, scopes), again });
  } catch (error) {
    return unfinishedPage(error, { name, again });
  }
};

/**
 * Signing in with Zoom, for a person at a browser. Whoever begins is an administrator, since whose account a connector is
 * matters to everybody; what the browser is given to keep shows that the same person comes back.
 */
export const signInRoutes = (app: App, context: RouteContext): void => {
  parseForms(app);
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
