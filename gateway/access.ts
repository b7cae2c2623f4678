import type { FastifyInstance, FastifyRequest } from "fastify";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { StartedBy } from "../domain/plan.ts";
import type { ApiKey, ApiKeyRole, ConsoleSession, Store } from "../store/index.ts";
import { createGuesses, tooMany } from "./guesses.ts";
import { changesSomething, isFromOurPages } from "./origin.ts";
import { ProblemError } from "./problems.ts";
import { hashOfKey } from "./secrets.ts";
import type { Sessions } from "./sessions.ts";
import type { Limits } from "./types.ts";

/** Who may call a route. `public` needs no key. */
type Access = "public" | ApiKeyRole;

/** Who calls: an API key, or somebody who signed in at a browser. */
export type Caller = {
  kind: "key" | "session";
  /** The key's, or the person's. */
  id: string;
  name: string;
  role: ApiKeyRole;
  expires_at: string | null;
};

/** A route, who may call it, and whether that changes something. */
type RouteAccess = { method: string; url: string; access: Access; changes: boolean };

declare module "fastify" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declarations merge as interfaces only
  interface FastifyContextConfig {
    access?: Access;
  }
  // oxlint-disable-next-line typescript/consistent-type-definitions
  interface FastifyRequest {
    caller: Caller | null;
  }
  // oxlint-disable-next-line typescript/consistent-type-definitions
  interface FastifyInstance {
    routeAccess: RouteAccess[];
  }
}

const rank: Record<ApiKeyRole, number> = { viewer: 1, responder: 2, admin: 3 };

const bearerOf = (header: string): string | undefined => /^Bearer +(\S{1,512})$/i.exec(header)?.[1];

const unknownKey = "Send a valid API key: Authorization: Bearer <key>.";

const keyCaller = ({ id, name, role, expires_at }: ApiKey): Caller => ({
  kind: "key",
  id,
  name,
  role,
  expires_at,
});

export const sessionCaller = ({ person, name, role, expires_at }: ConsoleSession): Caller => ({
  kind: "session",
  id: person,
  name,
  role,
  expires_at,
});

/** Undefined access: nobody may. */
export const mustHave = (caller: Caller, access: ApiKeyRole | undefined): void => {
  if (access !== undefined && rank[caller.role] >= rank[access]) return;
  const needed = access ? `This needs the role ${access}` : "Nobody may do this";
  const whose = caller.kind === "key" ? "the key's role" : "your role";
  throw new ProblemError("role-insufficient", `${needed}; ${whose} is ${caller.role}.`);
};

/** Counts calls of one caller, wherever they come from. */
const createCounter = (perMinute: number) => {
  const calls = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (caller: Caller): Promise<Caller> => {
    await calls.consume(caller.id).catch((over: unknown) => {
      if (!(over instanceof RateLimiterRes)) throw over;
      throw tooMany(`At most ${perMinute} requests a minute of one caller.`, over.msBeforeNext);
    });
    return caller;
  };
};

type GateParts = { store: Store; sessions: Sessions; publicUrl: string; limits: Limits };

export type Gate = ReturnType<typeof createGate>;

/** Tells who a caller is, and limits how often one may ask. */
export const createGate = ({ store: { apiKeys }, sessions, publicUrl, limits }: GateParts) => {
  const guesses = createGuesses(limits.wrongKeysPerMinute);
  const counted = createCounter(limits.requestsPerMinute);

  /** Finds the key by its hash, so nothing secret is compared, and how long that takes tells nothing. */
  const byKey = async (given: string | undefined, ip: string): Promise<Caller> => {
    const hash = hashOfKey(given ?? "");
    await guesses.check(ip, hash);
    const key = given === undefined ? undefined : await apiKeys.findByHash(hash);
    if (!key) {
      if (given !== undefined) await guesses.wrong(ip);
      throw new ProblemError("key-required", unknownKey);
    }
    if (key.expires_at !== null && Date.parse(key.expires_at) <= Date.now())
      throw new ProblemError(
        "key-expired",
        `The API key "${key.name}" expired at ${key.expires_at}. Ask an administrator for another one.`,
      );
    await guesses.right(ip, hash);
    if (isDue(key)) await apiKeys.touch(key.id);
    return counted(keyCaller(key));
  };

  /** Who signed in at the browser that this request comes from; a change must come from our own pages. */
  const bySession = async (request: FastifyRequest): Promise<Caller | undefined> => {
    const session = await sessions.find(request);
    if (!session) return undefined;
    const { method, routeOptions } = request;
    if (changesSomething({ method, config: routeOptions.config })) mustBeOurs(request);
    return counted(sessionCaller(session));
  };

  const mustBeOurs = (request: FastifyRequest): void => {
    if (isFromOurPages(request, publicUrl)) return;
    throw new ProblemError(
      "cross-origin",
      `Somebody who is signed in can change things from pages at ${new URL(publicUrl).origin} alone. Programs send an API key.`,
    );
  };

  const byRequest = async (request: FastifyRequest): Promise<Caller> => {
    const { authorization } = request.headers;
    const caller =
      authorization === undefined
        ? await bySession(request)
        : await byKey(bearerOf(authorization), request.ip);
    if (caller) return caller;
    throw new ProblemError("key-required", unknownKey);
  };

  return { byKey, bySession, byRequest, mustBeOurs };
};

/** When a key was last used is kept to the minute; asking the database each time would cost a round trip. */
const isDue = ({ last_used_at: at }: ApiKey): boolean => at === null || Date.now() - Date.parse(at) > 60_000;

/**
 * Every route says who may call it, or the gateway does not start. The check is put on the route itself, so that it
 * comes after the rate limit, which sits there too.
 */
export const guardRoutes = (app: FastifyInstance, gate: Gate): void => {
  const guard = async (request: FastifyRequest): Promise<void> => {
    const { access } = request.routeOptions.config;
    if (access === "public") return;
    request.caller = await gate.byRequest(request);
    mustHave(request.caller, access);
  };
  app.decorateRequest("caller", null);
  app.decorate("routeAccess", []);
  app.addHook("onRoute", (route) => {
    const { method, url, config, onRequest = [] } = route;
    if (!config?.access) throw new Error(`${String(method)} ${url} does not say who may call it`);
    for (const each of [method].flat()) {
      const changes = changesSomething({ method: each, config });
      app.routeAccess.push({ method: each, url, access: config.access, changes });
    }
    route.onRequest = [onRequest]
      .flat()
      .filter((hook) => hook !== guard)
      .concat(guard);
  });
};

/** Whom workflows and the timeline name as the one who did it. */
export const startedBy = (request: FastifyRequest): StartedBy => ({
  name: request.caller?.name ?? "somebody",
});
