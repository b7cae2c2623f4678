import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ConnectorError } from "../../connectors/errors.ts";
import { signInLifeMs } from "../../connectors/signIn.ts";
import { failures } from "../../domain/failures.ts";
import { ZoomError } from "../../zoom/errors.ts";
import type { Caller } from "../access.ts";
import { mustHave } from "../access.ts";
import { parseForms } from "../formBody.ts";
import type { Page } from "../page.ts";
import { answerWithPage } from "../page.ts";
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
      const session = await sessions.find(request);
      const key = session?.role === "admin" ? undefined : "An administrator's API key";
      const form = { action: url, button: "Go on to Zoom", connector, key };
      return answerWith(reply, { status: 200, title: "Sign in with Zoom", form });
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
        return answerWith(reply, { status: 200, title: "Sign in with Zoom", next: begun.url });
      } catch (error) {
        return answerWith(reply, failureOf(error));
      }
    },
  });
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
      try {
        const given = { ...returnFields.parse(request.query), browser: cookieOf(request) };
        const { connector, user, startedBy } = await context.connectors.signIn.finish(given);
        request.log.info({ connector, by: startedBy }, "somebody signed in with Zoom");
        await context.store.audit.record({
          actor_kind: "session",
          actor_id: startedBy,
          actor_name: startedBy,
          action: "connector.authorized",
          summary: "Somebody signed in with Zoom",
          target: connector,
        });
        const text = `The connector "${connector}" works for ${user} now. You may close this page.`;
        return answerWith(reply, { status: 200, title: "Connected", text });
      } catch (error) {
        return answerWith(reply, failureOf(error));
      }
    },
  });
};
