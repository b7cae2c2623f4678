import { sessionCaller } from "../access.ts";
import type { Oidc } from "../oidc.ts";
import { createOidc, oidcCallbackPath } from "../oidc.ts";
import type { App, RouteContext } from "../types.ts";
import { refusedPage, signInPath, signInRoute } from "./signInPages.ts";

const lifeSeconds = 600;

const title = "Not signed in";

const beginRoute = (app: App, context: RouteContext, oidc: Oidc, keep: Keep): void => {
  app.route({
    method: "GET",
    url: `${signInPath}/oidc`,
    config: signInRoute(context),
    schema: { hide: true },
    handler: async (_request, reply) => {
      try {
        const { url, secret } = await oidc.begin();
        void reply.setCookie(keep.name, secret, { ...keep.cookie, maxAge: lifeSeconds });
        return await reply.redirect(url, 303);
      } catch (error) {
        return refusedPage(reply, title, error);
      }
    },
  });
};

/** What the browser keeps until it comes back. */
type Keep = { name: string; cookie: { path: string; httpOnly: true; sameSite: "lax"; secure: boolean } };

const keepOf = (publicUrl: string): Keep => {
  const secure = publicUrl.startsWith("https:");
  const name = `${secure ? "__Host-" : ""}zoom_runbooks_oidc`;
  // Lax: it has to come along when the provider sends the browser back.
  return { name, cookie: { path: "/", httpOnly: true, sameSite: "lax", secure } };
};

/** Signing in with an identity provider, where one is configured. */
export const oidcSignIn = (app: App, context: RouteContext): void => {
  const { oidc: settings, links, sessions } = context;
  if (!settings) return;
  const oidc = createOidc(settings, links.publicUrl);
  const keep = keepOf(links.publicUrl);
  beginRoute(app, context, oidc, keep);

  app.route({
    method: "GET",
    url: oidcCallbackPath,
    exposeHeadRoute: false,
    config: { ...signInRoute(context), changes: true },
    // The code opens somebody's account, for a moment, so it belongs into no log.
    logSerializers: { req: ({ method }: { method: string }) => ({ method, url: oidcCallbackPath }) },
    schema: { summary: "Sign in with the identity provider", hide: true },
    handler: async (request, reply) => {
      try {
        const query = request.url.split("?", 2)[1] ?? "";
        const person = await oidc.finish(query, request.cookies[keep.name]);
        void reply.clearCookie(keep.name, keep.cookie);
        request.caller = sessionCaller(await sessions.open(request, reply, { method: "oidc", ...person }));
        return await reply.redirect(signInPath, 303);
      } catch (error) {
        void reply.clearCookie(keep.name, keep.cookie);
        return refusedPage(reply, title, error);
      }
    },
  });
};
