import type { FastifyReply, FastifyRequest } from "fastify";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./call.ts";
import { answered } from "./call.ts";
import { expiredToken } from "./errors.ts";
import { takeRequestFault } from "./faults.ts";
import { trackingId } from "./ids.ts";
import { bearerOf } from "./tokens.ts";
import type { Cloud, FaultRule } from "./state.ts";
import { remember } from "./collections.ts";
import { isoTime } from "./time.ts";

/** What a request comes to: an answer, or silence for a while and then a closed connection. */
type Outcome = Answer | { silenceMs: number };

/** Answers one request, through whatever fault is set for it, and logs it. */
export async function serve(
  cloud: Cloud,
  request: FastifyRequest,
  reply: FastifyReply,
  decide: () => Answer,
): Promise<FastifyReply> {
  const startedMs = performance.now();
  const at = isoTime(cloud.clock.now());
  const fault = takeRequestFault(cloud, request.method, pathOf(request));
  await waitMs(cloud, cloud.settings.latencyMs + (fault?.kind === "slow" ? fault.delayMs : 0));
  const outcome = withFault(cloud, request, fault, decide);
  if ("silenceMs" in outcome) await waitMs(cloud, outcome.silenceMs);
  remember(cloud.requests, {
    at,
    method: request.method,
    path: pathOf(request),
    query: harmlessQuery(request),
    status: "status" in outcome ? outcome.status : null,
    durationMs: Math.round(performance.now() - startedMs),
    ...(fault && { fault: fault.kind }),
  });
  listenIn(cloud, request, outcome, fault);
  return "status" in outcome ? send(reply, outcome) : hangUp(request, reply);
}

export const pathOf = (request: FastifyRequest): string => request.url.split("?")[0] ?? "";

export const queryOf = (request: FastifyRequest): Record<string, string> =>
  Object.fromEntries(new URL(request.url, "http://simulator").searchParams);

function withFault(
  cloud: Cloud,
  request: FastifyRequest,
  fault: FaultRule | undefined,
  decide: () => Answer,
): Outcome {
  switch (fault?.kind) {
    case "timeoutBefore":
      return { silenceMs: fault.holdMs };
    case "timeoutAfter":
      answered(decide);
      return { silenceMs: fault.holdMs };
    case "reset":
      if (fault.commit) answered(decide);
      return { silenceMs: 0 };
    case "status":
      if (fault.commit) answered(decide);
      return faultAnswer(fault);
    case "expiredToken":
      return forgetToken(cloud, request);
    default:
      return answered(decide);
  }
}

function faultAnswer(fault: FaultRule): Answer {
  const zoomBody = { code: fault.code ?? fault.status, message: fault.message ?? "Internal Server Error" };
  return { status: fault.status, body: fault.body ?? zoomBody, headers: fault.headers ?? {} };
}

/** The token the caller holds is expired from now on, as it is when Zoom loses one before its time. */
function forgetToken(cloud: Cloud, request: FastifyRequest): Answer {
  const token = cloud.tokens.get(bearerOf(request.headers.authorization) ?? "");
  if (token !== undefined) token.expiresAtMs = cloud.clock.now();
  const { status, body } = expiredToken();
  return { status, body };
}

/** Slowness alone leaves the answer as it is. */
function listenIn(
  cloud: Cloud,
  request: FastifyRequest,
  outcome: Outcome,
  fault: FaultRule | undefined,
): void {
  if (!pathOf(request).startsWith("/v2/")) return;
  cloud.tap?.exchange({
    method: request.method,
    path: pathOf(request).replace(/^\/v2/, ""),
    query: queryOf(request),
    requestBody: typeof request.body === "string" ? request.body : "",
    status: "status" in outcome ? outcome.status : null,
    responseBody: "status" in outcome ? bodyText(outcome.body) : "",
    ...(fault && fault.kind !== "slow" && { fault: fault.kind }),
  });
}

const bodyText = (body: unknown): string =>
  body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);

function send(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  reply
    .code(status)
    .header("x-zm-trackingid", trackingId())
    .headers(headers ?? {});
  if (body === undefined) return reply.send();
  if (typeof body === "string" || body instanceof Readable) return reply.send(body);
  return reply.header("content-type", "application/json;charset=UTF-8").send(JSON.stringify(body));
}

function hangUp(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

async function waitMs(cloud: Cloud, durationMs: number): Promise<void> {
  if (durationMs <= 0) return;
  await sleep(durationMs, undefined, { signal: cloud.closing.signal, ref: false }).catch(() => undefined);
}

function harmlessQuery(request: FastifyRequest): Record<string, string> {
  const { access_token: _secret, ...rest } = queryOf(request);
  return rest;
}
