import type { FastifyRequest } from "fastify";
import type { Answer } from "./call.ts";
import { tokenInQuery } from "./errors.ts";
import { secret } from "./ids.ts";
import { bearerOf } from "./tokens.ts";
import { pathOf, queryOf } from "./serve.ts";
import type { Cloud, RecordingFile } from "./state.ts";
import { keepNewest } from "./collections.ts";

const TICKET_LIFE_MS = 60_000;

const CONTENT_TYPES = { MP4: "video/mp4", M4A: "audio/mp4", VTT: "text/vtt" } as const;

/** Like Zoom's: the address in an answer leads on to the one that has the bytes. */
export function answerDownload(cloud: Cloud, request: FastifyRequest): Answer {
  const [, , kind, fileId = ""] = pathOf(request).split("/");
  const query = queryOf(request);
  if (query.access_token !== undefined) throw tokenInQuery();
  const file = findFile(cloud, fileId);
  if (file === undefined) return page(404, "This recording does not exist.");
  if (kind === "file")
    return isTicket(cloud, query.ticket) ? bytes(file) : page(403, "This link has expired.");
  // Without a right the answer is a page with status 200: only its type and size tell that it is no recording.
  if (!mayDownload(cloud, request.headers.authorization))
    return page(200, "Only the host can download this recording.");
  return {
    status: 302,
    headers: { location: `${cloud.baseUrl}/rec/file/${fileId}?ticket=${newTicket(cloud)}` },
  };
}

function mayDownload(cloud: Cloud, authorization: string | undefined): boolean {
  const bearer = bearerOf(authorization) ?? "";
  const nowMs = cloud.clock.now();
  const token = cloud.tokens.get(bearer);
  if (token !== undefined) return !token.revoked && token.expiresAtMs > nowMs;
  return (cloud.downloadTokens.get(bearer) ?? 0) > nowMs;
}

function findFile(cloud: Cloud, fileId: string): RecordingFile | undefined {
  for (const { recording } of cloud.sessions.values()) {
    const file = recording?.trashed ? undefined : recording?.files.find(({ id }) => id === fileId);
    if (file !== undefined) return file;
  }
  return undefined;
}

function newTicket(cloud: Cloud): string {
  const ticket = secret("ticket");
  cloud.downloadTokens.set(ticket, cloud.clock.now() + TICKET_LIFE_MS);
  keepNewest(cloud.downloadTokens);
  return ticket;
}

const isTicket = (cloud: Cloud, ticket = ""): boolean =>
  (cloud.downloadTokens.get(ticket) ?? 0) > cloud.clock.now();

const bytes = ({ content, extension }: RecordingFile): Answer => ({
  status: 200,
  body: Buffer.from(content),
  headers: { "content-type": CONTENT_TYPES[extension] },
});

const page = (status: number, text: string): Answer => ({
  status,
  body: `<!doctype html><title>Zoom</title><p>${text}</p>`,
  headers: { "content-type": "text/html;charset=utf-8" },
});
