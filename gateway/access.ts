import { createHash, randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiKey, ApiKeyRole, ApiKeys } from "../store/index.ts";
import type { StartedBy } from "../domain/plan.ts";
import { ProblemError } from "./problems.ts";

/** Who may call a route. `public` needs no key. */
type Access = "public" | ApiKeyRole;

declare module "fastify" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declarations merge as interfaces only
  interface FastifyContextConfig {
    access?: Access;
  }
  // oxlint-disable-next-line typescript/consistent-type-definitions
  interface FastifyRequest {
    caller: ApiKey | null;
  }
}

const rank: Record<ApiKeyRole, number> = { viewer: 1, responder: 2, admin: 3 };

export const hashOfKey = (key: string): string => createHash("sha256").update(key).digest("hex");

const bearerOf = (header: string | undefined): string | undefined =>
  /^Bearer +(\S{1,512})$/i.exec(header ?? "")?.[1];

const unknownKey = "Send a valid API key: Authorization: Bearer <key>.";

/** Finds the key by its hash, so nothing secret is compared and time tells nothing. Undefined access: nobody may. */
export const callerWith = async (
  given: string | undefined,
  keys: ApiKeys,
  access: ApiKeyRole | undefined,
): Promise<ApiKey> => {
  const caller = given === undefined ? undefined : await keys.findByHash(hashOfKey(given));
  if (!caller) throw new ProblemError("key-required", unknownKey);
  if (access === undefined || rank[caller.role] < rank[access]) {
    const needed = access ? `This needs the role ${access}` : "Nobody may do this";
    throw new ProblemError("role-insufficient", `${needed}; the key's role is ${caller.role}.`);
  }
  if (isDue(caller)) await keys.touch(caller.id);
  return caller;
};

const authorize = async (request: FastifyRequest, keys: ApiKeys): Promise<void> => {
  const { access } = request.routeOptions.config;
  if (access === "public") return;
  request.caller = await callerWith(bearerOf(request.headers.authorization), keys, access);
};

/** When a key was last used is kept to the minute; asking the database each time would cost a round trip. */
const isDue = ({ last_used_at: at }: ApiKey): boolean => at === null || Date.now() - Date.parse(at) > 60_000;

/**
 * Every route says who may call it, or the gateway does not start. The check is put on the route itself, so that it
 * comes after the rate limit, which sits there too: guessing keys is limited.
 */
export const guardRoutes = (app: FastifyInstance, keys: ApiKeys): void => {
  const guard = (request: FastifyRequest): Promise<void> => authorize(request, keys);
  app.decorateRequest("caller", null);
  app.addHook("onRoute", (route) => {
    const { method, url, config, onRequest = [] } = route;
    if (!config?.access) throw new Error(`${String(method)} ${url} does not say who may call it`);
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

const configuredKeyId = "configured";

/** Makes the key from the configuration the one configured key. */
export const useConfiguredKey = async (keys: ApiKeys, key: string): Promise<void> => {
  const hash = hashOfKey(key);
  if (await keys.findByHash(hash)) return;
  await keys.remove(configuredKeyId);
  await keys.create({ id: configuredKeyId, name: "admin (configured)", role: "admin", hash });
};

/** A new admin key when there is no key at all, to be shown once. */
export const createFirstKey = async (keys: ApiKeys): Promise<string | undefined> => {
  if ((await keys.count()) > 0) return undefined;
  const key = `zrb_${randomBytes(24).toString("base64url")}`;
  const id = `first-${randomBytes(4).toString("hex")}`;
  await keys.create({ id, name: "admin (first start)", role: "admin", hash: hashOfKey(key) });
  return key;
};
