import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Audit } from "../store/index.ts";
import { changesSomething } from "./origin.ts";

declare module "fastify" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declarations merge as interfaces only
  interface FastifyRequest {
    /** The id of what it is about; unless told, the path's first, or that of what was made. */
    target: string | null;
  }
}

const isAudited = ({ method, routeOptions: { config }, caller }: FastifyRequest): boolean =>
  caller !== null && changesSomething({ method, config });

const idIn = (payload: unknown): string | null => {
  const { id } = (payload ?? {}) as { id?: unknown };
  return typeof id === "string" ? id : null;
};

const targetOf = ({ target, params }: FastifyRequest, reply: FastifyReply): string | null => {
  const [first] = Object.values((params ?? {}) as Record<string, string>);
  const made = String(reply.getHeader("location") ?? "")
    .split("/")
    .at(-1);
  return target ?? first ?? (reply.statusCode === 201 && made ? decodeURIComponent(made) : null);
};

const record = async (audit: Audit, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const { caller, method, routeOptions } = request;
  if (!caller) return;
  await audit.record({
    actor_kind: caller.kind,
    actor_id: caller.id,
    actor_name: caller.name,
    action: `${method} ${routeOptions.url}`,
    summary: (routeOptions.schema as { summary?: string } | undefined)?.summary ?? "",
    target: targetOf(request, reply)?.slice(0, 300) ?? null,
    status: reply.statusCode,
    request_id: request.id,
    address: request.ip,
  });
};

/**
 * Tells of every change who asked for it, and how it came out, before the answer goes out. It hangs on all routes, so that a new
 * one is told of by itself. What strangers try is not: they would fill it.
 */
export const auditChanges = (app: FastifyInstance, audit: Audit): void => {
  app.decorateRequest("target", null);
  app.addHook("preSerialization", async (request, reply, payload) => {
    if (reply.statusCode === 201) request.target ??= idIn(payload);
    return payload;
  });
  app.addHook("onSend", async (request, reply) => {
    if (!isAudited(request)) return;
    await record(audit, request, reply).catch((error: unknown) =>
      request.log.error({ err: error }, "the audit log could not be written"),
    );
  });
};
