import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { sessionCaller } from "../access.ts";
import { parseForms } from "../formBody.ts";
import { adminLinkPath } from "../keys.ts";
import { answerWithPage } from "../page.ts";
import { ProblemError, problemTypes } from "../problems.ts";
import { hashOfKey } from "../secrets.ts";
import type { App, RouteContext } from "../types.ts";

export const signInPath = "/sign-in";

const text = z.string().max(600).optional().catch(undefined);
const fields = z.object({ key: text, token: text }).catch({});

/** People look at it, so what was refused is a page. */
export const refusedPage = (reply: FastifyReply, title: string, error: unknown): FastifyReply => {
  if (!(error instanceof ProblemError)) throw error;
  if (error.retryAfterSeconds !== undefined) reply.header("retry-after", String(error.retryAfterSeconds));
  const { status } = problemTypes[error.type];
  return answerWithPage(reply, status, {
    title,
    text: error.message,
    links: [{ href: signInPath, text: "Sign in" }],
  });
};

export const signInRoute = (context: RouteContext) => ({
  access: "public" as const,
  rateLimit: { max: Math.min(60, context.limits.requestsPerMinute), timeWindow: "1 minute" },
});

const pageRoute = (app: App, context: RouteContext): void => {
  const { sessions, oidc } = context;
  const config = signInRoute(context);

  app.route({
    method: "GET",
    url: signInPath,
    config,
    schema: { hide: true },
    handler: async (request, reply) => {
      const session = await sessions.find(request);
      if (!session)
        return answerWithPage(reply, 200, {
          title: "Sign in",
          form: { action: signInPath, key: "An API key", button: "Sign in" },
          ...(oidc && {
            links: [{ href: `${signInPath}/oidc`, text: `Sign in with ${new URL(oidc.issuerUrl).host}` }],
          }),
        });
      return answerWithPage(reply, 200, {
        title: "Signed in",
        text: `You are ${session.name}, in the role ${session.role}, until ${session.expires_at}.`,
        form: { action: "/sign-out", button: "Sign out" },
      });
    },
  });
};

/** In with a key, and out again. */
const submitRoutes = (app: App, context: RouteContext): void => {
  const { gate, sessions } = context;
  const config = signInRoute(context);

  app.route({
    method: "POST",
    url: signInPath,
    config,
    schema: { summary: "Sign in with an API key", hide: true },
    handler: async (request, reply) => {
      try {
        // Or a page elsewhere could sign somebody in as somebody else.
        gate.mustBeOurs(request);
        const { id, name, role } = await gate.byKey(fields.parse(request.body).key, request.ip);
        const who = { method: "key", person: id, name, role, key_id: id } as const;
        request.caller = sessionCaller(await sessions.open(request, reply, who));
        return await reply.redirect(signInPath, 303);
      } catch (error) {
        return refusedPage(reply, "Not signed in", error);
      }
    },
  });

  app.route({
    method: "POST",
    url: "/sign-out",
    config,
    schema: { summary: "Sign out", hide: true },
    handler: async (request, reply) => {
      try {
        request.caller = (await gate.bySession(request)) ?? null;
        await sessions.end(request, reply);
        return await reply.redirect(signInPath, 303);
      } catch (error) {
        return refusedPage(reply, "Not signed out", error);
      }
    },
  });
};

const noLink = (): ProblemError =>
  new ProblemError(
    "key-required",
    "This link is used up, or too old. It works once, for a quarter of an hour. Sign in with an API key.",
  );

const signInByLink = async (
  { store, sessions }: RouteContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> => {
  const { token = "" } = fields.parse(request.query);
  if (!(await store.adminLinks.take(hashOfKey(token)))) throw noLink();
  const who = { method: "link", person: "admin-link", name: "admin (first start)", role: "admin" } as const;
  request.caller = sessionCaller(await sessions.open(request, reply, who));
};

/** For people at a browser: signing in with a key or a link, and out. */
export const signInPages = (app: App, context: RouteContext): void => {
  parseForms(app);
  pageRoute(app, context);
  submitRoutes(app, context);

  app.route({
    method: "GET",
    url: adminLinkPath,
    // A look at its head must not use it up.
    exposeHeadRoute: false,
    config: { ...signInRoute(context), changes: true },
    // Whoever has the link may come in, so it belongs into no log.
    logSerializers: { req: ({ method }: { method: string }) => ({ method, url: adminLinkPath }) },
    schema: { summary: "Sign in with a link", hide: true },
    handler: async (request, reply) => {
      try {
        await signInByLink(context, request, reply);
        return await reply.redirect(signInPath, 303);
      } catch (error) {
        return refusedPage(reply, "Not signed in", error);
      }
    },
  });
};
