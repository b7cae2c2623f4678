import type { FastifyReply, FastifyRequest } from "fastify";
import type { ConsoleSession } from "../store/index.ts";
import { hashOfKey, newId, newSecret } from "./secrets.ts";
import type { GatewayDeps } from "./types.ts";

const hourMs = 3_600_000;

/** How long a session lasts when nobody uses it, and at most. An open timeline counts as use: it is opened anew each hour. */
export const sessionLife = { idleMs: 2 * hourMs, mostMs: 12 * hourMs };

type Opening = Pick<ConsoleSession, "method" | "person" | "name" | "role"> & { key_id?: string | null };

export type Sessions = ReturnType<typeof createSessions>;

/**
 * People at a browser. The cookie holds a random token and the store its hash, rather than a sealed cookie holding the session:
 * so a session can be ended from here, outlives a restart, and nothing in the browser is worth forging.
 */
export const createSessions = ({ store, links }: Pick<GatewayDeps, "store" | "links">) => {
  const isSecure = links.publicUrl.startsWith("https:");
  /** With this prefix, browsers take it only over HTTPS and from this very host. */
  const cookieName = `${isSecure ? "__Host-" : ""}zoom_runbooks`;
  // Lax: who follows a link to the console, or comes back from an identity provider, is signed in.
  const cookie = { path: "/", httpOnly: true, sameSite: "lax", secure: isSecure } as const;

  const find = async ({ cookies }: FastifyRequest): Promise<ConsoleSession | undefined> => {
    const token = cookies[cookieName];
    if (token === undefined || token.length > 100) return undefined;
    const session = await store.sessions.findByHash(hashOfKey(token), sessionLife.idleMs);
    // Written once a minute: asking the database each time would cost a round trip.
    if (session && Date.now() - Date.parse(session.seen_at) > 60_000) await store.sessions.touch(session.id);
    return session;
  };

  const end = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const session = await find(request);
    if (session) await store.sessions.remove(session.id);
    void reply.clearCookie(cookieName, cookie);
  };

  /** A new token each time, so that nobody can hand a browser one that he knows. */
  const open = async (
    request: FastifyRequest,
    reply: FastifyReply,
    who: Opening,
  ): Promise<ConsoleSession> => {
    await end(request, reply);
    const token = newSecret();
    const session = await store.sessions.create({
      ...who,
      id: newId("session"),
      hash: hashOfKey(token),
      lifeMs: sessionLife.mostMs,
    });
    void reply.setCookie(cookieName, token, { ...cookie, maxAge: sessionLife.mostMs / 1000 });
    return session;
  };

  return { find, open, end };
};
